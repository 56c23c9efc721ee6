/** Orders α at which divergences are tracked: close together where small budgets are decided, sparse above. */
export const renyiOrders: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  ...[128, 256, 512, 1024],
];

/**
 * Rényi divergence of order α > 1 between neighbouring outputs of one release with Gaussian noise in which every contribution
 * takes part, in nats: α/(2σ²) (Mironov 2017, Proposition 7).
 *
 * @param sigma noise multiplier: standard deviation of the noise over the largest norm of a contribution
 */
export const renyiDivergence = (sigma: number, order: number): number => order / (2 * sigma * sigma);

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
  readonly noiseMultiplier: number;
  readonly count: number;
}

/** ε at δ after all releases. */
export function composedEpsilon(releases: readonly GaussianReleases[], delta: number): number {
  return epsilonAt(
    delta,
    renyiOrders.map((order) =>
      releases.reduce(
        (sum, { noiseMultiplier, count }) => sum + count * renyiDivergence(noiseMultiplier, order),
        0,
      ),
    ),
  );
}
