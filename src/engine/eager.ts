import * as tf from '@tensorflow/tfjs-core';
import { loadBackend, onBackend } from './backends.js';
import type { EngineName, Shape, Step } from './contract.js';
import { registerGradients } from './gradients.js';
import { checkedInput } from './inputs.js';
import type { Program } from './program.js';

/** A step that tfjs runs operation by operation, on whichever of its backends the engine names. */
export async function openEager(
  step: Step,
  shapes: Readonly<Record<string, Shape>>,
  engine: Exclude<EngineName, 'onnx'>,
): Promise<Program> {
  await loadBackend(engine);
  registerGradients();
  let open = true;
  return {
    run: (inputs, into = {}) =>
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
      }),
    dispose: () => {
      open = false;
      return Promise.resolve();
    },
  };
}
