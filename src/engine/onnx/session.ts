import * as ort from 'onnxruntime-node';
import type { Program, Repetition, Shape, Step } from '../contract.js';
import { checkedInput } from '../inputs.js';
import { nativeCall } from '../nativeCalls.js';
import { sizeOf } from './graph.js';
import { trace } from './trace.js';

/** Traces a step and opens an onnxruntime session for it. */
export async function openSession(
  step: Step,
  shapes: Readonly<Record<string, Shape>>,
  threads: number,
  repetition?: Repetition,
): Promise<Program> {
  const traced = await trace(step, shapes, repetition);
  const session = await nativeCall(() =>
    ort.InferenceSession.create(traced.model, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    }),
  );
  const constants = traced.constants.map(({ name, shape, bytes }) => ({
    name,
    tensor: new ort.Tensor('float32', new Float32Array(bytes.buffer), shape),
  }));
  const outputs = Object.entries(traced.outputs);
  // Callers run the same arrays again and again; a tensor is only a view on one.
  const tensors = new WeakMap<Float32Array, Map<string, ort.Tensor>>();
  const view = (name: string, array: Float32Array, shape: Shape): ort.Tensor => {
    let views = tensors.get(array);
    if (views === undefined) tensors.set(array, (views = new Map<string, ort.Tensor>()));
    let tensor = views.get(name);
    if (tensor === undefined || tensor.dims[0] !== shape[0])
      views.set(name, (tensor = new ort.Tensor('float32', array, shape)));
    return tensor;
  };
  const stacked = (name: string, shape: Shape, times: number): Shape =>
    repetition?.each.includes(name) === true ? [times, ...shape] : shape;
  let open = true;
  return {
    async run(inputs, into = {}, times = 1) {
      if (!open) throw new Error('this step was disposed');
      const feeds: Record<string, ort.Tensor> = {};
      for (const name of traced.inputs) {
        const shape = stacked(name, shapes[name]!, times);
        feeds[name] = view(name, checkedInput(inputs, name, shape), shape);
      }
      for (const { name, tensor } of constants) feeds[name] = tensor;
      const results: Record<string, Float32Array> = {};
      const fetches: Record<string, ort.Tensor> = {};
      for (const [name, one] of outputs) {
        const shape = repetition?.state.includes(name) === false ? [times, ...one] : one;
        const array = into[name] ?? new Float32Array(sizeOf(shape));
        results[name] = array;
        fetches[`out ${name}`] = view(`out ${name}`, array, shape);
      }
      await nativeCall(() => session.run(feeds, fetches));
      return results;
    },
    async dispose() {
      if (!open) return;
      open = false;
      await session.release();
    },
  };
}
