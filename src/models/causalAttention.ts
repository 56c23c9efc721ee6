import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './customGradient.js';

/**
 * Rows of queries per block. A block's scores against the keys it may see are all that is computed, so small blocks waste
 * little beyond the diagonal, and large ones need fewer operators.
 */
const BLOCK = 60;

/** Added to a score that no query may use; float32 keeps it finite and its exponential is 0. */
const FORBIDDEN = -1e9;

/** First and last-but-one query of every block; the last block may be shorter. */
function blocksOf(length: number, rows: number): readonly { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(length / rows) }, (_, i) => ({
    from: i * rows,
    to: Math.min((i + 1) * rows, length),
  }));
}

/** Positions [0, to) along the middle axis. */
const prefix = (x: Tensor, to: number): Tensor =>
  x.shape[1] === to ? x : tf.slice(x, [0, 0, 0], [x.shape[0], to, x.shape[2]!]);

/** What a block of queries may not see among the keys before its end: [1, to − from, to]. */
function mask(from: number, to: number): Tensor {
  const values = new Float32Array((to - from) * to);
  for (let query = from; query < to; query++)
    values.fill(FORBIDDEN, (query - from) * to + query + 1, (query - from + 1) * to);
  return tf.tensor(values, [1, to - from, to], 'float32');
}

/**
 * Sums [groups, width, to] of growing `to` position by position, and puts the blocks together as [groups, length, width]. The products
 * have positions last because their first factor, which is read across its rows, is then the narrow one.
 */
function accumulated(parts: readonly Tensor[], sizes: readonly number[]): Tensor {
  const sums: Tensor[] = [];
  for (const [i, part] of parts.entries()) {
    const pieces = i === 0 ? [part] : tf.split(part, sizes.slice(0, i + 1), 2);
    for (const [j, piece] of pieces.entries())
      sums[j] = sums[j] === undefined ? piece : tf.add(sums[j], piece);
  }
  return tf.transpose(tf.concat(sums, 2), [0, 2, 1]);
}

/**
 * Causal attention softmax(q·kᵀ)·v, where position i sees the positions 0…i. The usual 1/√width is expected to be part of q.
 * Only the blocks on and below the diagonal are computed. The gradient of the scores is p ∘ (dO·vᵀ − rowsum(dO ∘ O))
 * (Dao et al. 2022), with the row sum as one more column of the product, so that scores are passed over once.
 *
 * @param q queries [groups, length, width], a group being one head of one sequence
 * @param k keys [groups, length, width]
 * @param v values [groups, length, width]
 * @returns [groups, length, width]
 */
export function causalAttention(q: Tensor, k: Tensor, v: Tensor, rows: number = BLOCK): Tensor {
  const length = q.shape[1]!;
  const blocks = blocksOf(length, rows);
  const sizes = blocks.map(({ from, to }) => to - from);
  return withGradient(
    [q, k, v],
    () => {
      const queries = tf.split(q, sizes, 1);
      const shares = blocks.map(({ from, to }, i) =>
        tf.softmax(tf.add(tf.matMul(queries[i]!, prefix(k, to), false, true), mask(from, to))),
      );
      const value = tf.concat(
        shares.map((share, i) => tf.matMul(share, prefix(v, blocks[i]!.to))),
        1,
      );
      return { value, saved: [q, k, v, value, ...shares] };
    },
    (dy, [query, key, values, output, ...shares]) => {
      const queries = tf.split(query!, sizes, 1);
      const outer = tf.split(dy, sizes, 1);
      const rowSums = tf.sum(tf.mul(dy, output!), 2, true);
      const extended = tf.split(tf.concat([dy, tf.neg(rowSums)], 2), sizes, 1);
      const valuesAndOne = tf.concat([values!, tf.onesLike(rowSums)], 2);
      const scores = shares.map((share, i) =>
        tf.mul(share, tf.matMul(extended[i]!, prefix(valuesAndOne, blocks[i]!.to), false, true)),
      );
      return [
        tf.concat(
          scores.map((score, i) => tf.matMul(score, prefix(key!, blocks[i]!.to))),
          1,
        ),
        accumulated(
          scores.map((score, i) => tf.matMul(queries[i]!, score, true, false)),
          sizes,
        ),
        accumulated(
          shares.map((share, i) => tf.matMul(outer[i]!, share, true, false)),
          sizes,
        ),
      ];
    },
  );
}
