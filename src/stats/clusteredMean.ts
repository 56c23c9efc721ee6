/**
 * Variance of the mean of values that come in clusters (several stays of one patient): I/(I − 1) · Σ_i (Σ_j (v_ij − v̄))² / M²
 * for I clusters and M values (Obuchowski 1997). With one value a cluster it is the sample variance over M.
 *
 * @param clusters [values] name of the cluster of each value; every value is a cluster of its own when left out
 */
export function clusteredMeanVariance(values: ArrayLike<number>, clusters?: readonly string[]): number {
  const count = values.length;
  const centre = meanOf(values);
  const sums = new Map<string | number, number>();
  for (let i = 0; i < count; i++) {
    const cluster = clusters === undefined ? i : clusters[i]!;
    sums.set(cluster, (sums.get(cluster) ?? 0) + (values[i]! - centre));
  }
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return ((sums.size / (sums.size - 1)) * squares) / (count * count);
}

/** Arithmetic mean; NaN without values. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
