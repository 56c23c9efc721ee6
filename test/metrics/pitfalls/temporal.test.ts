import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cohort/inputError.js';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { sumsOfStays, replicates, type AdditiveStatistic } from '../../../src/metrics/additiveStatistic.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { LARGEST_RESAMPLE, resampleUnits } from '../../../src/metrics/resampleUnits.js';
import { changed, cohortOf, simulateCohort } from '../simulatedCohort.js';

const LOOSE = { minJoint: 3, minPairs: 3, minVisits: 1, minStays: 1 };

async function score(
  id: string,
  synthetic: Cohort,
  real: Cohort,
  parameters: MetricParameters = {},
  options: { readonly resamples?: number; readonly label?: string } = {},
): Promise<Result> {
  return metricNamed(id).compute(
    {
      train: real,
      holdout: real,
      reference: null,
      synthetic,
      label: options.label ?? null,
      resamples: options.resamples ?? 0,
    },
    { ...LOOSE, ...parameters },
    random('pitfall'),
  );
}

async function valueOf(...what: Parameters<typeof score>): Promise<number> {
  const result = await score(...what);
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

/** Stays with one feature and the given course each. */
function courses(...rows: readonly (readonly (number | null)[])[]): Cohort {
  return cohortOf(rows.map((row) => row.map((value) => [value])));
}

/** The observed steps of every stay moved together to its beginning, as dropping missing values does. */
function closedUp(rows: readonly (readonly (number | null)[])[]): Cohort {
  return courses(
    ...rows.map((row) => {
      const kept = row.filter((value) => value !== null);
      return [...kept, ...new Array<null>(row.length - kept.length).fill(null)];
    }),
  );
}

describe('true time, never position after dropping missing', () => {
  const stream = random('gappy');
  const gappy = Array.from({ length: 40 }, () => {
    let level = stream.normal();
    return Array.from({ length: 12 }, () => {
      level = 0.7 * level + stream.normal();
      return stream.uniform() < 0.5 ? level : null;
    });
  });

  it.each([
    'temporal.acf_gap',
    'temporal.spectral_gap',
    'temporal.increment_ks',
    'temporal.gap_ks',
    'temporal.measurement_gap_ks',
    'temporal.event_time_ks',
    'temporal.missing_rate_over_time',
    'temporal.mask_transition',
  ])('%s sees that gaps were closed up', async (id) => {
    expect(await valueOf(id, courses(...gappy), courses(...gappy))).toBe(0);
    expect(await valueOf(id, closedUp(gappy), courses(...gappy))).toBeGreaterThan(0.02);
  });

  it('increments are rates over the true time between two values', async () => {
    const slow = courses([0, null, null, 3, null, null, 6]);
    const fast = courses([0, 3, 6, null, null, null, null]);
    const steady = courses([0, 1, 2, 3, 4, 5, 6]);
    const twice = (c: Cohort): Cohort => selectStays(c, [0, 0]);
    expect(await valueOf('temporal.increment_ks', twice(slow), twice(steady))).toBe(0);
    expect(await valueOf('temporal.increment_ks', twice(fast), twice(steady))).toBe(1);
  });

  it('the slope of a stay is per hour of true time', async () => {
    const [gaps, full] = [
      courses([0, null, 2, null], [0, null, 2, null]),
      courses([0, 1, 2, 3], [1, 2, 3, 4]),
    ];
    expect(await valueOf('temporal.sequence_statistics_ks', gaps, full, { statistic: 'slope' })).toBe(0);
  });

  it('cross-lag correlations pair steps at their distance and never reach into another stay', async () => {
    // Feature 1 is feature 0 one hour later; across stays the levels would make the opposite relation.
    const led = random('led');
    const real = cohortOf(
      Array.from({ length: 30 }, () => {
        const x = Array.from({ length: 9 }, () => led.normal());
        return x.slice(1).map((value, t) => [value, x[t]!]);
      }),
    );
    const swapped = cohortOf(
      Array.from({ length: 30 }, (_, i) =>
        Array.from({ length: 8 }, (_, t) => [
          real.values[(i * 8 + t) * 2 + 1]!,
          real.values[(i * 8 + t) * 2]!,
        ]),
      ),
    );
    const lagged = await valueOf('temporal.cross_lag_gap', swapped, real, { maxLag: 1 });
    const same = await valueOf('temporal.cross_lag_gap', swapped, real, { maxLag: 0 });
    expect(same).toBeLessThan(1e-9);
    // Two of three pairs (lag 0, and the two directions of lag 1) change from 1 to about 0 or back.
    expect(Math.abs(lagged - 2 / 3)).toBeLessThan(0.1);
    const order = random('stays').permutation(30);
    expect(
      await valueOf('temporal.cross_lag_gap', selectStays(real, order), real, { maxLag: 4 }),
    ).toBeLessThan(1e-9);
  });
});

describe('autocorrelations', () => {
  it('do not grow with features and lags, as the root of the sum of squares of ACD does', async () => {
    const [a, b] = [simulateCohort([60], 'acd-a'), simulateCohort([60], 'acd-b')];
    const doubled = (c: Cohort): Cohort => {
      const features = c.schema.features.length;
      const source = (cell: number): number =>
        Math.floor(cell / (2 * features)) * features + (cell % features);
      const twice = <T extends Float32Array | Uint8Array>(from: T, into: T): T => {
        for (let cell = 0; cell < into.length; cell++) into[cell] = from[source(cell)]!;
        return into;
      };
      return {
        ...c,
        schema: { ...c.schema, features: [...c.schema.features, ...c.schema.features] },
        values: twice(c.values, new Float32Array(c.values.length * 2)),
        observed: twice(c.observed, new Uint8Array(c.observed.length * 2)),
      };
    };
    expect(await valueOf('temporal.acf_gap', doubled(a), doubled(b))).toBeCloseTo(
      await valueOf('temporal.acf_gap', a, b),
      10,
    );
  });

  it('centred by the stay lose what only lasting differences between patients make', async () => {
    // White noise around levels that differ by patient, against white noise without them.
    const stream = random('levels');
    const noise = (spread: number): Cohort =>
      courses(
        ...Array.from({ length: 150 }, () => {
          const level = spread * stream.normal();
          return Array.from({ length: 12 }, () => level + stream.normal());
        }),
      );
    const [withLevels, without] = [noise(3), noise(0)];
    expect(await valueOf('temporal.acf_gap', without, withLevels)).toBeGreaterThan(0.8);
    expect(await valueOf('temporal.acf_gap', without, withLevels, { centring: 'stay' })).toBeLessThan(0.05);
  });

  it('of a lag with too few pairs are undefined and leave the others', async () => {
    const real = courses([1, 2, 4, 3], [2, 1, 3, 5]);
    const result = await score('temporal.acf_gap', courses([2, 3, 1, 4], [1, 5, 2, 3]), real, {
      minPairs: 4,
    });
    expect(result).toMatchObject({ state: 'ok', detail: { lags: 3, undefinedInReal: 1 } });
  });

  it('of fresh patients of the same law have an interval that reaches the noise', async () => {
    let reached = 0;
    for (let k = 0; k < 10; k++) {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => simulateCohort([60], `noise-${k}-${name}`));
      const fresh = await score('temporal.acf_gap', a!, b!, {}, { resamples: 60 });
      const ceiling = await valueOf('temporal.acf_gap', c!, b!);
      if (fresh.state !== 'ok') throw new Error(fresh.state);
      if (Math.abs(fresh.value - ceiling) <= fresh.ciHigh! - fresh.ciLow!) reached++;
    }
    expect(reached).toBeGreaterThanOrEqual(9);
  });
});

