import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { Tensors } from '../../src/engine/contract.js';
import { initialParameters, namedArrays, namedTensors } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { compileTraining } from '../../src/engine/training.js';
import { freshState } from '../../src/federation/generatorModels.js';
import {
  tcvaeSequenceLayout,
  tcvaeSequenceTraining,
  type TcvaeSequenceOptions,
} from '../../src/models/tcvaeSequence.js';
import { tcvaeSequenceDiagnostics, tcvaeSequenceSampler } from '../../src/models/tcvaeSequenceSteps.js';
import { directionalError, gradientStep, randomBatch, relativeDistance, sizeOf } from './support.js';

const base: TcvaeSequenceOptions = {
  steps: 4,
  conditions: 3,
  latents: 4,
  codes: 3,
  hidden: 6,
  latentFeatures: 7,
  codeFeatures: 5,
  conditionFeatures: 4,
  mlpUnits: 8,
  decoderUnits: 9,
  decoder: 'global-variance',
  mixtures: 1,
  gate: false,
  prior: 'conditional',
  freeBits: 0,
};
const variants: readonly (readonly [string, TcvaeSequenceOptions])[] = [
  ['conditional prior', base],
  ['standard prior, free bits', { ...base, prior: 'standard', freeBits: 1.5 }],
  ['mixture and gate', { ...base, decoder: 'conditional', mixtures: 3, gate: true }],
  ['one step', { ...base, steps: 1 }],
];
const bits = ['stepMask', 'rowWeight'];
const ROWS = 5;

/** Parameters large enough that states, gates and clamps matter. */
const lively = (options: TcvaeSequenceOptions, name: string): Float32Array =>
  initialParameters(tcvaeSequenceLayout(options), random(name)).map((x) => 1.5 * x);

/** The base model as it is written on paper: step by step, ended stays skipped by their mask, gradients by tfjs alone. */
function plainLoss(parameters: Tensors, batch: Tensors): Tensor {
  const p = (name: string): Tensor => parameters[name]!;
  const out = (name: string, x: Tensor): Tensor => tf.add(tf.matMul(x, p(`${name}_w`)), p(`${name}_b`));
  const two = (x: Tensor): [Tensor, Tensor] => tf.split(x, 2, 1) as [Tensor, Tensor];
  const joint = (name: string, parts: Readonly<Record<string, Tensor>>, bias = `${name}_b`): Tensor =>
    Object.entries(parts).reduce<Tensor>(
      (sum, [part, x]) => tf.add(sum, tf.matMul(x, p(`${name}_${part}_w`))),
      p(bias),
    );
  const cell = (name: string, h: Tensor, parts: Readonly<Record<string, Tensor>>): Tensor => {
    const inside = (part: string): Tensor => joint(`${name}_${part}`, parts, `${name}_${part}_input_b`);
    const ofState = (part: string): Tensor =>
      tf.add(tf.matMul(h, p(`${name}_${part}_state_w`)), p(`${name}_${part}_state_b`));
    const [r, u] = two(tf.sigmoid(tf.add(inside('gates'), ofState('gates'))));
    const n = tf.tanh(tf.add(inside('candidate'), tf.mul(r, ofState('candidate'))));
    return tf.add(tf.mul(tf.sub(1, u), n), tf.mul(u, h));
  };
  const at = (name: string, t: number): Tensor => tf.unstack(batch[name]!)[t]!;
  const c = tf.relu(out('condition', batch['condition']!));
  let h: Tensor = tf.tanh(out('start', c));
  for (let t = 0; t < base.steps; t++) {
    const inside = tf.reshape(at('stepMask', t), [-1, 1]);
    const next = cell('encoder', h, { latent: tf.relu(out('latent', at('latent', t))) });
    h = tf.add(tf.mul(inside, next), tf.mul(tf.sub(1, inside), h));
  }
  const clip = (x: Tensor): Tensor => tf.clipByValue(x, -8, 4);
  const [mean, raw] = two(out('posterior2', tf.relu(joint('posterior1', { state: h, condition: c }))));
  const [priorMean, priorRaw] = two(out('prior2', tf.relu(out('prior1', c))));
  const [lv, priorLv] = [clip(raw), clip(priorRaw)];
  const z = tf.add(mean, tf.mul(tf.exp(tf.mul(0.5, lv)), batch['noise']!));
  const given = { code: tf.relu(out('code', z)), condition: c };
  const variances = tf.div(tf.add(tf.exp(lv), tf.square(tf.sub(mean, priorMean))), tf.exp(priorLv));
  const kl = tf.mul(0.5, tf.sum(tf.sub(tf.add(tf.sub(priorLv, lv), variances), 1), 1));
  let loss: Tensor = tf.mul(batch['beta']!, tf.sum(tf.mul(kl, batch['rowWeight']!)));
  let total: Tensor = tf.scalar(0);
  let s: Tensor = tf.tanh(joint('unroll', given));
  const dlv = tf.clipByValue(p('decoder_log_variance'), -6, 1);
  for (let t = 0; t < base.steps; t++) {
    s = cell('decoder', s, given);
    const decoded = out('decoder_mean', tf.relu(joint('decoder1', { state: s, ...given })));
    const squares = tf.mul(tf.square(tf.sub(at('latent', t), decoded)), tf.exp(tf.neg(dlv)));
    const nll = tf.mul(0.5, tf.sum(tf.add(squares, tf.add(dlv, Math.log(2 * Math.PI))), 1));
    const u = tf.mul(at('stepMask', t), batch['rowWeight']!);
    loss = tf.add(loss, tf.sum(tf.mul(u, nll)));
    total = tf.add(total, tf.sum(u));
  }
  return tf.div(loss, total);
}

