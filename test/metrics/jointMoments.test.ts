import { describe, expect, it } from 'vitest';
import { jointMoments } from '../../src/metrics/pairwise/jointMoments.js';
import { correlations } from '../../src/metrics/pairwise/correlations.js';
import { replicates, totalsOf } from '../../src/metrics/additiveStatistic.js';
import type { Cohort } from '../../src/cohort/types.js';
import { simulateCohort } from './simulatedCohort.js';

const numeric = ({ schema }: Cohort): number[] =>
  schema.features.flatMap(({ kind }, f) => (kind === 'categorical' ? [] : [f]));

/** One feature is constant, and what is not observed has values that must not be read. */
function awkward(stays: number): Cohort {
  const cohort = simulateCohort([stays], 'joint-moments');
  const features = cohort.schema.features.length;
  const values = cohort.values.map((value, cell) =>
    cohort.observed[cell] === 0 ? Number.NaN : cell % features === 0 ? 1e6 : value,
  );
  return { ...cohort, values };
}

describe('sums of all pairs by products of matrices', () => {
  // The last one has several blocks of steps.
  it.each([2, 12, 400])('of %i stays equal the sums stay by stay', async (stays) => {
    const cohort = awkward(stays);
    const features = numeric(cohort);
    expect(features.length).toBeGreaterThan(2);
    const totals = totalsOf(cohort, correlations(2));
    const products = await jointMoments(cohort, features);
    expect(products).toHaveLength(totals.length);
    products.forEach((sum, k) => expect(sum).toBeCloseTo(totals[k]!, 9));
  });

  it('give the correlations with which resamples stand', async () => {
    const cohort = awkward(60);
    const [alone, resampled] = [
      await replicates(cohort, correlations(2), 0, 1),
      await replicates(cohort, correlations(2), 5, 1),
    ];
    expect(alone.resampled).toEqual([]);
    alone.point.forEach((r, k) => {
      const other = resampled.point[k]!;
      if (Number.isNaN(other)) expect(r).toBeNaN();
      else expect(r).toBeCloseTo(other, 10);
    });
  });

  it('are none of fewer than two features', async () => {
    expect(await jointMoments(awkward(3), [0])).toHaveLength(0);
  });
});
