import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
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
}

async function train(
  { trainer, parameters = {} }: Training,
  checkpoints: Checkpoints | null,
  { killedAt = Infinity, lanes = 1 }: { readonly killedAt?: number; readonly lanes?: number } = {},
): Promise<{ generator: TrainedGenerator; events: TrainingEvent[] }> {
  const events: TrainingEvent[] = [];
  let rounds = 0;
  const generator = await trainerById(trainer).train({
    train: cohort,
    reference: cohort,
    parameters: { ...tinyParameters, ...parameters },
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
