import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { Tensors } from '../../src/engine/contract.js';
import { initialParameters, namedArrays, namedTensors } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { compileTraining } from '../../src/engine/training.js';
import { TCVAE_DEFAULTS, tcvaeLayout, tcvaeTraining, type TcvaeOptions } from '../../src/models/tcvae.js';
import { tcvaeDiagnostics, tcvaeSampler } from '../../src/models/tcvaeSteps.js';
import { directionalError, gradientStep, randomBatch, relativeDistance, sizeOf } from './support.js';

const base: TcvaeOptions = {
  ...TCVAE_DEFAULTS,
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
};
const variants: readonly (readonly [string, TcvaeOptions])[] = [
  ['defaults', base],
  ['conditional variance, free bits', { ...base, decoder: 'conditional', freeBits: 0.2 }],
  ['mixture and gate', { ...base, decoder: 'conditional', mixtures: 3, gate: true }],
  ['mixture with global variance', { ...base, mixtures: 2 }],
  ['gate', { ...base, gate: true }],
  ['one step', { ...base, steps: 1, gate: true }],
];
const bits = ['stepMask', 'rowWeight'];
const ROWS = 5;

/** Parameters large enough that states, gates and clamps matter. */
const lively = (options: TcvaeOptions, name: string): Float32Array =>
  initialParameters(tcvaeLayout(options), random(name)).map((x) => 1.5 * x);

/** The model as the specification writes it: everything inside the loop, gradients by tfjs alone. */
function plainLoss(parameters: Tensors, batch: Tensors): Tensor {
  const p = (name: string): Tensor => parameters[name]!;
  const c = tf.relu(tf.add(tf.matMul(batch['condition']!, p('condition_w')), p('condition_b')));
  let h: Tensor = tf.tanh(tf.add(tf.matMul(c, p('start_w')), p('start_b')));
  const layer = (name: string, parts: Readonly<Record<string, Tensor>>): Tensor =>
    Object.entries(parts).reduce<Tensor>(
      (sum, [part, x]) => tf.add(sum, tf.matMul(x, p(`${name}_${part}_w`))),
      p(`${name}_b`),
    );
  const out = (name: string, x: Tensor): Tensor => tf.add(tf.matMul(x, p(`${name}_w`)), p(`${name}_b`));
  const two = (x: Tensor): [Tensor, Tensor] => {
    const [first, second] = tf.split(x, 2, 1);
    return [first!, second!];
  };
  let loss: Tensor = tf.scalar(0);
  let total: Tensor = tf.scalar(0);
  for (let t = 0; t < base.steps; t++) {
    const at = (name: string): Tensor => tf.unstack(batch[name]!)[t]!;
    const a = at('latent');
    const fa = tf.relu(out('latent', a));
    const [priorMean, priorRaw] = two(out('prior2', tf.relu(layer('prior1', { state: h, condition: c }))));
    const [mean, raw] = two(
      out('posterior2', tf.relu(layer('posterior1', { latent: fa, state: h, condition: c }))),
    );
    const [priorLv, lv] = [tf.clipByValue(priorRaw, -8, 4), tf.clipByValue(raw, -8, 4)];
    const fz = tf.relu(out('code', tf.add(mean, tf.mul(tf.exp(tf.mul(0.5, lv)), at('noise')))));
    const decoded = out('decoder_mean', tf.relu(layer('decoder1', { code: fz, state: h, condition: c })));
    const dlv = tf.clipByValue(p('decoder_log_variance'), -6, 1);
    const nll = tf.mul(
      0.5,
      tf.sum(
        tf.add(
          tf.mul(tf.square(tf.sub(a, decoded)), tf.exp(tf.neg(dlv))),
          tf.add(dlv, Math.log(2 * Math.PI)),
        ),
        1,
      ),
    );
    const variances = tf.div(tf.add(tf.exp(lv), tf.square(tf.sub(mean, priorMean))), tf.exp(priorLv));
    const kl = tf.mul(0.5, tf.sum(tf.sub(tf.add(tf.sub(priorLv, lv), variances), 1), 1));
    const u = tf.mul(at('stepMask'), batch['rowWeight']!);
    loss = tf.add(loss, tf.sum(tf.mul(u, tf.add(nll, tf.mul(batch['beta']!, kl)))));
    total = tf.add(total, tf.sum(u));
    const gates = tf.sigmoid(
      tf.add(
        tf.add(
          tf.add(tf.matMul(fa, p('gates_latent_w')), tf.matMul(fz, p('gates_code_w'))),
          tf.add(tf.matMul(c, p('gates_condition_w')), p('gates_input_b')),
        ),
        tf.add(tf.matMul(h, p('gates_state_w')), p('gates_state_b')),
      ),
    );
    const [r, u2] = two(gates);
    const fromInput = tf.add(
      tf.add(tf.matMul(fa, p('candidate_latent_w')), tf.matMul(fz, p('candidate_code_w'))),
      tf.add(tf.matMul(c, p('candidate_condition_w')), p('candidate_input_b')),
    );
    const fromState = tf.add(tf.matMul(h, p('candidate_state_w')), p('candidate_state_b'));
    const n = tf.tanh(tf.add(fromInput, tf.mul(r, fromState)));
    h = tf.add(tf.mul(tf.sub(1, u2), n), tf.mul(u2, h));
  }
  return tf.div(loss, total);
}

