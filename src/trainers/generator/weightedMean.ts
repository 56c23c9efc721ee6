/** Σ w·x / Σ w; 0 where no value has weight. */
export function weightedMean(values: Float32Array, weights: Float32Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / Math.max(total, 1e-12);
}
