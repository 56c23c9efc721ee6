import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../src/cohort/types.js';
import { simulateEvents } from '../../src/datasets/simulatedEvents/simulateEvents.js';
import { FolderCheckpoints } from '../../src/run/checkpointFolder.js';
import type { Checkpoints } from '../../src/trainers/checkpoints.js';
import type { TrainedGenerator, TrainingEvent } from '../../src/trainers/contract.js';
import type * as Trainers from '../../src/trainers/index.js';
import { compiled } from '../compiled.js';
import { plantedCohort, tinyParameters } from './plantedCohort.js';

const { trainerById } = await compiled<typeof Trainers>('trainers/index.js');
const cohort = plantedCohort({ north: 120, south: 70 });

/** The process is gone. */
class Killed extends Error {}

/** Checkpoints after every round that outlive a training, as bytes. */
class Kept implements Checkpoints {
  readonly parts = new Map<string, Uint8Array>();
  load(part: string): Promise<unknown> {
    const bytes = this.parts.get(part);
    return Promise.resolve(bytes === undefined ? undefined : deserialize(bytes));
  }
  async save(part: string, state: () => Promise<unknown>): Promise<void> {
    this.parts.set(part, serialize(await state()));
  }
}

interface Training {
  readonly trainer: string;
  readonly parameters?: Record<string, unknown>;
  /** The planted grid, with tiny parameters, when left out. */
  readonly on?: Cohort;
}

async function train(
  { trainer, parameters = {}, on }: Training,
  checkpoints: Checkpoints | null,
  { killedAt = Infinity, lanes = 1 }: { readonly killedAt?: number; readonly lanes?: number } = {},
): Promise<{ generator: TrainedGenerator; events: TrainingEvent[] }> {
  const events: TrainingEvent[] = [];
  let rounds = 0;
  const generator = await trainerById(trainer).train({
    train: on ?? cohort,
    reference: on ?? cohort,
    parameters: on === undefined ? { ...tinyParameters, ...parameters } : parameters,
    seed: 5,
    engine: 'onnx',
    lanes,
    emit(event) {
      if (event.kind === 'round' && ++rounds > killedAt) throw new Killed();
      events.push(event);
    },
    ...(checkpoints === null ? {} : { checkpoints }),
  });
  return { generator, events };
}

const roundsOf = (events: readonly TrainingEvent[]): TrainingEvent[] =>
  events.filter(({ kind }) => kind === 'round');

async function expectSameAfter(training: Training, rounds: readonly number[], lanes = 1): Promise<void> {
  const whole = await train(training, null);
  await whole.generator.dispose();
  for (const killedAt of rounds) {
    const kept = new Kept();
    await expect(train(training, kept, { killedAt, lanes })).rejects.toThrow(Killed);
    const again = await train(training, kept, { lanes });
    await again.generator.dispose();
    expect(again.generator.files).toEqual(whole.generator.files);
    expect(again.generator.ledger).toEqual(whole.generator.ledger);
    const resumed = again.events.filter(({ kind }) => kind === 'resumed');
    expect(resumed.length).toBeGreaterThanOrEqual(1);
    // The last round of stage two is done again, since what follows needs its answers.
    expect(roundsOf(whole.events)).toEqual(expect.arrayContaining(roundsOf(again.events)));
    expect(roundsOf(again.events).length).toBeLessThan(roundsOf(whole.events).length);
  }
}

const three = {
  autoencoder: { ...tinyParameters.autoencoder, rounds: 3 },
  tcvae: { ...tinyParameters.tcvae, rounds: 3 },
};

