import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import { initialParameters, namedArrays } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { compileTraining } from '../../src/engine/training.js';
import {
  AUTOENCODER_DEFAULTS,
  AUTOENCODER_LAYERS,
  autoencoderDecoder,
  autoencoderEncoder,
  autoencoderLayout,
  autoencoderTraining,
  type AutoencoderOptions,
} from '../../src/models/autoencoder.js';
import { directionalError, gradientStep, randomBatch, relativeDistance } from './support.js';

const base: AutoencoderOptions = {
  ...AUTOENCODER_DEFAULTS,
  binary: 7,
  continuous: 3,
  hidden: 12,
  latents: 5,
};
const variants: readonly (readonly [string, AutoencoderOptions])[] = [
  ['defaults', base],
  ['ReLU latent, noise', { ...base, latentActivation: 'relu', latentNoise: 0.3 }],
  ['tanh latent, weighted positives', { ...base, latentActivation: 'tanh', weightPositives: true }],
  ['no binary features', { ...base, binary: 0, latentPenalty: 0.01, maskWeight: 0.5 }],
];
const bits = ['binary', 'mask', 'rowWeight'];

describe('the autoencoder', () => {
  it('has the size of the specification', () => {
    const layout = autoencoderLayout({ ...AUTOENCODER_DEFAULTS, binary: 237, continuous: 12 });
    expect(layout.size).toBe(75_557);
    expect(layout.specs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['enc1_w', 261, 128],
      ['enc1_b', 128],
      ['enc2_w', 128, 32],
      ['enc2_b', 32],
      ['dec1_w', 32, 128],
      ['dec1_b', 128],
      ['dec2_w', 128, 261],
      ['dec2_b', 261],
    ]);
  });

  it.each(variants)(
    'has the same gradients on onnx and cpu, and those of differences (%s)',
    async (_, options) => {
      const definition = autoencoderTraining(options, 9);
      const generator = random('autoencoder', options.latentActivation);
      const parameters = initialParameters(definition.layout, generator);
      const batch = randomBatch(definition.batch, generator, bits);
      const [onnx, cpu] = await Promise.all([
        gradientStep(definition, 'onnx'),
        gradientStep(definition, 'cpu'),
      ]);
      const [found, expected] = [
        await onnx.run({ ...batch, parameters }),
        await cpu.run({ ...batch, parameters }),
      ];
      expect(found['loss']![0]! / expected['loss']![0]!).toBeCloseTo(1, 6);
      const pieces = namedArrays(definition.layout, expected['gradient']!);
      for (const [name, piece] of Object.entries(namedArrays(definition.layout, found['gradient']!))) {
        expect(relativeDistance(piece, pieces[name]!), name).toBeLessThan(1e-5);
      }
      expect(await directionalError(cpu, parameters, batch, generator)).toBeLessThan(2e-3);
    },
  );

  it('computes the loss that the specification states', async () => {
    const definition = autoencoderTraining({ ...base, continuousWeight: 2, maskWeight: 0.5 }, 2);
    const generator = random('loss');
    const parameters = initialParameters(definition.layout, generator);
    const batch = { ...randomBatch(definition.batch, generator, bits), rowWeight: Float32Array.of(1, 0) };
    const encoder = autoencoderEncoder(base, 2);
    const decoder = autoencoderDecoder(base, 2);
    const encode = await compileStep(encoder.step, encoder.inputs, { engine: 'onnx' });
    const decode = await compileStep(decoder.step, decoder.inputs, { engine: 'onnx' });
    const { latent } = await encode.run({ parameters, ...batch });
    const heads = await decode.run({ parameters, latent: latent! });
    const given = (name: string): Float32Array => batch[name as keyof typeof batch];
    const input = {
      binary: given('binary'),
      continuous: given('continuous'),
      mask: given('mask'),
      cellWeight: given('cellWeight'),
    };
    const crossEntropy = (p: Float32Array, y: Float32Array, count: number): number => {
      let sum = 0;
      for (let j = 0; j < count; j++) sum -= Math.log(y[j]! === 1 ? p[j]! : 1 - p[j]!);
      return sum;
    };
    let squares = 0;
    for (let j = 0; j < 3; j++) {
      squares += input.cellWeight[j]! * (input.continuous[j]! - heads['continuous']![j]!) ** 2;
    }
    let penalty = 0;
    for (let i = 0; i < 5; i++) penalty += latent![i]! ** 2;
    const expected =
      crossEntropy(heads['binary']!, input.binary, 7) +
      2 * squares +
      0.5 * crossEntropy(heads['mask']!, input.mask, 3) +
      1e-4 * penalty;
    const step = await gradientStep(definition, 'onnx');
    expect((await step.run({ parameters, ...batch }))['loss']![0]!).toBeCloseTo(expected, 4);
  });

  it('stays on one path on onnx, cpu and wasm over several updates', async () => {
    const definition = autoencoderTraining(base, 6, { clipNorm: 0.5, weightDecay: 1e-3 });
    const generator = random('path');
    const parameters = initialParameters(definition.layout, generator);
    const batch = {
      ...randomBatch(definition.batch, generator, bits),
      rowWeight: new Float32Array(6).fill(1),
    };
    const ends = [];
    for (const engine of ['cpu', 'onnx', 'wasm'] as const) {
      const step = await compileTraining(definition, { engine });
      step.load({
        parameters,
        firstMoment: new Float32Array(parameters.length),
        secondMoment: new Float32Array(parameters.length),
        updates: 0,
      });
      let loss = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 20; i++) {
        const report = await step.run(batch, 3e-3);
        expect(report['loss']!).toBeLessThan(loss + 0.05);
        loss = report['loss']!;
      }
      ends.push(step.state().parameters);
      await step.dispose();
    }
    expect(relativeDistance(ends[1]!, ends[0]!)).toBeLessThan(1e-5);
    expect(relativeDistance(ends[2]!, ends[0]!)).toBeLessThan(1e-5);
  });

  it('is the same function after a permutation of hidden units, as the list of layers says', async () => {
    const layout = autoencoderLayout(base);
    const generator = random('permutation');
    const parameters = initialParameters(layout, generator);
    const permuted = parameters.slice();
    const [from, to] = [namedArrays(layout, parameters), namedArrays(layout, permuted)];
    const width = (weight: string): number => layout.specs.find(({ name }) => name === weight)!.shape[1]!;
    let inputs: Uint32Array = Uint32Array.from({ length: 13 }, (_, i) => i);
    AUTOENCODER_LAYERS.forEach(({ weight, bias }, layer) => {
      const columns = width(weight);
      const last = layer === AUTOENCODER_LAYERS.length - 1;
      const outputs = last
        ? Uint32Array.from({ length: columns }, (_, i) => i)
        : generator.permutation(columns);
      outputs.forEach((source, slot) => {
        to[bias]![slot] = from[bias]![source]!;
        inputs.forEach((row, i) => {
          to[weight]![i * columns + slot] = from[weight]![row * columns + source]!;
        });
      });
      inputs = outputs;
    });
    const definition = autoencoderTraining(base, 4);
    const batch = randomBatch(definition.batch, generator, bits);
    const step = await gradientStep(definition, 'onnx');
    const before = await step.run({ parameters, ...batch });
    const after = await step.run({ parameters: permuted, ...batch });
    expect(after['loss']![0]!).toBeCloseTo(before['loss']![0]!, 5);
  });
});
