import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { gaussianLogDensity, linear, linearSpecs, logSumExp, parameter } from './layers.js';

/** How the density of a latent is made from the decoder's hidden layer. */
export interface DecoderOptions {
  /** Extent d of a latent. */
  readonly latents: number;
  /** Units of the decoder's hidden layer. */
  readonly decoderUnits: number;
  /** `global-variance`: one learned log variance per dimension; `conditional`: a log variance per step as well. */
  readonly decoder: 'global-variance' | 'conditional';
  /** Components of the Gaussian mixture; 1 is a plain Gaussian. */
  readonly mixtures: number;
  /** Adds σ(gate)·(previous latent) to the mean, with a gate per component and dimension. */
  readonly gate: boolean;
}

/** Range to which the decoder's log variance is clamped. */
const DECODER_LOG_VARIANCE_RANGE = [-6, 1] as const;

/** Added to the gate's logit, so that training starts near "keep the previous latent". */
const GATE_SHIFT = 1;

export function decoderSpecs(options: DecoderOptions): readonly ParameterSpec[] {
  const { latents, decoderUnits, mixtures } = options;
  const width = mixtures * latents;
  return [
    ...linearSpecs('decoder_mean', decoderUnits, width),
    ...(options.decoder === 'conditional' ? linearSpecs('decoder_log_variance', decoderUnits, width) : []),
    ...(options.gate ? linearSpecs('decoder_gate', decoderUnits, width) : []),
    ...(mixtures > 1 ? linearSpecs('decoder_mixture', decoderUnits, mixtures) : []),
    ...(options.decoder === 'global-variance'
      ? [{ name: 'decoder_log_variance', shape: [latents], initial: 'zeros' } as const]
      : []),
  ];
}

/** The density of one latent per row: a mixture of K diagonal Gaussians. */
export interface DecoderHeads {
  /** [rows, K, d] */
  readonly mean: Tensor;
  /** [rows, K, d], or [d] when it is the same everywhere. */
  readonly logVariance: Tensor;
  /** Logits of the components, [rows, K]; absent for K = 1. */
  readonly mixture?: Tensor;
}

/** @param previous makes the previous latents [rows, d]; only called when the model has a gate */
export function decoderHeads(
  options: DecoderOptions,
  parameters: Tensors,
  hidden: Tensor,
  previous: () => Tensor,
): DecoderHeads {
  const { latents, mixtures } = options;
  const components = (x: Tensor): Tensor => tf.reshape(x, [-1, mixtures, latents]);
  const increment = components(linear(parameters, 'decoder_mean', hidden));
  const [low, high] = DECODER_LOG_VARIANCE_RANGE;
  const logVariance =
    options.decoder === 'conditional'
      ? components(linear(parameters, 'decoder_log_variance', hidden))
      : parameter(parameters, 'decoder_log_variance');
  const heads = {
    mean: options.gate
      ? tf.add(
          increment,
          tf.mul(
            tf.sigmoid(tf.add(components(linear(parameters, 'decoder_gate', hidden)), GATE_SHIFT)),
            tf.reshape(previous(), [-1, 1, latents]),
          ),
        )
      : increment,
    logVariance: tf.clipByValue(logVariance, low, high),
  };
  return mixtures > 1 ? { ...heads, mixture: linear(parameters, 'decoder_mixture', hidden) } : heads;
}

/** log p(latent) per row under the mixture: log Σ_k w_k N(latent; μ_k, diag σ_k²). */
export function decoderLogDensity(latent: Tensor, heads: DecoderHeads): Tensor {
  const [rows, extent] = [latent.shape[0], latent.shape[1]!];
  const perComponent = gaussianLogDensity(
    tf.reshape(latent, [rows, 1, extent]),
    heads.mean,
    heads.logVariance,
  );
  if (heads.mixture === undefined) return tf.reshape(perComponent, [rows]);
  return tf.sub(logSumExp(tf.add(perComponent, heads.mixture)), logSumExp(heads.mixture));
}

/**
 * Draws one latent per row from the mixture.
 * @param noise standard normals [rows, d]
 * @param scale factor τ on the standard deviation
 * @param choice uniforms in [0, 1), [rows, 1]; which component is drawn (inverse distribution function)
 */
export function drawLatent(heads: DecoderHeads, noise: Tensor, scale: Tensor, choice: Tensor): Tensor {
  const [rows, mixtures, latents] = heads.mean.shape as [number, number, number];
  const spread = tf.mul(scale, tf.exp(tf.mul(0.5, heads.logVariance)));
  const drawn = tf.add(heads.mean, tf.mul(spread, tf.reshape(noise, [rows, 1, latents])));
  if (heads.mixture === undefined) return tf.reshape(drawn, [rows, latents]);
  const reached = tf.cast(tf.greaterEqual(choice, tf.cumsum(tf.softmax(heads.mixture), 1, true)), 'float32');
  // 1 where this component's threshold is the last one reached: exactly one component a row.
  const beyond = tf.pad(tf.slice(reached, [0, 1], [rows, mixtures - 1]), [
    [0, 0],
    [0, 1],
  ]);
  const chosen = tf.reshape(tf.sub(reached, beyond), [rows, mixtures, 1]);
  return tf.sum(tf.mul(drawn, chosen), 1);
}