describe('statistics of sequences', () => {
  it('a sequence with missing values still counts', async () => {
    const real = courses([1, 1, 1], [5, 5, 5]);
    const gappy = courses([1, null, 1], [null, 5, 5]);
    expect(await valueOf('temporal.sequence_statistics_ks', gappy, real)).toBe(0);
    expect(await valueOf('temporal.increment_ks', gappy, real)).toBe(0);
  });

  it('a single row has a mean but no spread, slope or increment, and sequences may be of unequal length', async () => {
    const real = courses([1, 2, 3, 4], [2]);
    const single = courses([4, null, null, null], [2]);
    for (const statistic of ['sd', 'slope'])
      expect(await valueOf('temporal.sequence_statistics_ks', single, real, { statistic })).toBe(1);
    const onlySingle = courses([1, null], [2, null]);
    for (const statistic of ['sd', 'slope'])
      expect(
        await score('temporal.sequence_statistics_ks', onlySingle, onlySingle, { statistic }),
      ).toMatchObject({
        state: 'undefined',
      });
    expect(await score('temporal.increment_ks', onlySingle, onlySingle)).toMatchObject({
      state: 'undefined',
    });
    expect(await valueOf('temporal.sequence_statistics_ks', single, real, { statistic: 'max' })).toBe(0);
    expect(await valueOf('temporal.sequence_statistics_ks', single, real, { statistic: 'length' })).toBe(0);
  });
});

