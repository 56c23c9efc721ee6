import { describe, expect, it } from 'vitest';
import { joinCohorts } from '../../src/cohort/joinCohorts.js';
import { rowsOfHospital, selectStays } from '../../src/cohort/select.js';
import type { Cohort } from '../../src/cohort/types.js';
import { centralized } from '../../src/trainers/centralized.js';
import type { RoundEvent, Trainer, TrainingEvent } from '../../src/trainers/contract.js';
import { fedavg } from '../../src/trainers/fedavg.js';
import { fedavgFineTuned } from '../../src/trainers/fedavgFineTuned.js';
import { openModel } from '../../src/trainers/generator/openModel.js';
import { local } from '../../src/trainers/local.js';
import { plantedCohort, staysPerHospital, tinyParameters } from './plantedCohort.js';

const two = plantedCohort({ north: 120, south: 70 });
const wanted = { north: 20, south: 30 };

/** Trains, draws, reloads from its files and draws again. */
async function outcome(trainer: Trainer, train: Cohort, parameters: object, stays: Record<string, number>) {
  const events: TrainingEvent[] = [];
  const generator = await trainer.train({
    train,
    reference: train,
    parameters: { ...parameters },
    seed: 5,
    engine: 'onnx',
    emit: (event) => events.push(event),
  });
  const synthetic = await generator.synthesise(stays, 3);
  await generator.dispose();
  const model = await openModel(generator.files, 'onnx', 'model');
  const blocks: Cohort[] = [];
  for await (const block of model.blocks(stays, 3)) blocks.push(block);
  await model.dispose();
  expect(joinCohorts(blocks)).toEqual(synthetic);
  const { ledger, files } = generator;
  return { synthetic, ledger, weights: files['weights.bin'], events };
}

const rounds = (events: readonly TrainingEvent[]): RoundEvent[] =>
  events.filter((event) => event.kind === 'round');
const unsigned = (cohort: Cohort) => ({
  ...cohort,
  schema: null,
  patients: null,
  hospitals: null,
  hospital: null,
});

describe('local: every hospital by itself', () => {
  it('draws each hospital from the generator that it would train if there were no other, and sends nothing', async () => {
    const { synthetic, ledger, events } = await outcome(local, two, tinyParameters, wanted);
    expect(staysPerHospital(synthetic)).toEqual(wanted);
    const parts = [];
    for (const [hospital, stays] of Object.entries(wanted)) {
      const rows = rowsOfHospital(two, two.hospitals.indexOf(hospital));
      const alone = {
        ...selectStays(two, rows),
        hospitals: [hospital],
        hospital: new Uint16Array(rows.length),
      };
      parts.push(await outcome(centralized, alone, tinyParameters, { [hospital]: stays }));
    }
    expect(unsigned(synthetic)).toEqual(
      unsigned(joinCohorts(parts.map((part) => ({ ...part.synthetic, hospitals: ['-'] })))),
    );
    expect(ledger).toMatchObject({ bytesUp: 0, bytesDown: 0, synchronisations: 0 });
    expect(ledger.epochs).toEqual({ autoencoder: 2, tcvae: 2 });
    const [north, south] = parts.map((part) => part.ledger.rounds);
    const ends = parts.map((part) => part.ledger.stageTwo!);
    expect(ledger.stageTwo!.varianceRatio).toBeCloseTo(
      (ends[0]!.varianceRatio + ends[1]!.varianceRatio) / 2,
      10,
    );
    ledger.rounds.forEach((round, i) => {
      expect(round.loss).toBeCloseTo((120 * north![i]!.loss + 70 * south![i]!.loss) / 190, 10);
      expect(round).not.toHaveProperty('weights');
    });
    expect(rounds(events).map((event) => event.hospital)).toEqual([
      ...Array<string>(4).fill('north'),
      ...Array<string>(4).fill('south'),
    ]);
  });

  it('is centralized training where there is one hospital, bit for bit', async () => {
    const one = plantedCohort({ north: 120 });
    const alone = await outcome(local, one, tinyParameters, { north: 20 });
    const pooled = await outcome(centralized, one, tinyParameters, { north: 20 });
    expect(alone.weights).toEqual(pooled.weights);
    expect(unsigned(alone.synthetic)).toEqual(unsigned(pooled.synthetic));
  });

  it('names the hospital that has too few stays to train alone', async () => {
    await expect(
      outcome(local, plantedCohort({ north: 120, south: 49 }), tinyParameters, wanted),
    ).rejects.toThrow(
      /at least 50 training stays in every hospital that trains alone, found fewer in hospital south/,
    );
  });
});

describe('fedavg-ft: FedAvg, then every hospital by itself', () => {
  const steady = { ...tinyParameters.tcvae, betaWarmup: 0 };
  const tuned = () =>
    outcome(
      fedavgFineTuned,
      two,
      { ...tinyParameters, tcvae: { ...steady, rounds: 5 }, fineTuning: { rounds: 3 } },
      wanted,
    );

  it('takes its epochs off the rounds, which are those of FedAvg', async () => {
    const { ledger } = await tuned();
    const averaged = await outcome(
      fedavg,
      two,
      { ...tinyParameters, tcvae: { ...steady, rounds: 2 } },
      wanted,
    );
    expect(ledger.rounds.slice(0, 4)).toEqual(averaged.ledger.rounds);
    expect(ledger.epochs).toEqual({ autoencoder: 2, tcvae: 2, 'fine-tuning': 3 });
    expect(ledger.rounds[4]).toMatchObject({ stage: 'fine-tuning', round: 1, rounds: 1 });
    expect(ledger.rounds[4]!.loss).toBeLessThan(ledger.rounds[3]!.loss);
    expect(ledger.synchronisations).toBe(averaged.ledger.synchronisations! + 1);
  });

  it('draws every hospital from its own model', async () => {
    const { synthetic } = await tuned();
    const lone = await outcome(
      fedavgFineTuned,
      two,
      { ...tinyParameters, tcvae: { ...steady, rounds: 5 }, fineTuning: { rounds: 3, learningRate: 1e-12 } },
      wanted,
    );
    // With no step worth mentioning the hospitals keep the global model and draw other stays.
    const half = 20 * two.schema.steps * two.schema.features.length;
    expect(synthetic.values.subarray(0, half)).not.toEqual(lone.synthetic.values.subarray(0, half));
    expect(synthetic.values.subarray(half)).not.toEqual(lone.synthetic.values.subarray(half));
  });

  it('refuses to take more rounds than there are', () => {
    expect(() => fedavgFineTuned.parameters.parse({ tcvae: { rounds: 5 } })).toThrow(
      /fewer than the 5 of `tcvae.rounds`/,
    );
  });
});
