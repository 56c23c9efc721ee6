import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import {
  replicates,
  sumsOfStays,
  totalsOf,
  type WideStatistic,
} from '../../src/metrics/additiveStatistic.js';
import { featureScales, standardScores } from '../../src/metrics/standardScores.js';
import { PAIR_SUMS, StayPairSums } from '../../src/metrics/stayPairSums.js';
import { simulatedSchema } from './simulatedCohort.js';

const FEATURES = 4;

/** Normal values about a large mean, the last feature constant; a share of the cells is observed. */
function gridOf(size: number, steps: number, share: number): Cohort {
  const stream = random('stay-pair-sums', steps, String(share));
  const values = new Float32Array(size * steps * FEATURES);
  const observed = new Uint8Array(values.length);
  for (let cell = 0; cell < values.length; cell++) {
    if (stream.uniform() >= share) continue;
    observed[cell] = 1;
    values[cell] = cell % FEATURES === FEATURES - 1 ? 7.3 : 1000 + stream.normal();
  }
  return {
    schema: { ...simulatedSchema, steps, features: simulatedSchema.features.slice(0, FEATURES), statics: [] },
    size,
    values,
    observed,
    length: new Uint16Array(size).fill(steps),
    hospital: new Uint16Array(size),
    hospitals: ['A'],
    patients: Array.from({ length: size }, (_, i) => `p${i % 5}`),
    statics: new Float32Array(0),
    staticsObserved: new Uint8Array(0),
    labels: new Float32Array(size),
    labelsObserved: new Uint8Array(size).fill(1),
  };
}

/** The six sums straight from the definition, over all stays; means within the stay subtracted when asked for. */
function expected(cohort: Cohort, f: number, g: number, lag: number, byStay: boolean): number[] {
  const { steps } = cohort.schema;
  const scores = standardScores(cohort);
  const sums = [0, 0, 0, 0, 0, 0];
  for (let stay = 0; stay < cohort.size; stay++) {
    const cell = (t: number, feature: number): number => (stay * steps + t) * FEATURES + feature;
    const centre = (feature: number): number => {
      if (!byStay) return 0;
      const cells = Array.from({ length: steps }, (_, t) => cell(t, feature)).filter(
        (at) => cohort.observed[at] === 1,
      );
      return cells.reduce((sum, at) => sum + scores[at]!, 0) / Math.max(1, cells.length);
    };
    const [ofF, ofG] = [centre(f), centre(g)];
    for (let t = 0; t + lag < steps; t++) {
      if (cohort.observed[cell(t, f)] === 0 || cohort.observed[cell(t + lag, g)] === 0) continue;
      const [x, y] = [scores[cell(t, f)]! - ofF, scores[cell(t + lag, g)]! - ofG];
      [1, x, y, x * x, y * y, x * y].forEach((term, k) => (sums[k]! += term));
    }
  }
  return sums;
}

describe('sums of pairs of features within stays', () => {
  it.each(
    [1, 12, 32, 33, 64, 70].flatMap((steps) =>
      [0.05, 0.5, 1].flatMap((share) =>
        (['none', 'stay'] as const).map((centring) => ({ steps, share, centring })),
      ),
    ),
  )(
    'equal their definition: $steps steps, share $share observed, centring $centring',
    ({ steps, share, centring }) => {
      const cohort = gridOf(7, steps, share);
      const lags = [0, 1, 5, 31, 32, 33, 64].filter((lag) => lag < steps);
      const sums = new StayPairSums(cohort, [0, 1, 2, 3], lags.at(-1)!, centring);
      for (const lag of lags)
        for (let f = 0; f < FEATURES; f++)
          for (let g = 0; g < FEATURES; g++) {
            const into = new Float64Array(1 + PAIR_SUMS);
            for (let stay = 0; stay < cohort.size; stay++) {
              sums.read(stay);
              sums.add(f, g, lag, into, 1);
            }
            expected(cohort, f, g, lag, centring === 'stay').forEach((sum, k) =>
              expect(Math.abs(into[1 + k]! - sum)).toBeLessThan(1e-9),
            );
          }
    },
  );

  it('read only the features asked for, by their place in the list', () => {
    const cohort = gridOf(3, 20, 0.6);
    const sums = new StayPairSums(cohort, [2, 0], 1);
    const into = new Float64Array(PAIR_SUMS);
    for (let stay = 0; stay < cohort.size; stay++) {
      sums.read(stay);
      sums.add(0, 1, 1, into, 0);
    }
    expected(cohort, 2, 0, 1, false).forEach((sum, k) => expect(into[k]).toBeCloseTo(sum, 9));
  });

  const addStay = (cohort: Cohort): ((stay: number, into: Float64Array) => void) => {
    const sums = new StayPairSums(cohort, [0, 1], 0);
    return (stay, into) => {
      sums.read(stay);
      sums.add(0, 1, 0, into, 0);
    };
  };
  const wide = (name: string): WideStatistic => ({
    name,
    staySums: (cohort) => ({ width: PAIR_SUMS, add: addStay(cohort) }),
    derive: (totals) => totals,
  });

  it('of wide statistics equal those written out by stay, resampled or not', async () => {
    const cohort = gridOf(23, 20, 0.6);
    const narrow = {
      name: 'by stay',
      sums: () => sumsOfStays(cohort, PAIR_SUMS, addStay(cohort)),
      derive: (totals: Float64Array) => totals,
    };
    const [byStay, byUnit] = [
      await replicates(cohort, narrow, 7, 1),
      await replicates(cohort, wide('by unit'), 7, 1),
    ];
    byStay.point.forEach((total, k) => expect(byUnit.point[k]).toBeCloseTo(total, 9));
    expect(totalsOf(cohort, wide('alone'))).toEqual(byUnit.point);
    expect(byUnit.resampled).toHaveLength(7);
    byStay.resampled.forEach((sums, b) =>
      sums.forEach((sum, k) => expect(byUnit.resampled[b]![k]).toBeCloseTo(sum, 3)),
    );
  });

  it('of two wide statistics at the same time do not touch each other', async () => {
    const cohorts = [gridOf(23, 20, 0.6), gridOf(31, 20, 0.4)];
    const inTurn = [];
    for (const cohort of cohorts) inTurn.push(await replicates(cohort, wide('in turn'), 7, 1));
    const together = await Promise.all(cohorts.map((cohort) => replicates(cohort, wide('together'), 7, 1)));
    expect(together).toEqual(inTurn);
  });
});

describe('scales of features', () => {
  it('are mean and standard deviation (n) of the observed values, 0 without spread', () => {
    const cohort = gridOf(9, 30, 0.4);
    const { mean, sd } = featureScales(cohort);
    for (let f = 0; f < FEATURES - 1; f++) {
      const kept = [...cohort.values].filter(
        (_, cell) => cell % FEATURES === f && cohort.observed[cell] === 1,
      );
      const average = kept.reduce((sum, value) => sum + value, 0) / kept.length;
      const variance = kept.reduce((sum, value) => sum + (value - average) ** 2, 0) / kept.length;
      expect(mean[f]).toBeCloseTo(average, 9);
      expect(sd[f]).toBeCloseTo(Math.sqrt(variance), 9);
    }
    expect(sd[FEATURES - 1]).toBe(0);
  });

  it('of a feature that is never observed are 0', () => {
    const { mean, sd } = featureScales(gridOf(2, 5, 0));
    expect([...mean, ...sd]).toEqual(new Array(2 * FEATURES).fill(0));
  });
});
