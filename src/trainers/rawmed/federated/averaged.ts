import { fedavg } from '../../../federation/aggregation/fedavg.js';
import { weightedSum } from '../../../federation/aggregation/weightedSum.js';
import type { SharedAutoencoder } from './sharedAutoencoder.js';

/** A hospital's answer with the number that it weighs by. */
export interface Weighed<T> {
  readonly hospital: string;
  /** Training events (stage one) or stays (stage two). */
  readonly mass: number;
  readonly steps: number;
  readonly shared: T;
}

/** Weights by hospital, which add up to 1, and what they average to. */
export interface Averaged<T> {
  readonly weights: Readonly<Record<string, number>>;
  readonly shared: T;
}

/** FedAvg of flat parameters. */
export function averagedParameters(answers: readonly Weighed<Float32Array>[]): Averaged<Float32Array> {
  const { parameters, weights } = fedavg.aggregate(
    answers.map(({ hospital, mass, steps, shared }) => ({
      hospital,
      stays: mass,
      parameters: shared,
      steps,
    })),
    {},
    { uniform: never, normal: never, integer: never, fillNormal: never, permutation: never },
    { global: null, stays: Object.fromEntries(answers.map(({ hospital, mass }) => [hospital, mass])) },
  );
  return { shared: parameters, weights };
}

const never = (): never => {
  throw new Error('FedAvg draws nothing');
};

const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

/**
 * FedAvg of parameters and running statistics, and the codebook's usage and sums summed over hospitals. A hospital's usage and sums are
 * moving averages over its own batches, as large as a batch whatever the hospital's size; so they enter scaled to the
 * hospital's share of all events, and the sum is as large as the batches of one hospital.
 */
export function averagedAutoencoder(
  answers: readonly Weighed<SharedAutoencoder>[],
): Averaged<SharedAutoencoder> {
  const flat = averagedParameters(
    answers.map(({ shared, ...rest }) => ({
      ...rest,
      shared: Float32Array.from([...shared.parameters, ...shared.running]),
    })),
  );
  const size = answers[0]!.shared.parameters.length;
  const ordered = [...answers].sort((a, b) => (a.hospital < b.hospital ? -1 : 1));
  const weights = ordered.map(({ hospital }) => flat.weights[hospital]!);
  const usages = ordered.map(({ shared }) => total(shared.usage));
  const whole = usages.reduce((sum, own, k) => sum + weights[k]! * own, 0);
  const shares = weights.map((weight, k) => weight * (whole / usages[k]!));
  const summed = (name: 'usage' | 'codeSums'): Float32Array =>
    weightedSum(
      ordered.map(({ shared }) => shared[name]),
      shares,
    );
  return {
    weights: flat.weights,
    shared: {
      parameters: flat.shared.slice(0, size),
      running: flat.shared.slice(size),
      usage: summed('usage'),
      codeSums: summed('codeSums'),
    },
  };
}
