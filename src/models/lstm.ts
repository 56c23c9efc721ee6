import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { parameter } from './layers.js';

/** Parameters `<name>_…` of one layer, started as torch.nn.LSTM starts them. Gates: input, forget, candidate, output. */
export function lstmSpecs(name: string, inputs: number, hidden: number): readonly ParameterSpec[] {
  const spec = (ending: string, shape: readonly number[]): ParameterSpec => ({
    name: `${name}_${ending}`,
    shape,
    initial: { fanIn: hidden },
  });
  return [
    spec('input_w', [inputs, 4 * hidden]),
    spec('state_w', [hidden, 4 * hidden]),
    spec('input_b', [4 * hidden]),
    spec('state_b', [4 * hidden]),
  ];
}

/**
 * States of an LSTM (Hochreiter & Schmidhuber 1997, with forget gates) after every step, from zeros.
 *
 * @param x [steps · batch, inputs], time first
 * @returns [steps · batch, hidden]
 */
export function lstm(parameters: Tensors, name: string, steps: number, x: Tensor): Tensor {
  const p = (ending: string): Tensor => parameter(parameters, `${name}_${ending}`);
  const stateWeight = p('state_w');
  const [batch, hidden] = [x.shape[0] / steps, stateWeight.shape[0]];
  const shares = tf.split(
    tf.add(tf.matMul(x, p('input_w')), tf.add(p('input_b'), p('state_b'))),
    new Array<number>(steps).fill(batch),
  );
  let state: Tensor = tf.zeros([batch, hidden]);
  let cell: Tensor = tf.zeros([batch, hidden]);
  const states = shares.map((share, step) => {
    const [input, forget, candidate, output] = tf.split(
      step === 0 ? share : tf.add(share, tf.matMul(state, stateWeight)),
      [hidden, hidden, hidden, hidden],
      1,
    );
    const kept = tf.mul(tf.sigmoid(forget!), cell);
    cell = tf.add(kept, tf.mul(tf.sigmoid(input!), tf.tanh(candidate!)));
    state = tf.mul(tf.sigmoid(output!), tf.tanh(cell));
    return state;
  });
  return tf.concat(states, 0);
}
