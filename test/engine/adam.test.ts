import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { EngineName, TrainingDefinition } from '../../src/engine/contract.js';
import { layoutOf } from '../../src/engine/parameters.js';
import { compileTraining } from '../../src/engine/training.js';

interface Fixture {
  readonly target: number[];
  readonly scale: number[];
  readonly start: number[];
  readonly anchor: number[];
  readonly cases: readonly {
    readonly clipNorm: number | null;
    readonly weightDecay: number;
    readonly proximal: number;
    readonly learningRate: number;
    readonly steps: readonly {
      readonly loss: number;
      readonly gradientNorm: number;
      readonly parameters: number[];
      readonly firstMoment: number[];
      readonly secondMoment: number[];
    }[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/engine/adam.json', import.meta.url), 'utf8'),
) as Fixture;

function quadratic(adam: TrainingDefinition['adam']): TrainingDefinition {
  return {
    layout: layoutOf([
      { name: 'x', shape: [2], initial: 'zeros' },
      { name: 'y', shape: [3], initial: 'zeros' },
    ]),
    batch: { target: [5], scale: [5] },
    loss: (parameters, batch) => {
      const flat = tf.concat([parameters['x']!, parameters['y']!]);
      const loss = tf.sum(tf.mul(batch['scale']!, tf.square(tf.sub(flat, batch['target']!))));
      return { loss };
    },
    ...(adam === undefined ? {} : { adam }),
  };
}

function expectClose(actual: Float32Array | number[], expected: readonly number[], tolerance: number): void {
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
  });
}

