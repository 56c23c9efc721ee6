/**
 * Log density of a Gaussian kernel estimate, kernel N(0, bandwidth²·I), at every point; log-sum-exp, so that far points
 * keep different finite values where the density itself underflows.
 *
 * @param points [n · dimensions]
 * @param sample [m · dimensions], m > 0
 */
export function kernelLogDensity(
  points: Float64Array,
  sample: Float64Array,
  dimensions: number,
  bandwidth: number,
): Float64Array {
  const size = sample.length / dimensions;
  if (!(size > 0 && bandwidth > 0)) throw new RangeError('a kernel density needs a sample and a bandwidth');
  const normaliser = Math.log(size) + dimensions * (Math.log(bandwidth) + 0.5 * Math.log(2 * Math.PI));
  const exponents = new Float64Array(size);
  return Float64Array.from({ length: points.length / dimensions }, (_, i) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < size; j++) {
      let squares = 0;
      for (let d = 0; d < dimensions; d++)
        squares += (points[i * dimensions + d]! - sample[j * dimensions + d]!) ** 2;
      exponents[j] = -squares / (2 * bandwidth * bandwidth);
      if (exponents[j]! > largest) largest = exponents[j]!;
    }
    let sum = 0;
    for (const exponent of exponents) sum += Math.exp(exponent - largest);
    return largest + Math.log(sum) - normaliser;
  });
}

/** Scott's rule for data of unit variance: n^(−1/(d + 4)) (Scott 1992). */
export function scottFactor(size: number, dimensions: number): number {
  return size ** (-1 / (dimensions + 4));
}