describe('keeps both gap variants', () => {
  it('the mass of zero gaps hides everything else', async () => {
    const features = 10;
    const step = (seen: boolean): (number | null)[] =>
      new Array<number | null>(features).fill(seen ? 1 : null);
    const every = (pause: number): Cohort =>
      cohortOf(Array.from({ length: 4 }, () => Array.from({ length: 13 }, (_, t) => step(t % pause === 0))));
    expect(await valueOf('temporal.gap_ks', every(3), every(2), { zeroGaps: 'excluded' })).toBe(1);
    const hidden = await valueOf('temporal.gap_ks', every(3), every(2), { zeroGaps: 'included' });
    expect(hidden).toBeLessThan(0.15);
    expect(hidden).toBeGreaterThan(0);
    const full = metricNamed('temporal.gap_ks').descriptor.variants.full!.map((one) => one['zeroGaps']);
    expect(new Set(full)).toEqual(new Set(['excluded', 'included']));
  });

  it('gaps never run from one stay to the next', async () => {
    const apart = courses([1, null, null], [1, null, null]);
    expect(await score('temporal.gap_ks', apart, apart)).toMatchObject({ state: 'undefined' });
    expect(await score('temporal.measurement_gap_ks', apart, apart)).toMatchObject({ state: 'undefined' });
  });
});

describe('sample i is not paired with sample i', () => {
  it.each([
    'temporal.cross_lag_gap',
    'temporal.increment_ks',
    'temporal.sequence_statistics_ks',
    'temporal.gap_ks',
    'temporal.missing_rate_over_time',
    'temporal.mask_cooccurrence',
    'temporal.informative_missingness',
    'temporal.code_transition',
    'temporal.spectral_gap',
  ])('%s of the same stays in another order is 0', async (id) => {
    const real = simulateCohort([40], 'order');
    const other = selectStays(real, random('another-order').permutation(40));
    expect(await valueOf(id, other, real, {}, { label: 'death' })).toBeLessThan(1e-9);
  });
});

describe('masks', () => {
  it('padding beyond the length of a stay is no missing value', async () => {
    const long = courses([1, 1, null, null], [1, 1, null, null]);
    const short = changed(long, { length: Uint16Array.from([2, 2]) });
    const result = await score('temporal.missing_rate_over_time', long, short, {});
    expect(result).toMatchObject({ state: 'ok', value: 0 });
    // The other way round no synthetic stay runs at two of four steps: the worst value there.
    expect(await valueOf('temporal.missing_rate_over_time', short, long)).toBe(0.5);
  });

  it('a pair of measurements that a generator never takes counts as the worst value', async () => {
    const real = cohortOf([[[1, 1, 1]], [[1, 1, 1]]]);
    const dropped = cohortOf([[[1, null, null]], [[1, null, null]]]);
    expect(await valueOf('temporal.mask_cooccurrence', dropped, real, { measure: 'jaccard' })).toBe(1);
  });

  it('constant masks have no φ and are told, never taken for 0', async () => {
    const full = courses([1, 2], [3, 4]);
    const two = cohortOf([[[1, 2]], [[3, 4]]]);
    expect(await score('temporal.mask_cooccurrence', two, two, { measure: 'phi' })).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('constant-masks') as string,
    });
    expect(await score('temporal.mask_cooccurrence', full, full)).toMatchObject({ state: 'undefined' });
  });

  it('a reversed relation of missingness and outcome is seen unless the sign is dropped', async () => {
    const rows = [
      [[1], [1]],
      [[1], [1]],
      [[1], [null]],
      [[null], [null]],
    ];
    const real = cohortOf(rows, { label: [1, 1, 0, 0] });
    const reversed = cohortOf(rows, { label: [0, 0, 1, 1] });
    const id = 'temporal.informative_missingness';
    const r = 1.5 / Math.sqrt(2.75);
    expect(await valueOf(id, reversed, real, {}, { label: 'y' })).toBeCloseTo(2 * r, 10);
    expect(await valueOf(id, reversed, real, { sign: 'dropped' }, { label: 'y' })).toBeLessThan(1e-12);
  });

  it('one label class is undefined, naming the side', async () => {
    const rows = [
      [[1], [1]],
      [[1], [null]],
    ];
    const both = cohortOf(rows, { label: [1, 0] });
    const one = cohortOf(rows, { label: [1, 1] });
    for (const [synthetic, real, side] of [
      [one, both, 'synthetic'],
      [both, one, 'real'],
    ] as const)
      expect(
        await score('temporal.informative_missingness', synthetic, real, {}, { label: 'y' }),
      ).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining(`single-class-${side}`) as string,
      });
    expect(await score('temporal.informative_missingness', both, both)).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('no-label') as string,
    });
  });
});

