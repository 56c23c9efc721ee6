import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../src/cohort/types.js';
import type { Trainer } from '../../src/trainers/contract.js';
import { fedavg } from '../../src/trainers/fedavg.js';
import { fedehrGen } from '../../src/trainers/fedehrGen.js';
import { openModel } from '../../src/trainers/generator/openModel.js';
import { plantedCohort, tinyParameters } from './plantedCohort.js';

const train = plantedCohort({ north: 120, south: 70 });

async function outcome(trainer: Trainer, autoencoder: Record<string, unknown>) {
  const generator = await trainer.train({
    train,
    reference: train,
    parameters: { ...tinyParameters, autoencoder: { ...tinyParameters.autoencoder, ...autoencoder } },
    seed: 5,
    engine: 'onnx',
    emit: () => undefined,
  });
  await generator.dispose();
  return { weights: generator.files['weights.bin']!, ledger: generator.ledger };
}

it('evaluating the global autoencoder changes neither the model nor what the method costs', async () => {
  const plain = await outcome(fedavg, {});
  const watched = await outcome(fedavg, { evaluateGlobal: true });
  expect(watched.weights).toEqual(plain.weights);
  expect(watched.ledger).toMatchObject({
    bytesUp: plain.ledger.bytesUp,
    bytesDown: plain.ledger.bytesDown,
    synchronisations: plain.ledger.synchronisations,
  });
  expect(plain.ledger.watchingBytes).toBe(0);
  expect(watched.ledger.watchingBytes).toBeGreaterThan(0);
  expect(plain.ledger.rounds[0]!.monitors).not.toHaveProperty('globalLoss');
});

it('the global loss is that of the aggregated model: what further training with a vanishing step starts from', async () => {
  // Without noise, the local loss of a round whose steps are all but zero is the loss of the parameters it starts from.
  const still = { noise: 0, evaluateGlobal: true, rounds: 1, learningRate: 1e-12 };
  const { ledger } = await outcome(fedavg, still);
  const [round] = ledger.rounds;
  expect(round!.monitors?.['globalLoss']).toBeCloseTo(round!.loss, 3);
});

it('pre-training lengthens the first round alone and counts in the budget', async () => {
  const long = await outcome(fedavg, { rounds: 1, localEpochs: 3 });
  const pretrained = await outcome(fedavg, { rounds: 1, localEpochs: 1, localPretraining: 2 });
  expect(pretrained.weights).toEqual(long.weights);
  expect((await outcome(fedavg, { localPretraining: 2 })).ledger.epochs).toMatchObject({ autoencoder: 4 });
});

describe('matched-fedma', () => {
  async function fedma(
    fedma: Record<string, unknown>,
    more: Record<string, unknown> = {},
    output: 'latent' | 'observations' = 'observations',
  ) {
    const generator = await fedehrGen.train({
      train,
      reference: train,
      parameters: {
        ...tinyParameters,
        autoencoder: { ...tinyParameters.autoencoder, evaluateGlobal: true },
        tcvae: { ...tinyParameters.tcvae, output },
        matching: { rule: 'matched-fedma', sweeps: 1, fedma, ...more },
      },
      seed: 5,
      engine: 'onnx',
      emit: () => undefined,
    });
    const synthetic = await generator.synthesise({ north: 30, south: 30 }, 3);
    const reopened = await openModel(generator.files, 'onnx', 'model');
    const blocks: Cohort[] = [];
    for await (const block of reopened.blocks({ north: 30, south: 30 }, 3)) blocks.push(block);
    await reopened.dispose();
    await generator.dispose();
    return { ledger: generator.ledger, synthetic, blocks };
  }

  it.each(['latent', 'observations'] as const)(
    'trains layer by layer, grows, and draws the same from its files (stage two draws %s)',
    async (output) => {
      const grown = { variance: 1e-6, growth: 2, latents: 'grow', retrainEpochs: 3 };
      const { ledger, synthetic, blocks } = await fedma(grown, {}, output);
      const [first, second] = ledger.rounds;
      // Nothing matches for so small a variance: every layer grows to its limit.
      expect(first!.monitors).toMatchObject({ hiddenWidth: 16, latentWidth: 8, decoderHiddenWidth: 16 });
      expect(second!.monitors?.['globalLoss']).toBeLessThan(first!.monitors!['globalLoss']!);
      // Two passes of 1 + 3 × 3 epochs, four synchronisations a pass, and the adoption of the widths after the last.
      expect(ledger.epochs).toMatchObject({ autoencoder: 20 });
      expect(synthetic.size).toBe(60);
      expect(blocks.flatMap(({ values }) => [...values])).toEqual([...synthetic.values]);
    },
  );

  it('moves no neuron of hospitals that start alike, and with the encoder alone in scope averages the decoder at once', async () => {
    const network = await fedma({ gamma: 1e-3 });
    expect(network.ledger.rounds[0]!.monitors).toMatchObject({
      movedShare: 0,
      hiddenWidth: 8,
      latentWidth: 4,
    });
    const encoder = await fedma({ gamma: 1e-3 }, { scope: 'encoder' });
    expect(network.ledger.synchronisations! - encoder.ledger.synchronisations!).toBe(2);
    expect(encoder.ledger.rounds.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  it('ends as failed where a layer outgrows its limit', async () => {
    await expect(fedma({ variance: 1e-6, growth: 1.5, beyondGrowth: 'fail' })).rejects.toThrow(
      /hidden layer, more than growth 1.5 allows/,
    );
  });
});
