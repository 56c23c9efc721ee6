import * as tf from '@tensorflow/tfjs-core';
import { loadBackend, onBackend } from './backends.js';
import type { Arrays, EngineName, Program, Repetition, Shape, Step } from './contract.js';
import { registerGradients } from './gradients.js';
import { checkedInput } from './inputs.js';

/** Runs a step several times, each on its part of what differs and with the state that the time before left. */
async function repeatedly(
  once: (inputs: Arrays, into: Arrays) => Promise<Record<string, Float32Array>>,
  { state, each }: Repetition,
  inputs: Arrays,
  into: Arrays,
  times: number,
): Promise<Record<string, Float32Array>> {
  const results: Record<string, Float32Array> = { ...into };
  let present: Arrays = Object.fromEntries(state.map((name) => [name, inputs[name]!]));
  for (let at = 0; at < times; at++) {
    const parts = each.map((name) => {
      const array = inputs[name]!;
      const size = array.length / times;
      return [name, array.subarray(at * size, (at + 1) * size)] as const;
    });
    const found = await once({ ...inputs, ...Object.fromEntries(parts), ...present }, {});
    present = Object.fromEntries(state.map((name) => [name, found[name]!]));
    for (const [name, values] of Object.entries(found)) {
      const stateful = state.includes(name);
      results[name] ??= new Float32Array(values.length * (stateful ? 1 : times));
      results[name].set(values, stateful ? 0 : at * values.length);
    }
  }
  return results;
}

/** A step that tfjs runs operation by operation, on whichever of its backends the engine names. */
export async function openEager(
  step: Step,
  shapes: Readonly<Record<string, Shape>>,
  engine: Exclude<EngineName, 'onnx'>,
  repetition?: Repetition,
): Promise<Program> {
  await loadBackend(engine);
  registerGradients();
  let open = true;
  const once = (inputs: Arrays, into: Arrays): Promise<Record<string, Float32Array>> =>
    onBackend(engine, () => {
      if (!open) throw new Error('this step was disposed');
      return tf.tidy(() => {
        const tensors = Object.fromEntries(
          Object.entries(shapes).map(([name, shape]) => [
            name,
            // A copy: tfjs would otherwise keep the caller's array as the tensor's own memory.
            tf.tensor(checkedInput(inputs, name, shape).slice(), [...shape], 'float32'),
          ]),
        );
        return Object.fromEntries(
          Object.entries(step(tensors)).map(([name, tensor]) => {
            const values = Float32Array.from(tensor.dataSync());
            const target = into[name];
            if (target === undefined) return [name, values];
            target.set(values);
            return [name, target];
          }),
        );
      });
    });
  return {
    run: (inputs, into = {}, times = 1) =>
      repetition === undefined ? once(inputs, into) : repeatedly(once, repetition, inputs, into, times),
    dispose: () => {
      open = false;
      return Promise.resolve();
    },
  };
}
