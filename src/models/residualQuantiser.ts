import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './customGradient.js';

/** Sizes and options of residual quantisation with one codebook for all levels (RawMed stage 1). */
export interface QuantiserOptions {
  /** K, number of codes. */
  readonly codes: number;
  /** D, number of levels; 1 is plain vector quantisation. */
  readonly levels: number;
  /** Extent of a code. */
  readonly width: number;
  /** Decay of the moving averages, applied once per level and step. */
  readonly decay: number;
  /** Temperature of the stochastic choice of codes while training. */
  readonly temperature: number;
  /**
   * What of the gradient of the quantised vector reaches the latent. `levels`: every level passes it straight through, and
   * since each level's residual keeps its gradient to the latent, D times the gradient arrives, as in the published code.
   * `sum`: one pass around the sum of all levels, the gradient as it is.
   */
  readonly straightThrough: 'levels' | 'sum';
}

/** What is kept of the codes outside the parameters, per code. */
export interface Codebook {
  /** Moving average of the weight of vectors that chose the code. [K] */
  readonly usage: Tensor;
  /** Moving average of their sum. [K, width] */
  readonly sums: Tensor;
  /** [K, width] */
  readonly codes: Tensor;
}

/** Laplace smoothing of usage. */
const SMOOTHING = 1e-5;

/** Codes from averages: sums over usage, smoothed so that a code nobody uses stays finite. */
function codesFrom(usage: Tensor, sums: Tensor): Tensor {
  const total = tf.sum(usage);
  const smoothed = tf.mul(tf.div(tf.add(usage, SMOOTHING), tf.add(total, usage.size * SMOOTHING)), total);
  return tf.div(sums, tf.reshape(smoothed, [-1, 1]));
}

/** Squared distances [rows, K] of vectors to codes. */
function squaredDistances(vectors: Tensor, codes: Tensor): Tensor {
  const products = tf.mul(-2, tf.matMul(vectors, codes, false, true));
  return tf.add(tf.add(products, tf.sum(tf.square(codes), 1)), tf.sum(tf.square(vectors), 1, true));
}

/** Index of the nearest code, int32 [rows]. */
const nearest = (vectors: Tensor, codes: Tensor): Tensor => tf.argMin(squaredDistances(vectors, codes), 1);

/** argmax(−‖r − c‖/temperature + Gumbel), with the Gumbel noise from uniforms. */
function drawn(vectors: Tensor, codes: Tensor, uniforms: Tensor, temperature: number): Tensor {
  const distances = tf.sqrt(tf.relu(squaredDistances(vectors, codes)));
  // Ends that float32 holds, so that the noise stays finite.
  const inside = tf.clipByValue(uniforms, 1e-10, 1 - 1e-7);
  const gumbel = tf.neg(tf.log(tf.neg(tf.log(inside))));
  return tf.argMax(tf.sub(gumbel, tf.div(distances, temperature)), 1);
}

/**
 * Codes of latents, each level the nearest to what the levels before left over.
 * @param latents [rows, width]
 * @returns int32 [rows, D]
 */
export function nearestCodes(options: QuantiserOptions, latents: Tensor, codes: Tensor): Tensor {
  const chosen: Tensor[] = [];
  let residual = latents;
  for (let level = 0; level < options.levels; level++) {
    const index = nearest(residual, codes);
    chosen.push(index);
    if (level + 1 < options.levels) residual = tf.sub(residual, tf.gather(codes, index));
  }
  return tf.stack(chosen, 1);
}

/** Σ over the levels of the chosen codes' vectors: int32 [rows, D] → [rows, width]. */
export const vectorsOf = (chosen: Tensor, codes: Tensor): Tensor => tf.sum(tf.gather(codes, chosen), 1);

/** Results of quantising a training batch. */
export interface Quantised {
  /** [rows, width] */
  readonly value: Tensor;
  /** Σ over levels of the weighted mean of (residual before − code)², the code taken as constant. Scalar. */
  readonly commitment: Tensor;
  /** Chosen codes as floats. [rows, D] */
  readonly chosen: Tensor;
  /** Weight of vectors per level and code in this batch. [D, K] */
  readonly counts: Tensor;
  /** Their sums. [D, K, width] */
  readonly vectorSums: Tensor;
  /** After the batch. */
  readonly codebook: Codebook;
}

