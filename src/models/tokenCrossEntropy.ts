import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './customGradient.js';

/**
 * Σ_rows w · (log Σ_v e^(z_v) − z_target) with z = x·W + b: the last layer and its weighted categorical cross-entropy in
 * one. Neither logits nor their gradient are ever put against a one-hot matrix: the target's share is gathered and
 * scattered row by row, and row weights enter where rows are short.
 *
 * @param x [rows, width]
 * @param weight [width, classes]
 * @param bias [classes]
 * @param targets int32 [rows], 0…classes−1 also where the row's weight is 0
 * @param rowWeight [rows]; gets no gradient
 */
export function tokenCrossEntropy(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  targets: Tensor,
  rowWeight: Tensor,
): Tensor {
  const rows = x.shape[0];
  const [width, classes] = [weight.shape[0], weight.shape[1]!];
  return withGradient(
    [x, weight, bias],
    () => {
      const logits = tf.add(tf.matMul(x, weight), bias);
      const shares = tf.softmax(logits);
      // log Σ eᶻ = max z − log max p, since the greatest share is 1/Σ e^(z − max z).
      const total = tf.sub(tf.max(logits, 1), tf.log(tf.max(shares, 1)));
      const columns = tf.gather(tf.transpose(weight), targets);
      const ofTarget = tf.add(tf.sum(tf.mul(x, columns), 1), tf.gather(bias, targets));
      return {
        value: tf.sum(tf.mul(rowWeight, tf.sub(total, ofTarget))),
        saved: [x, weight, shares, columns, targets, rowWeight],
      };
    },
    (dy, [input, w, shares, columns, ids, perRow]) => {
      const slope = tf.reshape(tf.mul(perRow!, dy), [rows, 1]);
      const weighted = tf.mul(input!, slope);
      const places = tf.reshape(ids!, [rows, 1]);
      const atTargets = tf.transpose(tf.scatterND(places, weighted, [classes, width]));
      return [
        tf.mul(slope, tf.sub(tf.matMul(shares!, w!, false, true), columns!)),
        tf.sub(tf.matMul(weighted, shares!, true, false), atTargets),
        tf.sub(
          tf.reshape(tf.matMul(slope, shares!, true, false), [classes]),
          tf.reshape(tf.scatterND(places, slope, [classes, 1]), [classes]),
        ),
      ];
    },
  );
}
