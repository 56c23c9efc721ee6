import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamOptions } from './contract.js';

const ADAM_DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** torch.nn.utils.clip_grad_norm_ adds this to the norm. */
const CLIP_GUARD = 1e-6;

/** The three vectors of Adam's state as tensors. */
export interface AdamTensors {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/** What changes from update to update: lr·√(1−β₂ᵗ)/(1−β₁ᵗ), ε·√(1−β₂ᵗ), and lr·λ where decay is decoupled. */
export interface AdamScalars {
  readonly stepSize: Tensor;
  readonly guard: Tensor;
  readonly decay?: Tensor;
}

/** The scalars of the t-th update, t from 1. */
export function adamScalars(
  options: AdamOptions,
  update: number,
  learningRate: number,
): { stepSize: number; guard: number; decay: number } {
  const { beta1, beta2, epsilon } = { ...ADAM_DEFAULTS, ...options };
  const root = Math.sqrt(1 - beta2 ** update);
  return {
    stepSize: (learningRate * root) / (1 - beta1 ** update),
    guard: epsilon * root,
    decay: learningRate * (options.decoupledDecay ?? 0),
  };
}

const BLOCK = 256;

/**
 * The sum of a vector by way of block sums. Gradients span many orders of magnitude, and in one long float32 sum the
 * small squares would vanish beside the large ones (5e-6 of the norm on a TCVAE).
 */
function sumInBlocks(x: Tensor): Tensor {
  const blocks = Math.floor(x.size / BLOCK);
  if (blocks < 2) return tf.sum(x);
  const rest = x.size - blocks * BLOCK;
  const [whole, tail] = rest === 0 ? [x] : tf.split(x, [x.size - rest, rest]);
  const sum = tf.sum(tf.sum(tf.reshape(whole!, [blocks, BLOCK]), 1));
  return tail === undefined ? sum : tf.add(sum, tf.sum(tail));
}

/**
 * One Adam update on flat vectors (Kingma & Ba 2015, the order of operations in §2 that folds both bias corrections
 * into two scalars; equal to torch.optim.Adam up to rounding). The proximal term is part of the objective, so it is
 * added before the norm is taken and clipped; weight decay is added after clipping, where torch.optim.Adam adds it; decoupled decay is taken off the parameters before the step.
 * Parameters with `trainable` 0 count in no norm and keep their value bit for bit, whatever their moments.
 */
export function adamUpdate(
  state: AdamTensors,
  gradient: Tensor,
  scalars: AdamScalars,
  options: AdamOptions,
  anchor?: Tensor,
  trainable?: Tensor,
): AdamTensors & { readonly gradientNorm: Tensor } {
  const { beta1, beta2 } = { ...ADAM_DEFAULTS, ...options };
  const { parameters } = state;
  const free = (x: Tensor): Tensor => (trainable === undefined ? x : tf.mul(x, trainable));
  const objective = free(
    anchor === undefined || options.proximal === undefined
      ? gradient
      : tf.add(gradient, tf.mul(options.proximal, tf.sub(parameters, anchor))),
  );
  const gradientNorm = tf.sqrt(sumInBlocks(tf.square(objective)));
  const clipped =
    options.clipNorm === undefined
      ? objective
      : tf.mul(objective, tf.minimum(1, tf.div(options.clipNorm, tf.add(gradientNorm, CLIP_GUARD))));
  const decayed =
    options.weightDecay === undefined || options.weightDecay === 0
      ? clipped
      : tf.add(clipped, tf.mul(options.weightDecay, parameters));
  const firstMoment = tf.add(tf.mul(beta1, state.firstMoment), tf.mul(1 - beta1, decayed));
  const secondMoment = tf.add(tf.mul(beta2, state.secondMoment), tf.mul(1 - beta2, tf.square(decayed)));
  const direction = free(tf.div(firstMoment, tf.add(tf.sqrt(secondMoment), scalars.guard)));
  const decayedParameters =
    scalars.decay === undefined ? parameters : tf.sub(parameters, free(tf.mul(scalars.decay, parameters)));
  return {
    parameters: tf.sub(decayedParameters, tf.mul(scalars.stepSize, direction)),
    firstMoment,
    secondMoment,
    gradientNorm,
  };
}