describe('the sequence-level temporal conditional VAE', () => {
  it('is the model on paper, loss and gradients', async () => {
    const definition = tcvaeSequenceTraining(base, ROWS);
    const batch = randomBatch(definition.batch, random('plain'), bits);
    const parameters = lively(base, 'plain parameters');
    const plain = await compileStep(
      ({ parameters: flat, ...tensors }) => {
        const { value, grad } = tf.valueAndGrad((x: Tensor) =>
          plainLoss(namedTensors(definition.layout, x), tensors),
        )(flat!);
        return { loss: value, gradient: grad };
      },
      { parameters: [definition.layout.size], ...definition.batch },
      { engine: 'cpu' },
    );
    const expected = await plain.run({ parameters, ...batch });
    for (const engine of ['cpu', 'onnx'] as const) {
      const found = await (await gradientStep(definition, engine)).run({ parameters, ...batch });
      expect(found['loss']![0]! / expected['loss']![0]!).toBeCloseTo(1, 6);
      expect(relativeDistance(found['gradient']!, expected['gradient']!)).toBeLessThan(3e-6);
    }
  });

  it.each(variants)(
    'has the same gradients on onnx and cpu, and those of differences (%s)',
    async (name, options) => {
      const definition = tcvaeSequenceTraining(options, ROWS);
      const generator = random('tcvae-s', name);
      const batch = { ...randomBatch(definition.batch, generator, bits), beta: Float32Array.of(0.7) };
      const parameters = lively(options, name);
      const [onnx, cpu] = await Promise.all([
        gradientStep(definition, 'onnx'),
        gradientStep(definition, 'cpu'),
      ]);
      const [found, expected] = [
        await onnx.run({ ...batch, parameters }),
        await cpu.run({ ...batch, parameters }),
      ];
      for (const monitor of ['loss', 'nll', 'divergence'])
        expect(found[monitor]![0]! / expected[monitor]![0]!).toBeCloseTo(1, 5);
      const pieces = namedArrays(definition.layout, expected['gradient']!);
      for (const [piece, values] of Object.entries(namedArrays(definition.layout, found['gradient']!)))
        expect(relativeDistance(values, pieces[piece]!), piece).toBeLessThan(1e-5);
      expect(await directionalError(cpu, parameters, batch, generator)).toBeLessThan(3e-3);
    },
  );

  it('learns: the loss of a batch falls by updates', async () => {
    const definition = tcvaeSequenceTraining(base, ROWS);
    const generator = random('path');
    const batch = {
      ...randomBatch(definition.batch, generator, []),
      stepMask: new Float32Array(ROWS * base.steps).fill(1),
      rowWeight: new Float32Array(ROWS).fill(1),
      beta: Float32Array.of(1),
    };
    const step = await compileTraining(definition, { engine: 'onnx' });
    step.load(freshState(initialParameters(definition.layout, generator)));
    const losses = [];
    for (let i = 0; i < 60; i++) losses.push((await step.run(batch, 1e-2))['loss']!);
    await step.dispose();
    expect(losses.at(-1)! / losses[0]!).toBeLessThan(0.8);
  });

  it('does not look at rows without weight or at steps after the end', async () => {
    const definition = tcvaeSequenceTraining(base, ROWS);
    const batch: Record<string, Float32Array> = {
      ...randomBatch(definition.batch, random('padding'), bits),
      stepMask: new Float32Array(ROWS * base.steps).map((_, i) => (i < 3 * ROWS ? 1 : 0)),
      rowWeight: Float32Array.of(1, 1, 1, 1, 0),
      beta: Float32Array.of(1),
    };
    const parameters = lively(base, 'padding');
    const step = await gradientStep(definition, 'onnx');
    const before = await step.run({ parameters, ...batch });
    const latent = batch['latent']!.slice();
    for (let t = 0; t < base.steps; t++) latent.fill(9, (t * ROWS + 4) * 4, (t * ROWS + 5) * 4);
    latent.fill(-7, 3 * ROWS * 4);
    const after = await step.run({ parameters, ...batch, latent });
    expect(after['loss']).toEqual(before['loss']);
    expect(relativeDistance(after['gradient']!, before['gradient']!)).toBeLessThan(1e-6);
  });

  it('reports divergences and densities that add up to the loss', async () => {
    const { step, inputs } = tcvaeSequenceDiagnostics(base, ROWS);
    const batch = {
      ...randomBatch(inputs, random('diagnostics'), []),
      stepMask: new Float32Array(ROWS * base.steps).fill(1),
      rowWeight: new Float32Array(ROWS).fill(1),
      parameters: lively(base, 'diagnostics'),
    };
    const found = await (await compileStep(step, inputs, { engine: 'onnx' })).run(batch);
    const whole = await (
      await gradientStep(tcvaeSequenceTraining(base, ROWS), 'onnx')
    ).run({ ...batch, beta: Float32Array.of(1) });
    const sum = (values: Float32Array): number => values.reduce((total, x) => total + x, 0);
    const steps = ROWS * base.steps;
    expect((sum(found['divergence']!) - sum(found['logDensity']!)) / steps).toBeCloseTo(
      whole['loss']![0]!,
      4,
    );
    expect(found['posteriorMean']).toHaveLength(ROWS * base.codes);
  });
});

