import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { withGradient } from './customGradient.js';
import { bernoulliCrossEntropy, linear, linearSpecs, parameter } from './layers.js';

/** Sizes of the decoder that draws what a hospital would record in a step: what is observed, then the values. */
export interface ObservationDecoderOptions {
  /** Bits of a step: one mask a feature, the continuous ones first, then the 0/1 value columns. */
  readonly bits: number;
  /** Continuous features C. */
  readonly continuous: number;
  /** Units of the decoder's hidden layer, and of the one that the values add behind it. */
  readonly decoderUnits: number;
  readonly valueUnits: number;
  /** Gaussians K in the mixture of every value. */
  readonly mixtures: number;
}

/** Range to which the log variance of a value's Gaussian is clamped. */
const VALUE_LOG_VARIANCE_RANGE = [-8, 2] as const;

/** The first Gaussian starts near "the carried value again", the last near "anything"; the others lie between. */
const FIRST_GATE_SHIFT = 3;
const FIRST_LOG_VARIANCE_SHIFT = -3;

/** A value starts near the carried one rather than the mean so far. */
const PULL_SHIFT = -2;

/** Facts known of a continuous feature before a step: carried value, seen, age, average, spread, count. */
export const KNOWN_FACTS = 6;

/** Facts that enter a head feature by feature, beside those that enter its hidden layer. */
const HEAD_FACTS = {
  values_mean: [1, 3],
  values_gate: [1, 2, 5],
  values_pull: [1, 2, 5],
  values_log_variance: [1, 2, 4, 5],
  values_mixture: [1, 2, 4, 5],
} as const;

const zeros = (name: string, shape: readonly number[]): ParameterSpec => ({ name, shape, initial: 'zeros' });

export function observationDecoderSpecs(options: ObservationDecoderOptions): readonly ParameterSpec[] {
  const { bits, continuous, decoderUnits, valueUnits, mixtures } = options;
  const width = mixtures * continuous;
  return [
    ...linearSpecs('bits', decoderUnits, bits),
    zeros('bits_previous_w', [bits, bits]),
    zeros('bits_chain_w', [bits, bits]),
    ...linearSpecs('values1', decoderUnits, valueUnits),
    {
      name: 'values1_known_w',
      shape: [bits + KNOWN_FACTS * continuous, valueUnits],
      initial: { fanIn: bits + KNOWN_FACTS * continuous },
    },
    ...linearSpecs('values_mean', valueUnits, width),
    ...linearSpecs('values_gate', valueUnits, width),
    ...linearSpecs('values_pull', valueUnits, width),
    ...linearSpecs('values_log_variance', valueUnits, width),
    ...linearSpecs('values_mixture', valueUnits, width),
    ...Object.entries(HEAD_FACTS).map(([head, facts]) =>
      zeros(`${head}_known_w`, [facts.length, mixtures, continuous]),
    ),
    zeros('values_chain_seen_w', [2 * continuous, continuous]),
    zeros('values_chain_new_w', [2 * continuous, continuous]),
  ];
}

/** 1 where the row comes before the column, in each of `blocks` square blocks one below the other. */
function earlier(extent: number, blocks: number): Tensor {
  const below = Array.from({ length: blocks * extent }, (_, row) =>
    Array.from({ length: extent }, (_, column) => (row % extent < column ? 1 : 0)),
  );
  return tf.tensor2d(below);
}

/**
 * Log odds of the bits, before the chain adds what earlier bits of the same step say.
 * @param previousBits bits of the step before, [rows, bits]
 */
export const bitLogits = (parameters: Tensors, hidden: Tensor, previousBits: Tensor): Tensor =>
  tf.add(
    linear(parameters, 'bits', hidden),
    tf.matMul(previousBits, parameter(parameters, 'bits_previous_w')),
  );

/** Σ w·log p(bit | earlier bits of the step, hidden), [rows]. Bits without weight are 0 for later ones. */
export function bitsLogDensity(
  parameters: Tensors,
  logits: Tensor,
  bits: Tensor,
  bitWeight: Tensor,
  extent: number,
): Tensor {
  const chain = tf.mul(parameter(parameters, 'bits_chain_w'), earlier(extent, 1));
  const chained = tf.add(logits, tf.matMul(tf.mul(bits, bitWeight), chain));
  return tf.neg(bernoulliCrossEntropy(chained, bits, undefined, bitWeight));
}

/** What the hidden layer says about every value: K Gaussians each, before carried values and the chain. All [rows, K, C]. */
export interface ValueHeads {
  readonly mean: Tensor;
  /** Share of the carried value and of the average so far in the mean, 0…1. */
  readonly gate: Tensor;
  /** Share of the average in that, 0…1. */
  readonly pull: Tensor;
  readonly logVariance: Tensor;
  readonly logits: Tensor;
}