/**
 * Quantises the latents of a training batch with stochastic codes and moves the codebook after every level, so that a
 * level already sees what the level before changed. Unused codes are not reset.
 *
 * Gradient of the latent: that of the value times D or 1 (`straightThrough`), plus that of the commitment.
 * @param latents [rows, width]
 * @param weight [rows], copies of each row; 0 for padding
 * @param uniforms [D · rows, K] in (0, 1)
 */
export function quantised(
  options: QuantiserOptions,
  latents: Tensor,
  weight: Tensor,
  before: Codebook,
  uniforms: Tensor,
): Quantised {
  const { codes: K, levels, width, straightThrough } = options;
  const rows = latents.shape[0];
  const sizes = [rows * width, 1, rows * levels, levels * K, levels * K * width, K, K * width, K * width];
  // One packed value: tfjs differentiates operations of one output, and only the first two parts carry a gradient.
  const packed = withGradient(
    [latents],
    () => {
      const { parts, residuals, share } = quantise(options, latents, weight, before, uniforms);
      return {
        value: tf.concat(parts.map((part) => tf.reshape(tf.cast(part, 'float32'), [-1]))),
        saved: [residuals, share],
      };
    },
    (dy, [residuals, share]) => {
      const [forValue, forCommitment] = tf.split(dy, sizes);
      const passed = tf.mul(tf.reshape(forValue!, [rows, width]), straightThrough === 'levels' ? levels : 1);
      const pull = tf.mul(tf.mul(residuals!, tf.reshape(share!, [rows, 1])), 2 / width);
      return [tf.add(passed, tf.mul(pull, tf.reshape(forCommitment!, [1, 1])))];
    },
  );
  const [value, commitment, chosen, counts, vectorSums, usage, sums, codes] = tf.split(packed, sizes);
  return {
    value: tf.reshape(value!, [rows, width]),
    commitment: tf.reshape(commitment!, []),
    chosen: tf.reshape(chosen!, [rows, levels]),
    counts: tf.reshape(counts!, [levels, K]),
    vectorSums: tf.reshape(vectorSums!, [levels, K, width]),
    codebook: { usage: usage!, sums: tf.reshape(sums!, [K, width]), codes: tf.reshape(codes!, [K, width]) },
  };
}

/** Parts in the order of the packed value; the sum over levels of what each left over, and the weights as shares. */
function quantise(
  { codes: K, levels, width, decay, temperature }: QuantiserOptions,
  latents: Tensor,
  weight: Tensor,
  before: Codebook,
  uniforms: Tensor,
): { readonly parts: readonly Tensor[]; readonly residuals: Tensor; readonly share: Tensor } {
  const rows = latents.shape[0];
  const noise = tf.split(uniforms, levels, 0);
  const share = tf.div(weight, tf.maximum(tf.sum(weight), 1e-12));
  const column = tf.reshape(weight, [rows, 1]);
  let { usage, sums, codes } = before;
  let residual = latents;
  const chosen: Tensor[] = [];
  const counts: Tensor[] = [];
  const vectorSums: Tensor[] = [];
  const left: Tensor[] = [];
  for (let level = 0; level < levels; level++) {
    const index = drawn(residual, codes, noise[level]!, temperature);
    const places = tf.reshape(index, [rows, 1]);
    const count = tf.reshape(tf.scatterND(places, column, [K, 1]), [K]);
    const vectorSum = tf.scatterND(places, tf.mul(residual, column), [K, width]);
    residual = tf.sub(residual, tf.gather(codes, index));
    usage = tf.add(tf.mul(decay, usage), tf.mul(1 - decay, count));
    sums = tf.add(tf.mul(decay, sums), tf.mul(1 - decay, vectorSum));
    codes = codesFrom(usage, sums);
    chosen.push(index);
    counts.push(count);
    vectorSums.push(vectorSum);
    left.push(residual);
  }
  const commitment = left
    .map((one) => tf.sum(tf.mul(share, tf.mean(tf.square(one), 1))))
    .reduce((sum, one) => tf.add(sum, one));
  return {
    parts: [
      tf.sub(latents, residual),
      commitment,
      tf.stack(chosen, 1),
      tf.stack(counts),
      tf.stack(vectorSums),
      usage,
      sums,
      codes,
    ],
    residuals: left.reduce((sum, one) => tf.add(sum, one)),
    share,
  };
}
