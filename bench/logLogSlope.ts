/** Slope of the least-squares line through (log x, log y): the power with which y grows. */
export function logLogSlope(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const [mu, mv] = [mean(u), mean(v)];
  const products = u.reduce((sum, one, i) => sum + (one - mu) * (v[i]! - mv), 0);
  return products / u.reduce((sum, one) => sum + (one - mu) ** 2, 0);
}
