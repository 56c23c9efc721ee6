import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { withGradient } from './customGradient.js';

/** log 2π, the constant of a Gaussian log density. */
const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A parameter of a model by name; a missing one is a mistake in the model. */
export function parameter(parameters: Tensors, name: string): Tensor {
  const found = parameters[name];
  if (found === undefined) throw new Error(`model parameter ${name} is missing`);
  return found;
}

/** Weight `<name>_w` [inputs, outputs] and bias `<name>_b` [outputs], started as torch.nn.Linear starts them. */
export function linearSpecs(name: string, inputs: number, outputs: number): readonly ParameterSpec[] {
  return [
    { name: `${name}_w`, shape: [inputs, outputs], initial: { fanIn: inputs } },
    { name: `${name}_b`, shape: [outputs], initial: { fanIn: inputs } },
  ];
}

/** x·W + b for x [rows, inputs]. */
export function linear(parameters: Tensors, name: string, x: Tensor): Tensor {
  return tf.add(tf.matMul(x, parameter(parameters, `${name}_w`)), parameter(parameters, `${name}_b`));
}

/** max(0, x·W + b). */
export const hiddenLayer = (parameters: Tensors, name: string, x: Tensor): Tensor =>
  tf.relu(linear(parameters, name, x));

/**
 * Bernoulli cross-entropy from logits, summed over the columns: Σ_j log(1 + eˡ) − l·y, one value a row. Finite for any
 * logit. Its gradient is stated as σ(l) − y, which needs no logarithm and does not overflow.
 * @param targets 0 or 1, [rows, columns]
 * @param positiveWeight [columns]: factor on the cross-entropy where the target is 1
 */
export function bernoulliCrossEntropy(logits: Tensor, targets: Tensor, positiveWeight?: Tensor): Tensor {
  const weight = positiveWeight === undefined ? [] : [tf.add(1, tf.mul(targets, tf.sub(positiveWeight, 1)))];
  return withGradient(
    [logits],
    () => {
      // log(1 + eˡ) = max(l, 0) − log σ(|l|)
      const softplus = tf.sub(tf.relu(logits), tf.log(tf.sigmoid(tf.abs(logits))));
      const cells = tf.sub(softplus, tf.mul(logits, targets));
      return {
        value: tf.sum(
          weight.reduce<Tensor>((product, w) => tf.mul(product, w), cells),
          1,
        ),
        saved: [logits, targets, ...weight],
      };
    },
    (dy, [l, y, ...w]) => {
      const slope = w.reduce<Tensor>(
        (product, factor) => tf.mul(product, factor),
        tf.sub(tf.sigmoid(l!), y!),
      );
      return [tf.mul(tf.reshape(dy, [-1, 1]), slope)];
    },
  );
}

/**
 * Log density of a diagonal Gaussian, summed over the last axis:
 * −½ Σ_i [(x−μ)²/σ² + log σ² + log 2π]. Mean and log variance broadcast against x.
 */
export function gaussianLogDensity(x: Tensor, mean: Tensor, logVariance: Tensor): Tensor {
  const cells = tf.add(
    tf.mul(tf.square(tf.sub(x, mean)), tf.exp(tf.neg(logVariance))),
    tf.add(logVariance, LOG_TWO_PI),
  );
  return tf.mul(-0.5, tf.sum(cells, -1));
}

/**
 * KL(q ‖ p) of diagonal Gaussians, summed over the last axis:
 * ½ Σ_i [log(σ_p²/σ_q²) + (σ_q² + (μ_q−μ_p)²)/σ_p² − 1]. At least 0 up to rounding, and 0 for q = p.
 */
export function gaussianDivergence(
  meanQ: Tensor,
  logVarianceQ: Tensor,
  meanP: Tensor,
  logVarianceP: Tensor,
): Tensor {
  const logRatio = tf.sub(logVarianceQ, logVarianceP);
  const distance = tf.mul(tf.square(tf.sub(meanQ, meanP)), tf.exp(tf.neg(logVarianceP)));
  const cells = tf.sub(tf.add(tf.exp(logRatio), distance), tf.add(logRatio, 1));
  return tf.mul(0.5, tf.sum(cells, -1));
}

/** log Σ_i eˣ over the last axis, safe for large x; its gradient is the softmax. */
export function logSumExp(x: Tensor): Tensor {
  const outer = x.shape.slice(0, -1);
  return withGradient(
    [x],
    () => {
      const greatest = tf.max(x, -1, true);
      const exponentials = tf.exp(tf.sub(x, greatest));
      const total = tf.sum(exponentials, -1, true);
      return {
        value: tf.reshape(tf.add(tf.log(total), greatest), outer),
        saved: [exponentials, total],
      };
    },
    (dy, [exponentials, total]) => [tf.mul(tf.reshape(dy, [...outer, 1]), tf.div(exponentials!, total!))],
  );
}