describe('a training that was killed goes on from its last round to the same bytes, ledger and events', () => {
  it(
    'fedehr-gen, killed in every round',
    () => expectSameAfter({ trainer: 'fedehr-gen', parameters: three }, [1, 2, 3, 4, 5]),
    300_000,
  );
  it(
    'fedehr-gen with its hospitals in two threads',
    () => expectSameAfter({ trainer: 'fedehr-gen', parameters: three }, [2, 4], 2),
    300_000,
  );
  it.each<[string, Training, number[]]>([
    ['centralized', { trainer: 'centralized', parameters: three }, [2, 5]],
    ['fedprox', { trainer: 'fedprox', parameters: three }, [1, 4]],
    ['fedavg-e2e', { trainer: 'fedavg-e2e', parameters: three }, [1, 2]],
    ['fedavg-ft', { trainer: 'fedavg-ft', parameters: { ...three, fineTuning: { rounds: 1 } } }, [2, 4]],
    [
      'SCAFFOLD in both stages',
      {
        trainer: 'fedehr-gen',
        parameters: { ...three, matching: { rule: 'scaffold' }, weighting: { rule: 'scaffold' } },
      },
      [2, 5],
    ],
    [
      'FedMA, whose widths training decides',
      { trainer: 'fedehr-gen', parameters: { ...three, matching: { rule: 'matched-fedma' } } },
      [1, 4],
    ],
    [
      'differential privacy',
      {
        trainer: 'fedehr-gen',
        parameters: {
          ...three,
          matching: { rule: 'dp-fedavg', clip: 0.01, noise: 0.1 },
          weighting: { rule: 'dp-fedavg', clip: 0.01, noise: 0.1 },
        },
      },
      [2, 4],
    ],
    ['local, killed in the second hospital', { trainer: 'local', parameters: three }, [3, 8]],
  ])('%s', (_, training, rounds) => expectSameAfter(training, rounds), 300_000);
});

const smallEvents = simulateEvents({ patients: 60, hospitals: 2, steps: 8 }, 3).cohort();
const transformer = { width: 8, layers: 1, heads: 2, hidden: 8, epochs: 2, batch: 16 };
const rawmed = (trainer: string): Training => ({
  trainer,
  on: smallEvents,
  parameters: {
    size: 'xs',
    maxEvents: 6,
    autoencoder: { width: 8, batch: 32, updates: 5, validateEvery: 3 },
    transformer,
  },
});
const tokens: Training = {
  trainer: 'token-events',
  on: smallEvents,
  parameters: { text: { length: 32 }, maxTokens: 64, transformer: { ...transformer, epochs: 3 } },
};

/** Kills a training and takes it up again until it ends, so that no attempt sees more than one round. */
async function expectSameRoundByRound(training: Training): Promise<void> {
  const whole = await train(training, null);
  await whole.generator.dispose();
  const kept = new Kept();
  const rounds = roundsOf(whole.events).length;
  expect(rounds).toBeGreaterThanOrEqual(3);
  for (let round = 1; round < rounds; round++)
    await expect(train(training, kept, { killedAt: 1 })).rejects.toThrow(Killed);
  const last = await train(training, kept);
  await last.generator.dispose();
  expect(last.generator.files).toEqual(whole.generator.files);
  expect(last.generator.ledger).toEqual(whole.generator.ledger);
  expect(roundsOf(last.events)).toEqual(roundsOf(whole.events).slice(-1));
  expect(last.events.filter(({ kind }) => kind === 'resumed')).toHaveLength(1);
}

describe('a training on events that was killed in every round ends with the same bytes, ledger and events', () => {
  it.each<[string, Training]>([
    ['rawmed', rawmed('rawmed')],
    ['rawmed-fedavg', rawmed('rawmed-fedavg')],
    ['token-events', tokens],
  ])('%s', (_, training) => expectSameRoundByRound(training), 60_000);

  it('begins anew where the checkpoint is damaged', async () => {
    const whole = await train(tokens, null);
    await whole.generator.dispose();
    const folder = await mkdtemp(join(tmpdir(), 'fedehr-taken-up-'));
    try {
      const checkpoints = (): Checkpoints =>
        new FolderCheckpoints(folder, 0, (error) => {
          throw error;
        });
      await expect(train(tokens, checkpoints(), { killedAt: 1 })).rejects.toThrow(Killed);
      const file = join(folder, 'training.state');
      const bytes = await readFile(file);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(file, bytes);
      const again = await train(tokens, checkpoints());
      await again.generator.dispose();
      expect(again.events).toEqual(whole.events);
      expect(again.generator.files).toEqual(whole.generator.files);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});