describe('sampling whole sequences', () => {
  const sampled = async (
    options: TcvaeSequenceOptions,
    parameters: Float32Array,
    given: Readonly<Record<string, Float32Array>>,
    engine: 'onnx' | 'cpu' = 'onnx',
  ): Promise<Float32Array> => {
    const { step, inputs } = tcvaeSequenceSampler(options, ROWS);
    const generator = random('sampling');
    const arrays = Object.fromEntries(
      Object.entries(inputs).map(([name, shape]) => [
        name,
        name === 'choice'
          ? new Float32Array(sizeOf(shape)).map(() => generator.uniform())
          : generator.fillNormal(new Float32Array(sizeOf(shape))),
      ]),
    );
    const compiled = await compileStep(step, inputs, { engine });
    const scales = { priorScale: Float32Array.of(1), decoderScale: Float32Array.of(1) };
    const { latent } = await compiled.run({ ...arrays, ...scales, parameters, ...given });
    await compiled.dispose();
    return latent!;
  };

  it.each(variants)('is the same on onnx and cpu (%s)', async (name, options) => {
    const parameters = lively(options, name);
    const onnx = await sampled(options, parameters, {});
    expect(onnx).toHaveLength(options.steps * ROWS * options.latents);
    expect(relativeDistance(onnx, await sampled(options, parameters, {}, 'cpu'))).toBeLessThan(1e-5);
  });

  it('draws the code around its prior: the same for everybody, or where the condition puts it', async () => {
    const still = { priorScale: Float32Array.of(0), decoderScale: Float32Array.of(0) };
    const condition = new Float32Array(ROWS * 3).map((_, i) => (i % 3 === 0 ? Math.floor(i / 3) : 0));
    for (const prior of ['standard', 'conditional'] as const) {
      const options = { ...base, prior };
      const parameters = lively(options, 'prior');
      const named = namedArrays(tcvaeSequenceLayout(options), parameters);
      // The condition reaches the decoder through the code alone.
      for (const layer of ['unroll', 'decoder_gates', 'decoder_candidate', 'decoder1'])
        named[`${layer}_condition_w`]!.fill(0);
      named['condition_w']!.fill(0.5);
      const latent = await sampled(options, parameters, { ...still, condition });
      const rows = Array.from({ length: ROWS }, (_, row) => [...latent.subarray(row * 4, (row + 1) * 4)]);
      const different = new Set(rows.map((row) => row.map((x) => x.toFixed(4)).join())).size;
      expect(different === 1).toBe(prior === 'standard');
    }
  });
});