describe.each(['onnx', 'cpu'] satisfies EngineName[])('Adam on %s', (engine) => {
  it('follows AdamW with decoupled decay', async () => {
    const [lambda, rate, beta1, beta2, epsilon] = [0.1, 0.05, 0.9, 0.999, 1e-8];
    const step = await compileTraining(quadratic({ decoupledDecay: lambda }), { engine });
    const { start, target, scale } = fixture;
    const zeros = (): Float32Array => new Float32Array(start.length);
    step.load({
      parameters: Float32Array.from(start),
      firstMoment: zeros(),
      secondMoment: zeros(),
      updates: 0,
    });
    const expected = start.map((x) => ({ x, first: 0, second: 0 }));
    for (let t = 1; t <= 5; t++) {
      await step.run({ target: Float32Array.from(target), scale: Float32Array.from(scale) }, rate);
      expected.forEach((one, i) => {
        const gradient = 2 * scale[i]! * (one.x - target[i]!);
        one.first = beta1 * one.first + (1 - beta1) * gradient;
        one.second = beta2 * one.second + (1 - beta2) * gradient ** 2;
        const direction = one.first / (1 - beta1 ** t) / (Math.sqrt(one.second / (1 - beta2 ** t)) + epsilon);
        one.x -= rate * lambda * one.x + rate * direction;
      });
      expectClose(
        step.parameters(),
        expected.map(({ x }) => x),
        2e-6,
      );
    }
    await step.dispose();
  });

  it('hands out the arrays that a loss declares, and refuses others', async () => {
    const { target, scale } = fixture;
    const plain = quadratic({});
    const withArray: TrainingDefinition = {
      ...plain,
      loss: (parameters, batch) => ({
        ...plain.loss(parameters, batch),
        twice: tf.mul(2, batch['target']!),
      }),
    };
    const batch = { target: Float32Array.from(target), scale: Float32Array.from(scale) };
    const step = await compileTraining({ ...withArray, arrays: ['twice'] }, { engine });
    const report = await step.run(batch, 0.1);
    expect(Object.keys(report).sort()).toEqual(['gradientNorm', 'loss']);
    expectClose(
      step.arrays()['twice']!,
      target.map((x) => 2 * x),
      1e-6,
    );
    await step.dispose();
    const refused = async (): Promise<unknown> => {
      const undeclared = await compileTraining(withArray, { engine });
      return undeclared.run(batch, 0.1);
    };
    await expect(refused()).rejects.toThrow('monitor twice is not a scalar');
  });

  it('does a series as its updates one after the other, bit for bit, whatever the lengths', async () => {
    const { target, scale, start } = fixture;
    const plain = quadratic({ clipNorm: 1, weightDecay: 0.01, controlled: true, decoupledDecay: 0.1 });
    const definition: TrainingDefinition = {
      ...plain,
      loss: (parameters, batch) => ({ ...plain.loss(parameters, batch), twice: tf.mul(2, batch['target']!) }),
      arrays: ['twice'],
    };
    const begin = async () => {
      const step = await compileTraining(definition, { engine });
      const zeros = new Float32Array(start.length);
      step.load({
        parameters: Float32Array.from(start),
        firstMoment: zeros,
        secondMoment: zeros,
        updates: 3,
      });
      step.control(Float32Array.from(start, (_, i) => i / 7));
      return step;
    };
    const batches = Array.from({ length: 6 }, (_, at) => ({
      target: Float32Array.from(target, (x) => x + at / 3),
      scale: Float32Array.from(scale, (x) => x * (1 + at / 5)),
    }));
    const single = await begin();
    const reports: Record<string, number>[] = [];
    for (const batch of batches) reports.push(await single.run(batch, 0.1));
    const series = await begin();
    const stacked = (name: 'target' | 'scale', from: number, to: number) =>
      Float32Array.from(batches.slice(from, to).flatMap((batch) => [...batch[name]]));
    for (const [from, to] of [
      [0, 3],
      [3, 4],
      [4, 6],
    ] as const) {
      const inputs = { target: stacked('target', from, to), scale: stacked('scale', from, to) };
      const monitors = await series.runSeries(inputs, 0.1, to - from);
      expect(Object.keys(monitors).sort()).toEqual(['gradientNorm', 'loss']);
      for (let at = from; at < to; at++)
        for (const [name, values] of Object.entries(monitors))
          expect(values[at - from]).toBe(reports[at]![name]);
      expect(series.arrays()['twice']).toEqual(inputs.target.map((x) => 2 * x));
    }
    await expect(
      series.runSeries({ target: stacked('target', 0, 0), scale: stacked('scale', 0, 0) }, 0.1, 0),
    ).rejects.toThrow('at least one update, found 0');
    expect(series.state()).toEqual(single.state());
    expect(series.meanGradient()).toEqual(single.meanGradient());
    await Promise.all([single.dispose(), series.dispose()]);
  });

  it.each(fixture.cases)(
    'follows torch.optim.Adam (clip $clipNorm, decay $weightDecay, proximal $proximal)',
    async (run) => {
      const step = await compileTraining(
        quadratic({
          weightDecay: run.weightDecay,
          ...(run.clipNorm === null ? {} : { clipNorm: run.clipNorm }),
          ...(run.proximal === 0 ? {} : { proximal: run.proximal }),
        }),
        { engine },
      );
      const size = fixture.start.length;
      step.load({
        parameters: Float32Array.from(fixture.start),
        firstMoment: new Float32Array(size),
        secondMoment: new Float32Array(size),
        updates: 0,
      });
      if (run.proximal !== 0) step.anchor(Float32Array.from(fixture.anchor));
      const batch = {
        target: Float32Array.from(fixture.target),
        scale: Float32Array.from(fixture.scale),
      };
      for (const expected of run.steps) {
        const report = await step.run(batch, run.learningRate);
        expectClose([report['loss']!, report['gradientNorm']!], [expected.loss, expected.gradientNorm], 2e-6);
        const state = step.state();
        expectClose(state.parameters, expected.parameters, 2e-6);
        expectClose(state.firstMoment, expected.firstMoment, 2e-6);
        expectClose(state.secondMoment, expected.secondMoment, 2e-6);
      }
      expect(step.state().updates).toBe(run.steps.length);
      await step.dispose();
    },
  );

  it('goes on from a state as if it had never stopped, bit for bit', async () => {
    const start = {
      parameters: Float32Array.from(fixture.start),
      firstMoment: new Float32Array(5),
      secondMoment: new Float32Array(5),
      updates: 0,
    };
    const batch = {
      target: Float32Array.from(fixture.target),
      scale: Float32Array.from(fixture.scale),
    };
    const whole = await compileTraining(quadratic({ clipNorm: 1 }), { engine });
    whole.load(start);
    for (let i = 0; i < 6; i++) await whole.run(batch, 0.01);
    const first = await compileTraining(quadratic({ clipNorm: 1 }), { engine });
    first.load(start);
    for (let i = 0; i < 3; i++) await first.run(batch, 0.01);
    const second = await compileTraining(quadratic({ clipNorm: 1 }), { engine });
    second.load(first.state());
    for (let i = 0; i < 3; i++) await second.run(batch, 0.01);
    expect(second.state()).toEqual(whole.state());
    await Promise.all([whole, first, second].map((step) => step.dispose()));
  });
});

