import type { Cohort } from '../../cohort/types.js';
import { openFloat64Product } from '../../engine/onnx/float64Product.js';
import { PAIR_SUMS } from '../stayPairSums.js';
import { featureScales } from '../standardScores.js';

/** Steps of stays that one product sees. */
const BLOCK = 1024;

/**
 * n, Σx, Σy, Σx², Σy², Σxy of every pair (f < g, row by row) of the given features over the steps of all stays at which
 * both are observed, in standard scores, as `StayPairSums` without the single stays: with masks M and scores X (0 where
 * not observed) they are entries of (M X)ᵀ·(M X X²), one float64 product a block of steps.
 */
export async function jointMoments(cohort: Cohort, features: readonly number[]): Promise<Float64Array> {
  const count = features.length;
  if (count < 2) return new Float64Array(0);
  const width = cohort.schema.features.length;
  const cells = cohort.size * cohort.schema.steps;
  const { mean, sd } = featureScales(cohort);
  const rate = sd.map((scale) => (scale === 0 ? 0 : 1 / scale));
  const left = new Float64Array(2 * count * BLOCK);
  const right = new Float64Array(BLOCK * 3 * count);
  const product = new Float64Array(2 * count * 3 * count);
  const totals = new Float64Array(product.length);
  const engine = await openFloat64Product(2 * count, BLOCK, 3 * count);
  try {
    for (let from = 0; from < cells; from += BLOCK) {
      const rows = Math.min(BLOCK, cells - from);
      if (rows < BLOCK) {
        left.fill(0);
        right.fill(0);
      }
      for (let a = 0; a < count; a++) {
        const f = features[a]!;
        const centre = mean[f]!;
        const scale = rate[f]!;
        const ofMask = a * BLOCK;
        const ofScore = (count + a) * BLOCK;
        for (let i = 0, cell = from * width + f, to = a; i < rows; i++, cell += width, to += 3 * count) {
          const seen = cohort.observed[cell]!;
          const score = seen === 1 ? (cohort.values[cell]! - centre) * scale : 0;
          left[ofMask + i] = seen;
          left[ofScore + i] = score;
          right[to] = seen;
          right[to + count] = score;
          right[to + 2 * count] = score * score;
        }
      }
      await engine.run(left, right, product);
      for (let k = 0; k < totals.length; k++) totals[k]! += product[k]!;
    }
  } finally {
    await engine.dispose();
  }
  return pairSums(totals, count);
}

function pairSums(totals: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(((count * (count - 1)) / 2) * PAIR_SUMS);
  const at = (row: number, column: number): number => totals[row * 3 * count + column]!;
  for (let a = 0, to = 0; a < count; a++)
    for (let b = a + 1; b < count; b++, to += PAIR_SUMS) {
      sums[to] = at(a, b);
      sums[to + 1] = at(b, count + a);
      sums[to + 2] = at(a, count + b);
      sums[to + 3] = at(b, 2 * count + a);
      sums[to + 4] = at(a, 2 * count + b);
      sums[to + 5] = at(count + a, count + b);
    }
  return sums;
}
