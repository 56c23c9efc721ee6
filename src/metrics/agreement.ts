/**
 * Agreement of found with expected shares. Positions where a side is NaN are left out; `absent` further points are 0 on
 * both sides (what never occurs takes no memory).
 */
export interface Points {
  readonly found: Float64Array;
  readonly expected: Float64Array;
  readonly absent: number;
}

/** R² around the identity line, 1 − Σ(found − expected)² / Σ(expected − mean)²; NaN when the expected values do not vary. */
export function identityR2({ found, expected, absent }: Points): number {
  let [count, sum] = [absent, 0];
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(found[i]! - expected[i]!)) continue;
    count++;
    sum += expected[i]!;
  }
  const mean = sum / count;
  let [residual, total] = [0, absent * mean * mean];
  for (let i = 0; i < expected.length; i++) {
    const difference = found[i]! - expected[i]!;
    if (Number.isNaN(difference)) continue;
    residual += difference * difference;
    total += (expected[i]! - mean) ** 2;
  }
  return total > VARIES * count * mean * mean ? 1 - residual / total : Number.NaN;
}

/** Relative spread below which values that are equal differ by rounding only. */
const VARIES = 1e-24;

/** Pearson correlation; NaN when a side does not vary. */
export function pearson({ found, expected, absent }: Points): number {
  let [count, sumFound, sumExpected] = [absent, 0, 0];
  for (let i = 0; i < found.length; i++) {
    if (Number.isNaN(found[i]! - expected[i]!)) continue;
    count++;
    sumFound += found[i]!;
    sumExpected += expected[i]!;
  }
  const [meanFound, meanExpected] = [sumFound / count, sumExpected / count];
  let squaresFound = absent * meanFound * meanFound;
  let squaresExpected = absent * meanExpected * meanExpected;
  let products = absent * meanFound * meanExpected;
  for (let i = 0; i < found.length; i++) {
    const [a, b] = [found[i]! - meanFound, expected[i]! - meanExpected];
    if (Number.isNaN(a - b)) continue;
    squaresFound += a * a;
    squaresExpected += b * b;
    products += a * b;
  }
  const varies =
    squaresFound > VARIES * count * meanFound * meanFound &&
    squaresExpected > VARIES * count * meanExpected * meanExpected;
  return varies
    ? Math.max(-1, Math.min(1, products / Math.sqrt(squaresFound * squaresExpected)))
    : Number.NaN;
}

/** Root of the mean squared difference; NaN without points. */
export function rootMeanSquare({ found, expected, absent }: Points): number {
  const { count, sum } = summed(found, expected, absent, (difference) => difference * difference);
  return Math.sqrt(sum / count);
}

/** Mean absolute difference; NaN without points. */
export function meanAbsolute({ found, expected, absent }: Points): number {
  const { count, sum } = summed(found, expected, absent, Math.abs);
  return sum / count;
}

function summed(
  found: Float64Array,
  expected: Float64Array,
  absent: number,
  term: (difference: number) => number,
): { count: number; sum: number } {
  let [count, sum] = [absent, 0];
  for (let i = 0; i < found.length; i++) {
    const difference = found[i]! - expected[i]!;
    if (Number.isNaN(difference)) continue;
    count++;
    sum += term(difference);
  }
  return { count, sum };
}