describe.each(['onnx', 'cpu'] satisfies EngineName[])('a corrected step on %s', (engine) => {
  // Numbers without rounding: Adam would make a full step of the smallest rest of a gradient.
  const parameters = Float32Array.of(1, 2, -3, 4, 0.5);
  const batch = { target: new Float32Array(5), scale: new Float32Array(5).fill(0.5) };
  const gradient = parameters;
  const start = {
    parameters,
    firstMoment: new Float32Array(5),
    secondMoment: new Float32Array(5),
    updates: 0,
  };

  it('stands still where the correction cancels the gradient, and keeps the mean of the gradient itself', async () => {
    const step = await compileTraining(quadratic({ controlled: true }), { engine });
    step.load(start);
    step.control(gradient.map((value) => -value));
    await step.run(batch, 0.1);
    await step.run(batch, 0.1);
    expect(step.state().parameters).toEqual(parameters);
    expect(step.meanGradient()).toEqual(gradient);
    await step.dispose();
  });

  it('is the plain step without a correction, and forgets its mean when a new one comes', async () => {
    const corrected = await compileTraining(quadratic({ controlled: true, clipNorm: 1 }), { engine });
    const plain = await compileTraining(quadratic({ clipNorm: 1 }), { engine });
    for (const step of [corrected, plain]) step.load(start);
    corrected.control(new Float32Array(5));
    for (const step of [corrected, plain]) await step.run(batch, 0.1);
    expect(corrected.state()).toEqual(plain.state());
    corrected.control(new Float32Array(5));
    expect(corrected.meanGradient()).toEqual(new Float32Array(5));
    expect(() => plain.control(new Float32Array(5))).toThrow('corrects no gradients');
    expect(() => plain.meanGradient()).toThrow('corrects no gradients');
    await Promise.all([corrected.dispose(), plain.dispose()]);
  });
});

it('leaves frozen parameters as they are, bit for bit, and trains the others as if these were all', async () => {
  const start = Float32Array.from([0.3, -1, 0.7, 2, -0.1]);
  const batch = { target: new Float32Array(5), scale: Float32Array.from([1, 2, 3, 4, 5]) };
  const moments = { firstMoment: new Float32Array(5).fill(0.5), secondMoment: new Float32Array(5).fill(0.2) };
  const state = { parameters: start, ...moments, updates: 3 };
  const options = { weightDecay: 0.1, clipNorm: 0.5 };
  const step = await compileTraining(quadratic({ ...options, freezable: true }), { engine: 'onnx' });
  step.load(state);
  step.trainable(Float32Array.of(0, 1, 0, 0, 1));
  const { gradientNorm } = await step.run(batch, 0.1);
  const after = step.state().parameters;
  for (const i of [0, 2, 3]) expect(after[i]).toBe(start[i]);
  expect(gradientNorm).toBeCloseTo(Math.hypot(2 * 2 * start[1]!, 2 * 5 * start[4]!), 5);
  // The others move as they do alone: frozen ones weigh nothing in the loss of this second step.
  const alone = await compileTraining(quadratic(options), { engine: 'onnx' });
  alone.load(state);
  await alone.run({ ...batch, scale: Float32Array.of(0, 2, 0, 0, 5) }, 0.1);
  for (const i of [1, 4]) expect(after[i]).toBeCloseTo(alone.state().parameters[i]!, 6);
  // All free again: as a step that freezes nothing.
  step.load(state);
  step.trainable(new Float32Array(5).fill(1));
  await step.run(batch, 0.1);
  const plain = await compileTraining(quadratic(options), { engine: 'onnx' });
  plain.load(state);
  await plain.run(batch, 0.1);
  expect(step.state()).toEqual(plain.state());
  expect(() => plain.trainable(start)).toThrow(/freezes no parameters/);
  expect(() => step.trainable(start.slice(1))).toThrow(/expected 5 values/);
  for (const one of [step, alone, plain]) await one.dispose();
});

describe('a training step', () => {
  it('refuses an anchor without a proximal term, and states of the wrong size', async () => {
    const step = await compileTraining(quadratic({}), { engine: 'onnx' });
    expect(() => step.anchor(new Float32Array(5))).toThrow('no proximal term');
    expect(() =>
      step.load({
        parameters: new Float32Array(4),
        firstMoment: new Float32Array(5),
        secondMoment: new Float32Array(5),
        updates: 0,
      }),
    ).toThrow('parameters: expected 5 values, found 4');
    await step.dispose();
  });

  it('refuses batch inputs that shadow the optimiser and monitors that are no scalars', async () => {
    const definition = quadratic({});
    await expect(
      compileTraining({ ...definition, batch: { ...definition.batch, anchor: [1] } }, { engine: 'onnx' }),
    ).rejects.toThrow('reserved for the optimiser');
    await expect(
      compileTraining(
        {
          ...definition,
          loss: (parameters, batch) => ({
            ...definition.loss(parameters, batch),
            wide: parameters['x']!,
          }),
        },
        { engine: 'onnx' },
      ),
    ).rejects.toThrow('monitor wide is not a scalar but [2]');
  });
});
