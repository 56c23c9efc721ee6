import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { federate } from '../../../src/federation/channel.js';
import type { GeneratorModels } from '../../../src/federation/generatorModels.js';
import { openHospital } from '../../../src/federation/hospital.js';
import { CommunicationLedger } from '../../../src/federation/ledger.js';
import { selectStays, rowsOfHospital } from '../../../src/cohort/select.js';
import { drawConditions } from '../../../src/trainers/generator/drawnConditions.js';
import { generatorParameters } from '../../../src/trainers/generator/parameters.js';
import { agreePreprocessing } from '../../../src/trainers/generator/preprocessing.js';
import { plantedCohort, plantedSchema } from '../plantedCohort.js';

const models: GeneratorModels = {
  get autoencoder(): never {
    throw new Error('no model in this test');
  },
  get tcvae(): never {
    throw new Error('no model in this test');
  },
  autoencoderAt: () => Promise.reject(new Error('no model in this test')),
  tcvaeAt: () => Promise.reject(new Error('no model in this test')),
  dispose: () => Promise.resolve(),
};

const train = plantedCohort({ north: 300, south: 200 });
const federation = federate(
  train.hospitals.map((id, index) =>
    openHospital(id, selectStays(train, rowsOfHospital(train, index)), {
      hospitals: train.hospitals,
      models,
      carry: { carryForward: true, carriedWeight: 0.3 },
      labelScale: 1,
      seed: 1,
      initialise: (layout) => new Float32Array(layout.size),
    }),
  ),
  new CommunicationLedger(),
);

describe('drawn conditions', () => {
  it('follow the released histograms of every hospital: prevalence, length, ages, and no observation', async () => {
    const preprocessing = await agreePreprocessing(
      federation,
      plantedSchema,
      train.hospitals,
      generatorParameters.parse({}).preprocessing,
    );
    const drawn = drawConditions(plantedSchema, preprocessing, { north: 600, south: 200 }, (hospital) =>
      random(1, 'draw', hospital),
    );
    const summary = (cohort: typeof train, hospital: number) => {
      const rows = rowsOfHospital(cohort, hospital);
      const mean = (of: (row: number) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
      const age = mean((row) => cohort.statics[2 * row]!);
      return {
        septic: mean((row) => cohort.labels[row]!),
        length: mean((row) => cohort.length[row]!),
        male: mean((row) => cohort.statics[2 * row + 1]!),
        age,
        spread: Math.sqrt(mean((row) => (cohort.statics[2 * row]! - age) ** 2)),
      };
    };
    for (const hospital of [0, 1]) {
      const real = summary(train, hospital);
      const synthetic = summary(drawn, hospital);
      expect(Math.abs(synthetic.septic - real.septic)).toBeLessThan(0.006);
      expect(Math.abs(synthetic.length - real.length)).toBeLessThan(0.2);
      expect(Math.abs(synthetic.male - real.male)).toBeLessThan(0.1);
      expect(Math.abs(synthetic.age - real.age)).toBeLessThan(2);
      // Tails of ten stays are cut off and small cells merged, which narrows the ages of so few stays.
      expect(Math.abs(synthetic.spread - real.spread)).toBeLessThan(4);
    }
    expect(drawn.observed.some((cell) => cell === 1)).toBe(false);
    expect([...drawn.length].every((length) => length >= 1 && length <= 6)).toBe(true);
    for (let i = 0; i < drawn.size; i++) expect(Number.isInteger(drawn.statics[2 * i]!)).toBe(true);
  });
});
