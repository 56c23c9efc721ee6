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
 * @param cellWeight [rows, columns]: factor on every cell
 */
export function bernoulliCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  positiveWeight?: Tensor,
  cellWeight?: Tensor,
): Tensor {
  const weight = [
    ...(positiveWeight === undefined ? [] : [tf.add(1, tf.mul(targets, tf.sub(positiveWeight, 1)))]),
    ...(cellWeight === undefined ? [] : [cellWeight]),
  ];
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
 * −½ Σ_i [(x−μ)²/σ² + log σ² + log 2π].
 * @param x observed, broadcasts against the mean; gets no gradient
 * @param mean [rows, …, d]
 * @param logVariance [rows, …, d], or [d] when it is the same everywhere
 */
export function gaussianLogDensity(x: Tensor, mean: Tensor, logVariance: Tensor): Tensor {
  const outer = mean.shape.slice(0, -1);
  const extent = mean.shape.at(-1)!;
  return withGradient(
    [mean, logVariance],
    () => {
      const difference = tf.sub(x, mean);
      const scaled = tf.mul(difference, tf.exp(tf.neg(logVariance)));
      const squares = tf.mul(difference, scaled);
      const total = tf.add(tf.sum(squares, -1), tf.sum(logVariance, -1));
      return {
        value: tf.mul(-0.5, tf.add(total, LOG_TWO_PI * extent)),
        saved: [scaled, squares],
      };
    },
    (dy, [scaled, squares]) => {
      const column = tf.reshape(dy, [...outer, 1]);
      const slope = tf.mul(0.5, tf.sub(squares!, 1));
      return [
        tf.mul(column, scaled!),
        logVariance.rank === 1
          ? tf.reshape(tf.matMul(tf.reshape(dy, [1, -1]), tf.reshape(slope, [-1, extent])), [extent])
          : tf.mul(column, slope),
      ];
    },
  );
}

/**
 * KL(q ‖ p) of diagonal Gaussians, summed over the last axis:
 * ½ Σ_i [log(σ_p²/σ_q²) + (σ_q² + (μ_q−μ_p)²)/σ_p² − 1]. At least 0 up to rounding, and 0 for q = p. All four tensors
 * have one shape.
 */
export function gaussianDivergence(
  meanQ: Tensor,
  logVarianceQ: Tensor,
  meanP: Tensor,
  logVarianceP: Tensor,
): Tensor {
  const outer = meanQ.shape.slice(0, -1);
  return withGradient(
    [meanQ, logVarianceQ, meanP, logVarianceP],
    () => {
      const logRatio = tf.sub(logVarianceQ, logVarianceP);
      const excess = tf.sub(tf.exp(logRatio), 1);
      const difference = tf.sub(meanQ, meanP);
      const scaled = tf.mul(difference, tf.exp(tf.neg(logVarianceP)));
      const distance = tf.mul(difference, scaled);
      return {
        value: tf.mul(0.5, tf.sum(tf.add(tf.sub(excess, logRatio), distance), -1)),
        saved: [scaled, excess, distance],
      };
    },
    (dy, [scaled, excess, distance]) => {
      const column = tf.reshape(dy, [...outer, 1]);
      const half = tf.mul(0.5, column);
      const forMean = tf.mul(column, scaled!);
      return [
        forMean,
        tf.mul(half, excess!),
        tf.neg(forMean),
        tf.neg(tf.mul(half, tf.add(excess!, distance!))),
      ];
    },
  );
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