describe('code transitions', () => {
  const binary = (rows: readonly (readonly (readonly (number | null)[])[])[]): Cohort =>
    cohortOf(rows, { kinds: ['binary', 'binary'] });

  it('a code that a generator never draws counts 1, in the mean and not beside it', async () => {
    const real = binary([
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      [
        [0, 1],
        [1, 0],
        [0, 1],
      ],
    ]);
    const never = binary([
      [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
      [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
    ]);
    const result = await score('temporal.code_transition', never, real);
    expect(result).toMatchObject({ state: 'ok', value: 1, detail: { valuesOfCodes: [1, 1] } });
  });

  it('R² is around the identity line: half the real level is not perfect agreement', async () => {
    const real = binary([
      [
        [1, 0],
        [1, 0],
      ],
      [
        [1, 0],
        [1, 0],
      ],
    ]);
    const half = binary([
      [
        [1, 0],
        [1, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    expect(await valueOf('temporal.code_bigram_r2', real, real)).toBe(1);
    expect(await valueOf('temporal.code_bigram_r2', half, real)).toBeLessThan(0.7);
  });

  it('more codes than pairs can be counted for are skipped with a reason', async () => {
    const wide = cohortOf(
      [1, 2].map(() => [1, 2].map(() => new Array<number>(129).fill(1))),
      { kinds: new Array<'binary'>(129).fill('binary') },
    );
    for (const id of ['temporal.code_transition', 'temporal.code_bigram_r2'])
      expect(await score(id, wide, wide)).toMatchObject({
        state: 'skipped',
        reason: expect.stringContaining('too-many-codes') as string,
      });
  });
});

describe('discrepancy of pairs of steps', () => {
  it('is unbiased: fresh patients score below 0 as often as above', async () => {
    const values: number[] = [];
    for (let k = 0; k < 24; k++)
      values.push(
        await valueOf(
          'temporal.lag_pair_mmd',
          simulateCohort([30], `pairs-${k}`),
          simulateCohort([30], `real-${k}`),
        ),
      );
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1));
    expect(Math.abs(mean)).toBeLessThan((3 * sd) / Math.sqrt(values.length));
    expect(values.filter((one) => one < 0).length).toBeGreaterThan(4);
  });

  it('sees a wrong order of hours that no single hour shows', async () => {
    // The level of a patient is symmetric about 0, so changing its sign every hour changes pairs of hours alone.
    const stream = random('pairs-of-hours');
    const rows = Array.from({ length: 80 }, () => {
      const level = Array.from({ length: 8 }, () => 3 * stream.normal());
      return Array.from({ length: 8 }, (_, t) => level[0]! + 0.1 * level[t]!);
    });
    const alternating = rows.map((row) => row.map((value, t) => (t % 2 === 0 ? value : -value)));
    const result = await score(
      'temporal.lag_pair_mmd',
      courses(...alternating),
      courses(...rows),
      {},
      { resamples: 99 },
    );
    expect(result).toMatchObject({ state: 'ok', detail: { pValue: 0.01, pairsOfReal: 80 } });
    if (result.state === 'ok') expect(result.ciLow!).toBeGreaterThan(0.05);
  });

  it('needs two patients with two steps', async () => {
    const single = courses([1, null], [2, null]);
    const short = changed(single, { length: Uint16Array.from([1, 1]) });
    expect(await score('temporal.lag_pair_mmd', short, single)).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('one-patient') as string,
    });
  });
});

describe('typed options', () => {
  it.each([
    ['temporal.acf_gap', { maxLag: 65 }],
    ['temporal.acf_gap', { maxLag: 1.5 }],
    ['temporal.acf_gap', { weights: 'decaying' }],
    ['temporal.cross_lag_gap', { maxLag: -1 }],
    ['temporal.gap_ks', { zeroGaps: true }],
    ['temporal.sequence_statistics_ks', { statistic: 'mode' }],
    ['temporal.mask_cooccurrence', { measure: 'cosine' }],
    ['temporal.spectral_gap', { centring: 'patient' }],
  ])('%s refuses %j', async (id, parameters) => {
    const real = simulateCohort([12], 'options');
    await expect(score(id, real, real, parameters)).rejects.toThrow(InputError);
  });
});

describe('resampling of wide statistics', () => {
  /** Observed values and steps, whose ratio is the statistic. */
  const rate: AdditiveStatistic = {
    name: 'observed-rate',
    sums: (cohort) =>
      sumsOfStays(cohort, 2, (stay, into) => {
        const { steps } = cohort.schema;
        for (let t = 0; t < steps; t++) into[0]! += cohort.observed[stay * steps + t]!;
        into[1] = steps;
      }),
    derive: (totals) => Float64Array.of(totals[0]! / totals[1]!),
  };
  const spread = async (cohort: Cohort, seed: number): Promise<number> => {
    const { resampled } = await replicates(cohort, rate, 400, seed);
    const mean = resampled.reduce((sum, one) => sum + one[0]!, 0) / 400;
    return Math.sqrt(resampled.reduce((sum, one) => sum + (one[0]! - mean) ** 2, 0) / 399);
  };
  const cohort = (stays: number, perPatient: number): Cohort => {
    const stream = random('rates');
    const rows = Array.from({ length: stays }, () => {
      const own = stream.uniform();
      return Array.from({ length: 8 }, () => (stream.uniform() < own ? 1 : null));
    });
    const made = courses(...rows.map((_, i) => rows[i - (i % perPatient)]!));
    return { ...made, patients: rows.map((_, i) => `p${Math.floor(i / perPatient)}`) };
  };

  it('keeps the stays of a patient together', async () => {
    const units = resampleUnits(cohort(40, 4));
    expect(units.count).toBe(10);
    expect([...units.ofStay]).toEqual(Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)));
    // Four equal stays a patient are worth one: the spread is that of 100 patients, not of 400 stays.
    const four = cohort(400, 4);
    const first = Array.from({ length: 100 }, (_, i) => i * 4);
    const alone = await spread(selectStays(four, first), 1);
    expect((await spread(four, 1)) / alone).toBeCloseTo(1, 6);
  });

  it('by groups of patients has the spread of single patients', async () => {
    const large = cohort(3000, 1);
    const units = resampleUnits(large);
    expect(units.count).toBe(LARGEST_RESAMPLE);
    const sizes = new Uint32Array(units.count);
    for (const unit of units.ofStay) sizes[unit]!++;
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    const rates = Array.from(
      { length: large.size },
      (_, i) => large.observed.subarray(i * 8, i * 8 + 8).reduce((sum, one) => sum + one, 0) / 8,
    );
    const mean = rates.reduce((sum, one) => sum + one, 0) / rates.length;
    const expected = Math.sqrt(rates.reduce((sum, one) => sum + (one - mean) ** 2, 0)) / rates.length;
    const ratio = (await spread(large, 2)) / expected;
    expect(ratio).toBeGreaterThan(0.87);
    expect(ratio).toBeLessThan(1.13);
  });
});
