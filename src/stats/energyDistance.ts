/** An energy distance and what it is made of. */
export interface EnergyDistance {
  /** 2·between − withinA − withinB */
  readonly value: number;
  /** Jackknife over the rows of both sets; null with fewer than three rows in one of them. */
  readonly standardError: number | null;
  /** Mean distance between rows of A and rows of B. */
  readonly between: number;
  /** Mean distance between different rows of one set. */
  readonly withinA: number;
  readonly withinB: number;
  /** Mean distance of a row of A to the nearest row of B, and the other way round. */
  readonly nearestOfA: number;
  readonly nearestOfB: number;
}

/**
 * Energy distance 2·E d(a, b) − E d(a, a′) − E d(b, b′) (Székely & Rizzo 2013), unbiased: pairs of different rows only, so
 * about 0, and as often below as above, when both sets have one law. Every distance is asked for once, none is kept.
 *
 * @param sizes rows of A and of B, at least two each
 */
export function energyDistance(
  sizes: readonly [number, number],
  between: (a: number, b: number) => number,
  withinA: (a: number, other: number) => number,
  withinB: (b: number, other: number) => number,
): EnergyDistance {
  const [n, m] = sizes;
  if (n < 2 || m < 2) throw new RangeError('an energy distance needs two rows on either side');
  const [acrossA, acrossB] = [new Float64Array(n), new Float64Array(m)];
  const [nearestA, nearestB] = [n, m].map((rows) => new Float64Array(rows).fill(Number.POSITIVE_INFINITY));
  for (let a = 0; a < n; a++)
    for (let b = 0; b < m; b++) {
      const distance = between(a, b);
      acrossA[a]! += distance;
      acrossB[b]! += distance;
      nearestA![a] = Math.min(nearestA![a]!, distance);
      nearestB![b] = Math.min(nearestB![b]!, distance);
    }
  const [ownA, ownB] = [sumsWithin(n, withinA), sumsWithin(m, withinB)];
  const [across, ofA, ofB] = [acrossA, ownA, ownB].map(sumOf) as [number, number, number];
  const meanBetween = across / (n * m);
  const [meanA, meanB] = [ofA / (n * (n - 1)), ofB / (m * (m - 1))];
  const leaveOut = (
    own: Float64Array,
    acrossOf: Float64Array,
    whole: number,
    others: number,
  ): Float64Array => {
    const left = own.length - 1;
    return own.map(
      (sum, row) =>
        (2 * (across - acrossOf[row]!)) / (left * others) - (whole - 2 * sum) / (left * (left - 1)),
    );
  };
  const standardError =
    n < 3 || m < 3
      ? null
      : Math.sqrt(
          jackknifeVariance(leaveOut(ownA, acrossA, ofA, m)) +
            jackknifeVariance(leaveOut(ownB, acrossB, ofB, n)),
        );
  return {
    value: 2 * meanBetween - meanA - meanB,
    standardError,
    between: meanBetween,
    withinA: meanA,
    withinB: meanB,
    nearestOfA: sumOf(nearestA!) / n,
    nearestOfB: sumOf(nearestB!) / m,
  };
}

/** [rows] sum of a row's distances to the others. */
function sumsWithin(rows: number, distance: (row: number, other: number) => number): Float64Array {
  const sums = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let other = row + 1; other < rows; other++) {
      const found = distance(row, other);
      sums[row]! += found;
      sums[other]! += found;
    }
  return sums;
}

/** (n − 1)/n · Σ (θ₋ᵢ − mean)²; terms that all leave-one-out values share drop out. */
function jackknifeVariance(replicates: Float64Array): number {
  const mean = sumOf(replicates) / replicates.length;
  let squares = 0;
  for (const value of replicates) squares += (value - mean) ** 2;
  return (squares * (replicates.length - 1)) / replicates.length;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