describe('the temporal conditional VAE', () => {
  it('has the size of the peer', () => {
    expect(tcvaeLayout({ ...TCVAE_DEFAULTS, steps: 24, conditions: 20 }).size).toBe(66_224);
  });

  it('is the model of the specification, loss and gradients', async () => {
    const definition = tcvaeTraining(base, ROWS);
    const generator = random('plain');
    const batch = randomBatch(definition.batch, generator, bits);
    const parameters = lively(base, 'plain parameters');
    const inputs = { parameters: [definition.layout.size], ...definition.batch };
    const plain = await compileStep(
      ({ parameters: flat, ...tensors }) => {
        const { value, grad } = tf.valueAndGrad((x: Tensor) =>
          plainLoss(namedTensors(definition.layout, x), tensors),
        )(flat!);
        return { loss: value, gradient: grad };
      },
      inputs,
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
      const definition = tcvaeTraining(options, ROWS);
      const generator = random('tcvae', name);
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
      for (const monitor of ['loss', 'nll', 'divergence']) {
        expect(found[monitor]![0]! / expected[monitor]![0]!).toBeCloseTo(1, 5);
      }
      const pieces = namedArrays(definition.layout, expected['gradient']!);
      for (const [piece, values] of Object.entries(namedArrays(definition.layout, found['gradient']!))) {
        expect(relativeDistance(values, pieces[piece]!), piece).toBeLessThan(1e-5);
      }
      expect(await directionalError(cpu, parameters, batch, generator)).toBeLessThan(3e-3);
    },
  );

  it.each(variants.slice(0, 3))(
    'stays on one path on onnx and cpu over several updates (%s)',
    async (name, options) => {
      const definition = tcvaeTraining(options, ROWS);
      const generator = random('path', name);
      const batch = {
        ...randomBatch(definition.batch, generator, []),
        stepMask: new Float32Array(ROWS * options.steps).fill(1),
        rowWeight: new Float32Array(ROWS).fill(1),
        beta: Float32Array.of(1),
      };
      const parameters = initialParameters(definition.layout, generator);
      const ends = [];
      for (const engine of ['cpu', 'onnx'] as const) {
        const step = await compileTraining(definition, { engine });
        step.load({
          parameters,
          firstMoment: new Float32Array(parameters.length),
          secondMoment: new Float32Array(parameters.length),
          updates: 0,
        });
        const losses = [];
        for (let i = 0; i < 10; i++) losses.push((await step.run(batch, 3e-3))['loss']!);
        expect(losses.at(-1)!).toBeLessThan(losses[0]!);
        ends.push(step.state().parameters);
        await step.dispose();
      }
      expect(relativeDistance(ends[1]!, ends[0]!)).toBeLessThan(1e-5);
    },
  );

  it('does not look at rows without weight or at steps after the end', async () => {
    const definition = tcvaeTraining(base, ROWS);
    const generator = random('padding');
    const batch: Record<string, Float32Array> = {
      ...randomBatch(definition.batch, generator, bits),
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

  it('reports divergence and likelihood per step that add up to the loss', async () => {
    const { step, inputs } = tcvaeDiagnostics(base, ROWS);
    const generator = random('diagnostics');
    const batch = {
      ...randomBatch(inputs, generator, []),
      stepMask: new Float32Array(ROWS * base.steps).fill(1),
      rowWeight: new Float32Array(ROWS).fill(1),
      parameters: lively(base, 'diagnostics'),
    };
    const diagnostics = await (await compileStep(step, inputs, { engine: 'onnx' })).run(batch);
    const whole = await (
      await gradientStep(tcvaeTraining(base, ROWS), 'onnx')
    ).run({ ...batch, beta: Float32Array.of(1) });
    const mean = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(mean(diagnostics['nll']!)).toBeCloseTo(whole['nll']![0]!, 4);
    expect(mean(diagnostics['divergence']!)).toBeCloseTo(whole['divergence']![0]!, 4);
    expect(-mean(diagnostics['logDensity']!)).toBeCloseTo(whole['nll']![0]!, 4);
    expect(diagnostics['posteriorMean']).toHaveLength(base.steps * ROWS * base.codes);
  });
});

describe('sampling', () => {
  const sampled = async (
    options: TcvaeOptions,
    parameters: Float32Array,
    given: Readonly<Record<string, Float32Array>>,
    rows: number,
    engine: 'onnx' | 'cpu' = 'onnx',
  ): Promise<Float32Array> => {
    const { step, inputs } = tcvaeSampler(options, rows);
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
    const { latent } = await compiled.run({
      ...arrays,
      priorScale: Float32Array.of(1),
      decoderScale: Float32Array.of(1),
      parameters,
      ...given,
    });
    await compiled.dispose();
    return latent!;
  };

  it.each(variants)('is the same on onnx and cpu (%s)', async (name, options) => {
    const parameters = lively(options, name);
    const [onnx, cpu] = [
      await sampled(options, parameters, {}, ROWS),
      await sampled(options, parameters, {}, ROWS, 'cpu'),
    ];
    expect(onnx).toHaveLength(options.steps * ROWS * options.latents);
    expect(relativeDistance(onnx, cpu)).toBeLessThan(1e-5);
  });

  it('draws the latents that the model gives their density: mean, deviation and weights of a planted mixture', async () => {
    const options: TcvaeOptions = { ...base, steps: 1, latents: 1, mixtures: 2, decoder: 'conditional' };
    const layout = tcvaeLayout(options);
    const parameters = new Float32Array(layout.size);
    const named = namedArrays(layout, parameters);
    named['decoder_mean_b']!.set([-2, 3]);
    named['decoder_log_variance_b']!.set([Math.log(0.04), Math.log(0.25)]);
    named['decoder_mixture_b']!.set([Math.log(0.3), Math.log(0.7)]);
    const rows = 4000;
    const latent = await sampled(options, parameters, {}, rows);
    const [low, high] = [latent.filter((x) => x < 0), latent.filter((x) => x >= 0)];
    const moments = (values: Float32Array): [mean: number, variance: number] => {
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      return [mean, values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length];
    };
    expect(low.length / rows).toBeCloseTo(0.3, 1);
    expect(moments(low)[0]).toBeCloseTo(-2, 1);
    expect(moments(low)[1]).toBeCloseTo(0.04, 2);
    expect(moments(high)[0]).toBeCloseTo(3, 1);
    expect(moments(high)[1]).toBeCloseTo(0.25, 1);
    const ends = { choice: new Float32Array(rows).map((_, i) => (i % 2 === 0 ? 0 : 0.99999)) };
    const still = await sampled(options, parameters, { ...ends, decoderScale: Float32Array.of(0) }, rows);
    expect(still[0]).toBeCloseTo(-2, 5);
    expect(still[1]).toBeCloseTo(3, 5);
  });

  it('feeds the drawn latent back through the gate', async () => {
    const options: TcvaeOptions = { ...base, gate: true };
    const layout = tcvaeLayout(options);
    const parameters = new Float32Array(layout.size);
    const named = namedArrays(layout, parameters);
    named['decoder_mean_b']!.fill(1);
    named['decoder_gate_b']!.fill(-1);
    const latent = await sampled(options, parameters, { decoderScale: Float32Array.of(0) }, 1);
    // Gate σ(−1 + 1) = ½: 1, 1.5, 1.75, 1.875
    const expected = [1, 1.5, 1.75, 1.875].flatMap((x) => [x, x, x, x]);
    latent.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5));
  });
});
