/** Courses of several columns that warping compares: columns whose distance is |a − b| first, then unordered ones. */
export interface Courses {
  /** Steps of each course; at least one. */
  readonly lengths: ArrayLike<number>;
  /** Steps between the starts of two courses in the arrays. */
  readonly steps: number;
  readonly columns: number;
  /** Columns with an order; the rest count 0 where equal and 1 where different. */
  readonly ordered: number;
  /** [courses · steps · columns] 0 where not known */
  readonly values: Float32Array;
  /** [courses · steps · columns] 0 or 1 */
  readonly known: Uint8Array;
}

/** Distance between a course of one set and one of another. */
export type CourseDistance = (a: Courses, i: number, b: Courses, j: number) => number;

/**
 * Dynamic time warping of courses of any lengths n and m, without a window, symmetric step pattern (Sakoe & Chiba 1978):
 * the least sum of local distances along a path, a diagonal step counting twice, divided by n + m. The local distance of
 * two steps is the mean over columns: both known → their distance, one known → 1, none → 0.
 *
 * @param steps the largest length; the function returned keeps its buffers, so it must not be shared between threads
 */
export function timeWarping(steps: number): CourseDistance {
  let before = new Float64Array(steps + 1);
  let current = new Float64Array(steps + 1);
  return (a, i, b, j) => {
    const [n, m] = [a.lengths[i]!, b.lengths[j]!];
    before.fill(Number.POSITIVE_INFINITY);
    before[0] = 0;
    for (let s = 0; s < n; s++) {
      current[0] = Number.POSITIVE_INFINITY;
      const atA = (i * a.steps + s) * a.columns;
      for (let t = 0; t < m; t++) {
        const local = localSum(a, atA, b, (j * b.steps + t) * b.columns);
        current[t + 1] = Math.min(before[t + 1]! + local, current[t]! + local, before[t]! + 2 * local);
      }
      [before, current] = [current, before];
    }
    return before[m]! / ((n + m) * a.columns);
  };
}

/**
 * Sum of the local distances of one step of A to one of B. Without branches: masks are as good as random to the processor. With
 * indicators k, kₐ·k_b·|a − b| + (kₐ xor k_b) is all three cases.
 */
function localSum(a: Courses, atA: number, b: Courses, atB: number): number {
  const { columns, ordered, values: valuesA, known: knownA } = a;
  const { values: valuesB, known: knownB } = b;
  let sum = 0;
  for (let c = 0; c < ordered; c++) {
    const [inA, inB] = [knownA[atA + c]!, knownB[atB + c]!];
    sum += inA * inB * Math.abs(valuesA[atA + c]! - valuesB[atB + c]!) + (inA ^ inB);
  }
  for (let c = ordered; c < columns; c++) {
    const [inA, inB] = [knownA[atA + c]!, knownB[atB + c]!];
    sum += inA !== inB || valuesA[atA + c] !== valuesB[atB + c] ? 1 : 0;
  }
  return sum;
}
