import { describe, expect, it } from 'vitest';
import type { PrivacyStatement } from '../../src/federation/aggregation/privacyStatement.js';
import { composedEpsilon } from '../../src/federation/aggregation/renyiAccountant.js';
import type { TrainedGenerator, Trainer } from '../../src/trainers/contract.js';
import { fedavg } from '../../src/trainers/fedavg.js';
import { fedehrGen } from '../../src/trainers/fedehrGen.js';
import { fedprox } from '../../src/trainers/fedprox.js';
import { plantedCohort, tinyParameters } from './plantedCohort.js';

const two = plantedCohort({ north: 120, south: 70 });

async function trained(trainer: Trainer, parameters: Record<string, unknown>): Promise<TrainedGenerator> {
  const generator = await trainer.train({
    train: two,
    reference: two,
    parameters: { ...tinyParameters, ...parameters },
    seed: 5,
    engine: 'onnx',
    emit: () => undefined,
  });
  await generator.dispose();
  return generator;
}
const weightsOf = ({ files }: TrainedGenerator): Uint8Array => files['weights.bin']!;
const both = (rule: string, options: Record<string, unknown> = {}) => ({
  matching: { rule, ...options },
  weighting: { rule, ...options },
});
let averaged: Promise<Uint8Array> | null = null;
const fedavgWeights = (): Promise<Uint8Array> => (averaged ??= trained(fedavg, {}).then(weightsOf));

describe('T2: whole trainings that must be FedAvg, bit for bit', () => {
  it.each([
    ['fedprox with μ = 0', fedprox, { mu: 0 }],
    [
      'fedweight with λ = 0',
      fedehrGen,
      { matching: { rule: 'fedavg' }, weighting: { rule: 'fedweight', lambda: 0 } },
    ],
    [
      'λ = 0 on full covariances',
      fedehrGen,
      {
        matching: { rule: 'fedavg' },
        weighting: { lambda: 0, distance: 'kl', covariance: 'full' },
      },
    ],
  ] as const)('%s', async (_, trainer, parameters) => {
    expect(weightsOf(await trained(trainer, parameters))).toEqual(await fedavgWeights());
  });
});

describe('every rule can be chosen, and changes what is trained', () => {
  it.each([
    ['fedprox', fedprox, { mu: 1 }],
    ['scaffold', fedehrGen, both('scaffold')],
    [
      'fednova and fedweight',
      fedehrGen,
      { matching: { rule: 'fednova' }, weighting: { rule: 'fedweight', lambda: 2 } },
    ],
    [
      'coordinate-median and feddisco',
      fedehrGen,
      { matching: { rule: 'coordinate-median' }, weighting: { rule: 'feddisco' } },
    ],
    [
      'trimmed-mean and mmd',
      fedehrGen,
      { matching: { rule: 'trimmed-mean', share: 0.4 }, weighting: { distance: 'mmd', lambda: 3 } },
    ],
  ] as const)('%s', async (_, trainer, parameters) => {
    const generator = await trained(trainer, parameters);
    expect(weightsOf(generator)).not.toEqual(await fedavgWeights());
    expect(generator.ledger).not.toHaveProperty('privacy');
    for (const { weights, loss } of generator.ledger.rounds) {
      expect(Number.isFinite(loss)).toBe(true);
      expect(Object.values(weights!).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
  });

  it('dp-fedavg in both stages states ε at δ in ledger and model', async () => {
    const { ledger, files } = await trained(
      fedehrGen,
      both('dp-fedavg', { clip: 0.01, noise: 8, delta: 1e-4 }),
    );
    const { epsilon, delta, stages } = ledger.privacy!;
    expect(epsilon).toBe(composedEpsilon([{ noiseMultiplier: 8, count: 4 }], 1e-4));
    expect([delta, stages]).toEqual([1e-4, ['autoencoder', 'tcvae']]);
    const model = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
      content: { privacy: PrivacyStatement };
    };
    expect(model.content.privacy).toEqual(ledger.privacy);
  });
});
