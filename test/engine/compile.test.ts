import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { compileStep } from '../../src/engine/compile.js';
import type { Step } from '../../src/engine/contract.js';
import { UnknownKernelError, trace } from '../../src/engine/onnx/trace.js';
import { random } from '../../src/engine/random.js';

const affine: Step = ({ x, w }) => ({ y: tf.relu(tf.matMul(x!, w!)), same: x! });
const shapes = { x: [2, 3], w: [3, 4] };
const inputs = {
  x: random('x').fillNormal(new Float32Array(6)),
  w: random('w').fillNormal(new Float32Array(12)),
};

describe('compileStep', () => {
  it('gives the same on onnx, cpu and wasm, also when an input is an output', async () => {
    const results: Record<string, Float32Array>[] = [];
    for (const engine of ['onnx', 'cpu', 'wasm'] as const) {
      const step = await compileStep(affine, shapes, { engine });
      results.push(await step.run(inputs));
      await step.dispose();
      await expect(step.run(inputs)).rejects.toThrow('disposed');
    }
    for (const result of results) {
      expect(result['same']).toEqual(inputs.x);
      result['y']!.forEach((value, i) => expect(value).toBeCloseTo(results[1]!['y']![i]!, 6));
    }
  });

  it('keeps steps that are compiled and run side by side apart', async () => {
    const engines = ['onnx', 'cpu', 'wasm'] as const;
    const steps = await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        compileStep(({ x }) => ({ y: tf.mul(x!, i) }), { x: [2] }, { engine: engines[i % 3]! }),
      ),
    );
    const results = await Promise.all(steps.map((step) => step.run({ x: Float32Array.of(1, 2) })));
    results.forEach((result, i) => expect([...result['y']!]).toEqual([i, 2 * i]));
    await Promise.all(steps.map((step) => step.dispose()));
  });

  it.each(['onnx', 'cpu', 'wasm'] as const)('leaves no tensors behind on %s', async (engine) => {
    const step = await compileStep(affine, shapes, { engine });
    await step.run(inputs);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 50; i++) await step.run(inputs);
    expect(tf.memory().numTensors).toBe(before);
    const again = await compileStep(affine, shapes, { engine });
    expect(tf.memory().numTensors).toBe(before);
    await Promise.all([step.dispose(), again.dispose()]);
  });

  it('names an operation that the onnx engine does not know, and stays usable', async () => {
    const failing = compileStep(({ x }) => ({ y: tf.atan2(x!, 2) }), { x: [2] }, { engine: 'onnx' });
    await expect(failing).rejects.toThrow(UnknownKernelError);
    await expect(failing).rejects.toThrow(/"Atan2".*engine cpu or tensorflow/s);
    const step = await compileStep(affine, shapes, { engine: 'onnx' });
    await step.run(inputs);
    await step.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('says that a traced step may not read values', async () => {
    const reading: Step = ({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) });
    await expect(compileStep(reading, { x: [1] }, { engine: 'onnx' })).rejects.toThrow(
      'may not depend on values',
    );
  });

  it.each(['onnx', 'cpu'] as const)('checks what %s is given', async (engine) => {
    const step = await compileStep(affine, shapes, { engine });
    await expect(step.run({ x: inputs.x })).rejects.toThrow('step input w is missing; given: x');
    await expect(step.run({ ...inputs, w: new Float32Array(5) })).rejects.toThrow(
      'step input w: expected 12 values for [3, 4], found 5',
    );
    await step.dispose();
  });

  it('says how to install an engine that is not there', async () => {
    const name: string = '@tensorflow/tfjs-node';
    const tfjsNodeIsInstalled = await import(name).then(
      () => true,
      () => false,
    );
    const opened = compileStep(affine, shapes, { engine: 'tensorflow' });
    if (tfjsNodeIsInstalled) {
      const step = await opened;
      expect((await step.run(inputs))['same']).toEqual(inputs.x);
    } else {
      await expect(opened).rejects.toThrow(InputError);
      await expect(opened).rejects.toThrow('npm install @tensorflow/tfjs-node');
    }
  });
});

describe('a traced step', () => {
  it('stores small constants once, feeds big ones and drops what no output needs', async () => {
    const big = random('constant').fillNormal(new Float32Array(4000));
    const step: Step = ({ x, unused }) => {
      tf.exp(unused!);
      const table = tf.tensor1d(big.slice());
      return { y: tf.sum(tf.mul(tf.mul(x!, table), tf.add(tf.tensor1d(big.slice()), 2))), z: tf.add(x!, 2) };
    };
    const traced = await trace(step, { x: [4000], unused: [2] });
    expect(traced.inputs).toEqual(['x']);
    expect(traced.constants).toHaveLength(1);
    expect(traced.model.length).toBeLessThan(1500);
    const results: Record<string, Float32Array>[] = [];
    for (const engine of ['onnx', 'cpu'] as const) {
      const compiled = await compileStep(step, { x: [4000], unused: [2] }, { engine });
      results.push(await compiled.run({ x: big, unused: new Float32Array(2) }));
      await compiled.dispose();
    }
    expect(results[0]!['z']).toEqual(results[1]!['z']);
    expect(results[0]!['y']![0]! / results[1]!['y']![0]!).toBeCloseTo(1, 5);
  });

  it('sees through stacking and unstacking', async () => {
    const step: Step = ({ x }) => {
      const rows = tf.unstack(tf.stack(tf.unstack(tf.stack(tf.unstack(x!)))));
      return { y: tf.add(rows[0]!, rows[2]!) };
    };
    expect((await trace(step, { x: [3, 2] })).size).toBe(4);
    expect(
      (await trace(({ x }) => ({ y: tf.relu(tf.reshape(tf.reshape(x!, [6]), [3, 2])) }), { x: [3, 2] })).size,
    ).toBe(1);
  });

  it('merges a bias into its matrix product, but not where the product is needed as well', async () => {
    const merged: Step = ({ x, w }) => ({ y: tf.add(tf.matMul(x!, w!), tf.ones([4])) });
    const both: Step = ({ x, w }) => {
      const product = tf.matMul(x!, w!);
      return { y: tf.add(product, 1), product };
    };
    expect((await trace(merged, shapes)).size).toBe(2);
    expect((await trace(both, shapes)).size).toBe(2);
  });
});
