import { describe, expect, it } from 'vitest';
import { fedehrGen } from '../../../src/trainers/fedehrGen.js';
import { plantedCohort, staysPerHospital, tinyParameters } from '../plantedCohort.js';

const train = plantedCohort({ north: 120, south: 70 });

/** Long enough for the loss to fall further than it fluctuates. */
const longer = { rounds: 4, localEpochs: 3, learningRate: 1e-2 };

async function trained(tcvae: Readonly<Record<string, unknown>>) {
  const generator = await fedehrGen.train({
    train,
    reference: train,
    parameters: { ...tinyParameters, tcvae: { ...tinyParameters.tcvae, ...longer, ...tcvae } },
    seed: 5,
    engine: 'onnx',
    emit: () => undefined,
  });
  const draw = () => generator.synthesise({ north: 20, south: 30 }, 3);
  const synthetic = await draw();
  expect(await draw()).toEqual(synthetic);
  await generator.dispose();
  return { synthetic, rounds: generator.ledger.rounds, weights: generator.files['weights.bin']! };
}

describe('level: sequence', () => {
  it('trains, reports and samples through the same rounds as the step level, with either prior', async () => {
    const step = await trained({});
    const conditional = await trained({ output: 'latent', level: 'sequence' });
    const standard = await trained({ output: 'latent', level: 'sequence', sequencePrior: 'standard' });
    for (const { synthetic, rounds } of [conditional, standard]) {
      expect(staysPerHospital(synthetic)).toEqual({ north: 20, south: 30 });
      expect(rounds.map(({ stage }) => stage)).toEqual(step.rounds.map(({ stage }) => stage));
      const last = rounds.at(-1)!;
      expect(last.monitors?.['divergence']).toBeGreaterThan(0);
      expect(last.monitors?.['activeUnits']).toBeGreaterThanOrEqual(0);
      expect(last.loss).toBeLessThan(rounds.find(({ stage }) => stage === 'tcvae')!.loss);
      expect(synthetic.observed.some((cell) => cell === 1)).toBe(true);
      expect(synthetic.values).not.toEqual(step.synthetic.values);
    }
    // The prior of the condition is made of parameters of its own.
    expect(conditional.weights.length).toBeGreaterThan(standard.weights.length);
  });
});
