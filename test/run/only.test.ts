import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { planSuite } from '../../src/run/planSuite.js';
import { parseSuite } from '../../src/suite/readSuite.js';

const suite = parseSuite(
  `name: variants
datasets: [{ id: simulated, parameters: { hospitals: 2, patients: 40, steps: 4 } }]
trainers:
  - { id: fedavg }
  - { id: fedavg, variant: long, parameters: { autoencoder: { rounds: 9 } } }
  - { id: centralized }
references: [copy]
metrics: [marginal.ks]
`,
  'suite.yaml',
);

const planned = async (...trainers: string[]): Promise<string[]> => {
  const plan = await planSuite(suite, { file: 'suite.yaml', engine: 'onnx', only: { trainers } });
  return plan.scoring.map(({ train: { generator } }) => `${generator.trainer}/${generator.variant}`);
};

describe('only these generators', () => {
  it('a trainer stands for all of its variants, a variant for itself', async () => {
    expect(await planned('fedavg')).toEqual(['fedavg/default', 'fedavg/long']);
    expect(await planned('fedavg/long', 'copy')).toEqual(['fedavg/long', 'copy/default']);
  });

  it('a misspelt variant is refused with the likely one', async () => {
    const refused = planned('fedavg/lng');
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(refused).rejects.toThrow(/fedavg\/long/);
  });
});