export function valueHeads(
  options: ObservationDecoderOptions,
  parameters: Tensors,
  hidden: Tensor,
  bits: Tensor,
  known: Tensor,
): ValueHeads {
  const { mixtures, continuous } = options;
  const units = tf.relu(
    tf.add(
      linear(parameters, 'values1', hidden),
      tf.matMul(tf.concat([bits, known], 1), parameter(parameters, 'values1_known_w')),
    ),
  );
  const facts = tf.split(known, KNOWN_FACTS, 1).map((fact) => tf.reshape(fact, [-1, 1, continuous]));
  const head = (name: keyof typeof HEAD_FACTS): Tensor => {
    const read = HEAD_FACTS[name];
    const weights = tf.split(parameter(parameters, `${name}_known_w`), read.length, 0);
    return read.reduce<Tensor>(
      (sum, fact, i) => tf.add(sum, tf.mul(facts[fact]!, weights[i]!)),
      tf.reshape(linear(parameters, name, units), [-1, mixtures, continuous]),
    );
  };
  const spread = (name: keyof typeof HEAD_FACTS, first: number): Tensor =>
    tf.add(
      head(name),
      tf.tensor(
        Array.from({ length: mixtures }, (_, k) => first * (1 - (mixtures > 1 ? k / (mixtures - 1) : 1))),
        [1, mixtures, 1],
      ),
    );
  const [low, high] = VALUE_LOG_VARIANCE_RANGE;
  return {
    mean: head('values_mean'),
    pull: tf.sigmoid(tf.add(head('values_pull'), PULL_SHIFT)),
    gate: tf.sigmoid(spread('values_gate', FIRST_GATE_SHIFT)),
    logVariance: tf.clipByValue(spread('values_log_variance', FIRST_LOG_VARIANCE_SHIFT), low, high),
    logits: head('values_mixture'),
  };
}

/** Values of a step in normal scores. */
export interface ValueStep {
  /** [rows, C] */
  readonly values: Tensor;
  /** 1 = observed in this step. */
  readonly mask: Tensor;
  /** Facts known before the step, [rows, facts · C]. */
  readonly known: Tensor;
}

/**
 * Shift of every mean by earlier values of the same step: their innovations (value − carried value) times one weight,
 * apart for innovations and targets that had been seen before or not.
 */
function chainShift(parameters: Tensors, step: ValueStep, extent: number): Tensor {
  const { values, mask } = step;
  const [carried, seen] = tf.split(step.known, KNOWN_FACTS, 1) as [Tensor, Tensor];
  const before = earlier(extent, 2);
  const innovation = tf.mul(mask, tf.sub(values, carried));
  const known = tf.mul(innovation, seen);
  const both = tf.concat([known, tf.sub(innovation, known)], 1);
  const towards = (name: string): Tensor => tf.matMul(both, tf.mul(parameter(parameters, name), before));
  const fresh = towards('values_chain_new_w');
  return tf.add(fresh, tf.mul(seen, tf.sub(towards('values_chain_seen_w'), fresh)));
}

/** Σ over observed values of log Σ_k π_k N(value; mean_k + gate_k·carried + chain, σ_k²), [rows]. */
export function valuesLogDensity(
  options: ObservationDecoderOptions,
  parameters: Tensors,
  heads: ValueHeads,
  step: ValueStep,
): Tensor {
  const extent = options.continuous;
  const wide = (x: Tensor): Tensor => tf.reshape(x, [-1, 1, extent]);
  const facts = tf.split(step.known, KNOWN_FACTS, 1);
  const carried = wide(facts[0]!);
  const anchor = tf.add(carried, tf.mul(heads.pull, tf.sub(wide(facts[3]!), carried)));
  const mean = tf.add(
    tf.add(heads.mean, tf.mul(heads.gate, anchor)),
    wide(chainShift(parameters, step, extent)),
  );
  return mixtureLogDensity(wide(step.values), mean, heads.logVariance, heads.logits, step.mask);
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * Σ_c w_c log Σ_k π_k N(x_c; μ_kc, σ_kc²) per row, π = softmax over k of the logits. Gradient in closed form: with r the
 * share of component k in the density, ∂/∂logit = w(r − π), ∂/∂μ = w·r(x−μ)/σ², ∂/∂logσ² = ½w·r((x−μ)²/σ² − 1).
 * @param x [rows, 1, C]; gets no gradient
 * @param weight [rows, C]
 */
function mixtureLogDensity(
  x: Tensor,
  mean: Tensor,
  logVariance: Tensor,
  logits: Tensor,
  weight: Tensor,
): Tensor {
  const [rows, , extent] = mean.shape as [number, number, number];
  return withGradient(
    [mean, logVariance, logits],
    () => {
      const difference = tf.sub(x, mean);
      const scaled = tf.mul(difference, tf.exp(tf.neg(logVariance)));
      const squares = tf.mul(difference, scaled);
      const joint = tf.sub(logits, tf.mul(0.5, tf.add(squares, logVariance)));
      const jointTop = tf.max(joint, 1, true);
      const jointParts = tf.exp(tf.sub(joint, jointTop));
      const jointSum = tf.sum(jointParts, 1, true);
      const top = tf.max(logits, 1, true);
      const parts = tf.exp(tf.sub(logits, top));
      const sum = tf.sum(parts, 1, true);
      const perCell = tf.sub(tf.add(tf.log(tf.div(jointSum, sum)), tf.sub(jointTop, top)), 0.5 * LOG_TWO_PI);
      const share = tf.div(jointParts, jointSum);
      return {
        value: tf.sum(tf.mul(tf.reshape(perCell, [rows, extent]), weight), 1),
        saved: [share, tf.div(parts, sum), scaled, squares, weight],
      };
    },
    (dy, [share, prior, scaled, squares, w]) => {
      const outer = tf.reshape(tf.mul(tf.reshape(dy, [-1, 1]), w!), [rows, 1, extent]);
      const shared = tf.mul(outer, share!);
      return [
        tf.mul(shared, scaled!),
        tf.mul(tf.mul(0.5, shared), tf.sub(squares!, 1)),
        tf.sub(shared, tf.mul(outer, prior!)),
      ];
    },
  );
}
