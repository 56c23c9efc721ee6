import { logErfc } from '../../stats/logErfc.js';

/** Orders α at which divergences are tracked: close together where small budgets are decided, sparse above. */
export const renyiOrders: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  ...[128, 256, 512, 1024],
];

/** ln of a term that no longer counts beside a moment, which is at least 1. */
const negligible = -30;

const logAdd = (a: number, b: number): number => {
  const [high, low] = a > b ? [a, b] : [b, a];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
};

/** ln(eᵃ − eᵇ) for a ≥ b. */
const logSubtract = (a: number, b: number): number =>
  b === -Infinity ? a : a <= b ? -Infinity : a + Math.log1p(-Math.exp(b - a));

/** ln A_α of an integer order: the binomial sum of Mironov, Talwar & Zhang (2019), §3.3. */
function logMomentInteger(q: number, sigma: number, order: number): number {
  let sum = -Infinity;
  let logBinomial = 0;
  for (let k = 0; k <= order; k++) {
    if (k > 0) logBinomial += Math.log((order - k + 1) / k);
    sum = logAdd(
      sum,
      logBinomial + k * Math.log(q) + (order - k) * Math.log1p(-q) + (k * k - k) / (2 * sigma * sigma),
    );
  }
  return sum;
}

/** ln A_α of any order > 1: the two alternating series on either side of z₁ in Mironov, Talwar & Zhang (2019), §3.3. */
function logMomentFractional(q: number, sigma: number, order: number): number {
  const middle = sigma * sigma * Math.log(1 / q - 1) + 0.5;
  const scale = Math.SQRT2 * sigma;
  let positive = -Infinity;
  let negative = -Infinity;
  let logBinomial = 0;
  let sign = 1;
  for (let i = 0; ; i++) {
    if (i > 0) {
      const factor = (order - i + 1) / i;
      logBinomial += Math.log(Math.abs(factor));
      if (factor < 0) sign = -sign;
    }
    const j = order - i;
    const term = (exponent: number, other: number, tail: number): number =>
      logBinomial +
      exponent * Math.log(q) +
      other * Math.log1p(-q) +
      (exponent * exponent - exponent) / (2 * sigma * sigma) +
      Math.log(0.5) +
      logErfc(tail / scale);
    const low = term(i, j, i - middle);
    const high = term(j, i, middle - j);
    const both = logAdd(low, high);
    if (sign > 0) positive = logAdd(positive, both);
    else negative = logAdd(negative, both);
    if (i > order && both < negligible) return logSubtract(positive, negative);
  }
}

/**
 * Rényi divergence of order α > 1 between neighbouring outputs of one release with Gaussian noise, in nats.
 *
 * @param q probability that a contribution takes part (Poisson sampling); 1 = always
 * @param sigma noise multiplier: standard deviation of the noise over the largest norm of a contribution
 */
export function renyiDivergence(q: number, sigma: number, order: number): number {
  if (q === 0) return 0;
  if (q === 1) return order / (2 * sigma * sigma);
  const moment = Number.isInteger(order)
    ? logMomentInteger(q, sigma, order)
    : logMomentFractional(q, sigma, order);
  return Math.max(moment / (order - 1), 0);
}

/**
 * Smallest ε at δ that divergences at the given orders prove: ε = ρ_α + ln((α−1)/α) − (ln δ + ln α)/(α−1), the conversion of
 * Canonne, Kamath & Steinke (2020), Proposition 12.
 */
export function epsilonAt(
  delta: number,
  divergences: readonly number[],
  orders: readonly number[] = renyiOrders,
): number {
  return orders.reduce((least, order, i) => {
    const divergence = divergences[i]!;
    const epsilon = divergence + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
    return Math.min(least, Math.max(epsilon, 0));
  }, Infinity);
}

/** Releases that were made one after the other; their divergences add up. */
export interface GaussianReleases {
  readonly samplingProbability: number;
  readonly noiseMultiplier: number;
  readonly count: number;
}

/** ε at δ after all releases. */
export function composedEpsilon(releases: readonly GaussianReleases[], delta: number): number {
  return epsilonAt(
    delta,
    renyiOrders.map((order) =>
      releases.reduce(
        (sum, { samplingProbability, noiseMultiplier, count }) =>
          sum + count * renyiDivergence(samplingProbability, noiseMultiplier, order),
        0,
      ),
    ),
  );
}
