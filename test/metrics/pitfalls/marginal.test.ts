import { describe, expect, it } from 'vitest';
import type { Cohort, Variable } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { metrics } from '../../../src/metrics/index.js';
import { compareCategories, expectedDifference } from '../../../src/metrics/marginal/categoryGaps.js';
import { featureLevels } from '../../../src/metrics/marginal/featureCategories.js';
import { binOf, fitQuantileBins } from '../../../src/metrics/marginal/quantileBins.js';
import { countsOf } from '../../../src/metrics/pairedReplicates.js';
import { mixedCohort } from '../mixedCohort.js';
import { detailOf, halfWidthOf, scoreOf, valueOf } from '../scoring.js';

const lab: Variable = { name: 'lab', kind: 'continuous' };
const drug: Variable = { name: 'drug', kind: 'binary' };
const levels = (count: number, name = 'rhythm'): Variable => ({
  name,
  kind: 'categorical',
  levels: Array.from({ length: count }, (_, l) => `l${l}`),
});

/** Stays of one step each with the given cells. */
function steps(features: readonly Variable[], ...rows: readonly (readonly (number | null)[])[]): Cohort {
  return mixedCohort({ steps: 1, features }, { rows: rows.map((row) => [row]) });
}

/** Stays of one step with one value each. */
function values(feature: Variable, found: readonly (number | null)[]): Cohort {
  return steps([feature], ...found.map((value) => [value]));
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('marginal fidelity', () => {
  it('constant floats are exactly alike without rounding, the distance D is stored and not 1 − D', async () => {
    const constant = values(lab, [36.6, 36.6, 36.6]);
    for (const id of ['marginal.ks', 'marginal.js', 'marginal.observed_mean_gap', 'marginal.observed_sd_gap'])
      expect(valueOf(await scoreOf(id, values(lab, [36.6, 36.6]), constant)), id).toBe(0);
    const nearby = values(lab, [36.6, 36.600004, 36.6]);
    expect(valueOf(await scoreOf('marginal.js', nearby, constant))).toBeGreaterThan(0);
    expect(valueOf(await scoreOf('marginal.ks', nearby, constant))).toBeCloseTo(1 / 3, 12);
  });

  it('no value on either side is undefined with a reason, not NaN', async () => {
    const empty = steps([lab, drug, levels(3)], [null, null, null], [null, null, null]);
    for (const id of [
      'marginal.tvd',
      'marginal.js',
      'marginal.observed_mean_gap',
      'marginal.observed_sd_gap',
      'marginal.codes_lost',
      'marginal.static_gap',
      'marginal.label_prevalence_gap',
      'pairwise.association_gap',
      'pairwise.cooccurrence_r2',
    ])
      expect(await scoreOf(id, empty, empty, {}, { resamples: 5 }), id).toMatchObject({
        state: 'undefined',
        reason: expect.stringMatching(/^[a-z-]+: /) as string,
      });
  });

  it('cohorts of different size are not padded', async () => {
    const real = steps([lab, drug], [5, 1], [6, 0], [7, 0]);
    const twice = steps([lab, drug], ...[0, 1, 2, 0, 1, 2].map((i) => [5 + i, i === 0 ? 1 : 0]));
    for (const id of [
      'marginal.ks',
      'marginal.js',
      'marginal.tvd',
      'marginal.length_ks',
      'marginal.prevalence_mae',
    ])
      expect(valueOf(await scoreOf(id, twice, real)), id).toBe(0);
  });

  it('a feature that the synthetic cohort never has counts 1, so that dropping it never improves the mean', async () => {
    const features = [levels(3), levels(2, 'unit')];
    const real = steps(features, [0, 0], [1, 1], [2, 0], [0, 1]);
    const poor = steps(features, [0, 1], [1, 1], [2, 1], [0, 1]);
    const without = steps(features, [0, null], [1, null], [2, null], [0, null]);
    for (const id of ['marginal.tvd', 'marginal.js']) {
      const dropped = await scoreOf(id, without, real, {}, { resamples: 10 });
      expect(valueOf(dropped)).toBe(0.5);
      expect(detailOf(dropped, 'values')).toEqual([0, 1]);
      expect(detailOf(dropped, 'absentOnOneSide')).toEqual(['unit']);
      expect(valueOf(await scoreOf(id, poor, real))).toBeLessThan(0.5);
    }
    const unknown = await scoreOf(
      'marginal.observed_mean_gap',
      values(lab, [null, null]),
      values(lab, [1, 2]),
    );
    expect(unknown).toMatchObject({ state: 'undefined' });
  });

  it('a category that one side lacks counts 0 there: the union is compared', async () => {
    const found = await scoreOf(
      'marginal.tvd',
      values(levels(4), [0, 0, 3, 3]),
      values(levels(4), [0, 0, 1, 2]),
    );
    expect(valueOf(found)).toBe(0.5);
  });

  it('Jensen–Shannon is the distance, not the divergence', async () => {
    const found = await scoreOf('marginal.js', values(drug, [1, 0, 0, 0]), values(drug, [1, 1, 1, 0]));
    const half = (p: number): number => p * Math.log2(p / 0.5);
    const divergence = half(0.25) + half(0.75);
    expect(valueOf(found)).toBeCloseTo(Math.sqrt(divergence), 12);
  });

  it.each([1, 5])(
    'disjoint supports are 1 apart whatever the number of categories (%d a side)',
    async (count) => {
      const real = values(levels(10), [...range(count), ...range(count)]);
      const other = values(
        levels(10),
        [...range(count), ...range(count)].map((level) => 9 - level),
      );
      expect(valueOf(await scoreOf('marginal.js', other, real))).toBeCloseTo(1, 12);
      expect(valueOf(await scoreOf('marginal.tvd', other, real))).toBeCloseTo(1, 12);
    },
  );

  it('values outside the range of train are neither dropped nor clipped into the edge bins', async () => {
    const real = values(lab, range(100));
    const moved = (to: number): Cohort =>
      values(
        lab,
        range(100).map((v) => (v >= 50 && v < 60 ? to : v)),
      );
    const [beyond, below, within] = await Promise.all(
      [1000, -1000, 99].map(async (to) => valueOf(await scoreOf('marginal.js', moved(to), real))),
    );
    expect(beyond).toBeCloseTo(below!, 12);
    expect(beyond).toBeGreaterThan(1.2 * within!);
    const far = values(lab, new Array<number>(10).fill(1e30));
    expect(valueOf(await scoreOf('marginal.js', far, real))).toBe(1);
  });

  it('bins come from train only, and a mass on one value is a bin of its own', () => {
    const bins = fitQuantileBins(Float32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]), 4);
    expect([-1, 0, 0.5, 1, 2].map((value) => binOf(bins, value))).toEqual([0, 1, 2, 3, 4]);
    const spread = fitQuantileBins(Float32Array.from(range(11)), 5);
    expect([-0.1, 0, 1.9, 2, 9.9, 10, 10.1].map((value) => binOf(spread, value))).toEqual([
      0, 1, 1, 2, 5, 5, 6,
    ]);
    const negative = fitQuantileBins(Float32Array.from([-2, -2]), 3);
    expect([-2.0001, -2, -1.9999].map((value) => binOf(negative, value))).toEqual([0, 1, 2]);
  });

  it('the number of bins does not depend on the cohorts that are compared', async () => {
    const train = values(lab, range(50));
    const narrow = values(lab, [3, 3, 3]);
    const found = await scoreOf('marginal.js', narrow, narrow, {}, { train });
    expect(detailOf(found, 'bins')).toEqual([12]);
  });

  it('a correlation is no R²: reversed and biased prevalences have Pearson² 1 and a poor R²', async () => {
    const features = range(4).map((k): Variable => ({ name: `drug ${k}`, kind: 'binary' }));
    const given = (shares: readonly number[]): Cohort =>
      steps(features, ...range(10).map((i) => shares.map((share) => (i < share ? 1 : 0))));
    const [real, reversed] = [given([1, 2, 3, 4]), given([4, 3, 2, 1])];
    const by = { by: 'code' };
    expect(valueOf(await scoreOf('marginal.prevalence_pearson_squared', reversed, real, by))).toBeCloseTo(
      1,
      12,
    );
    expect(valueOf(await scoreOf('marginal.prevalence_pearson', reversed, real, by))).toBeCloseTo(-1, 12);
    const strict = await scoreOf('marginal.prevalence_r2', reversed, real, by);
    expect(valueOf(strict)).toBeCloseTo(1 - 20 / 5, 12);
    expect(detailOf(strict, 'squaredPearson')).toBeCloseTo(1, 12);
  });

  it('patients are resampled, not codes: a code recorded twice under two names does not narrow the interval', async () => {
    const stream = random('twins');
    const sample = (share: number): number[] => range(80).map(() => (stream.uniform() < share ? 1 : 0));
    const [r, s] = [sample(0.5), sample(0.2)];
    const of = (found: readonly number[], copies: number): Cohort =>
      steps(
        range(copies).map((k) => ({ ...drug, name: `drug ${k}` })),
        ...found.map((value) => new Array<number>(copies).fill(value)),
      );
    for (const id of ['marginal.prevalence_mae', 'marginal.tvd']) {
      const [one, eight] = [1, 8].map((copies) =>
        scoreOf(id, of(s, copies), of(r, copies), {}, { resamples: 50 }),
      );
      expect(halfWidthOf(await eight!)).toBeCloseTo(halfWidthOf(await one!), 12);
    }
  });

  it('codes of zero prevalence on one side enter the error and are counted as lost or invented', async () => {
    const features = [levels(4)];
    const real = steps(features, [0], [0], [1], [1]);
    const synthetic = steps(features, [0], [0], [2], [3]);
    const mae = await scoreOf('marginal.prevalence_mae', synthetic, real, { by: 'code' });
    expect(valueOf(mae)).toBeCloseTo((0 + 0.5 + 0.25 + 0.25) / 4, 12);
    expect(valueOf(await scoreOf('marginal.codes_lost', synthetic, real))).toBe(1);
    const invented = await scoreOf('marginal.codes_invented', synthetic, real);
    expect(valueOf(invented)).toBe(2);
    expect(detailOf(invented, 'names')).toEqual(['rhythm = l2', 'rhythm = l3']);
  });

  it('a lost code is named only when at least 11 real patients have it', async () => {
    const of = (patients: number): Cohort =>
      mixedCohort(
        { steps: 1, features: [levels(2)] },
        {
          rows: range(30).map((i) => [[i < 20 ? 1 : 0]]),
          // Twenty stays have the code.
          patients: range(30).map((i) => `p${i < 20 ? i % patients : i}`),
        },
      );
    const synthetic = values(levels(2), new Array<number>(30).fill(0));
    for (const [patients, names] of [
      [10, []],
      [11, ['rhythm = l1']],
    ] as const) {
      const found = await scoreOf('marginal.codes_lost', synthetic, of(patients));
      expect(valueOf(found)).toBe(1);
      expect(detailOf(found, 'names')).toEqual(names);
    }
  });

  it('a generator without rare codes loses them, which hardly shows in TVD', async () => {
    const stream = random('rare-codes');
    const rhythm = levels(8);
    const drawn = (): number => (stream.uniform() < 0.97 ? stream.integer(2) : 2 + stream.integer(6));
    const made = (): Cohort =>
      values(
        rhythm,
        range(800).map(() => drawn()),
      );
    const [train, holdout] = [made(), made()];
    const common = { ...train, values: train.values.map((level) => (level > 1 ? 0 : level)) };
    for (const [synthetic, lost, most] of [
      [train, 0, 0.05],
      [common, 6, 0.08],
    ] as const) {
      expect(valueOf(await scoreOf('marginal.codes_lost', synthetic, holdout, {}, { train }))).toBe(lost);
      expect(valueOf(await scoreOf('marginal.tvd', synthetic, holdout, {}, { train }))).toBeLessThan(most);
    }
  });

  it('R² of rare codes forgets the common ones', async () => {
    const features = [levels(5)];
    const rare = [1, 1, 2, 2, 2, 3, 4];
    const real = steps(features, ...range(1000).map((i) => [rare[i] ?? 0]));
    const none = steps(features, ...range(1000).map(() => [0]));
    expect(valueOf(await scoreOf('marginal.prevalence_r2', none, real, { by: 'stay' }))).toBeGreaterThan(
      0.99,
    );
    const found = await scoreOf('marginal.prevalence_r2', none, real, { by: 'stay', below: 0.01 });
    expect(detailOf(found, 'points')).toBe(4);
    expect(valueOf(found)).toBeLessThan(-1);
    expect(await scoreOf('marginal.prevalence_r2', real, real, { by: 'stay', below: 0.001 })).toMatchObject({
      state: 'undefined',
    });
  });

  it('values depend on shares, not on counts as a χ² statistic does, and no metric is a p-value', async () => {
    const [real, other] = [
      [0, 1, 1, 2],
      [0, 0, 1, 2],
    ];
    const tenfold = (found: readonly number[]): Cohort =>
      values(
        levels(3),
        range(10).flatMap(() => found),
      );
    for (const id of ['marginal.tvd', 'marginal.js', 'marginal.prevalence_mae'])
      expect(valueOf(await scoreOf(id, tenfold(other), tenfold(real))), id).toBeCloseTo(
        valueOf(await scoreOf(id, values(levels(3), other), values(levels(3), real))),
        12,
      );
    for (const { descriptor } of metrics)
      expect(`${descriptor.id} ${descriptor.title}`).not.toMatch(/p.value|chi/i);
  });

  it('the expected TVD is what independent values of one law give', async () => {
    const stream = random('expected-tvd');
    const drawn = (): Cohort =>
      values(
        levels(4),
        range(200).map(() => Math.floor(4 * stream.uniform() ** 2)),
      );
    let [found, expected] = [0, 0];
    for (let k = 0; k < 60; k++) {
      const [a, b] = [drawn(), drawn()];
      const { point } = compareCategories(a, b, featureLevels(0), 0, [0, 0]);
      found += point.tvd / 60;
      expected += point.expectedTvd / 60;
    }
    expect(expected / found).toBeGreaterThan(0.9);
    expect(expected / found).toBeLessThan(1.1);
    expect(expectedDifference(0.5, 100, 50)).toBeCloseTo(Math.sqrt((2 / Math.PI) * 0.25 * 0.03), 12);
    const result = await scoreOf('marginal.tvd', drawn(), drawn());
    const [chance] = detailOf(result, 'expectedTvd') as number[];
    expect(detailOf(result, 'aboveExpected')).toEqual([valueOf(result) - chance!]);
  });

  it('a collapsed spread is one standard deviation off, not undefined', async () => {
    const real = values(lab, range(50));
    const collapsed = values(lab, new Array<number>(50).fill(24.5));
    expect(valueOf(await scoreOf('marginal.observed_mean_gap', collapsed, real))).toBe(0);
    const spread = await scoreOf('marginal.observed_sd_gap', collapsed, real);
    expect(valueOf(spread)).toBeCloseTo(1, 12);
    expect(detailOf(spread, 'ratios')).toEqual([0]);
  });
});

describe('a categorical feature of a million levels', () => {
  const million: Variable = {
    name: 'code',
    kind: 'categorical',
    levels: new Array<string>(1e6).fill('level'),
  };
  const stream = random('million');
  const made = (): Cohort =>
    mixedCohort(
      { steps: 6, features: [million, { ...million, name: 'other' }, lab] },
      {
        rows: range(60).map(() =>
          range(6).map(() => [Math.floor(1e6 * stream.uniform() ** 8), stream.integer(1e6), stream.normal()]),
        ),
      },
    );
  const [real, synthetic] = [made(), made()];

  it('takes memory for what occurs only', () => {
    const counts = countsOf(real, featureLevels(0));
    expect(counts.columns.length).toBeLessThanOrEqual(360);
    expect(counts.position.length).toBeLessThanOrEqual(360);
  });

  it.each(metrics.map(({ descriptor }) => descriptor.id).filter((id) => /^(marginal|pairwise)/.test(id)))(
    '%s has a value or a reason',
    async (id) => {
      for (const by of ['step', 'code', 'stay']) {
        const result = await scoreOf(id, synthetic, real, { by, minJoint: 20 }, { resamples: 5 });
        expect(['ok', 'undefined'], JSON.stringify(result)).toContain(result.state);
      }
    },
  );
});

describe('several stays of a patient', () => {
  it('come and go together in resamples', async () => {
    const stream = random('several');
    const cells = range(40).map(() => [[stream.uniform() < 0.4 ? 1 : 0, stream.normal(), stream.integer(3)]]);
    const features = [drug, lab, levels(3)];
    const once = mixedCohort(
      { steps: 1, features },
      { rows: cells, patients: range(40).map((i) => `p${i}`) },
    );
    const twice = mixedCohort(
      { steps: 1, features },
      { rows: [...cells, ...cells], patients: range(80).map((i) => `p${i % 40}`) },
    );
    const real = steps(
      features,
      ...range(40).map(() => [stream.integer(2), stream.normal(), stream.integer(3)]),
    );
    for (const id of [
      'marginal.missing_rate',
      'marginal.ks',
      'marginal.tvd',
      'marginal.js',
      'marginal.prevalence_mae',
    ]) {
      const [first, second] = [
        await scoreOf(id, once, real, {}, { resamples: 40 }),
        await scoreOf(id, twice, real, {}, { resamples: 40 }),
      ];
      expect(valueOf(second), id).toBeCloseTo(valueOf(first), 12);
      // The same patients, each with the same stay twice: no more is known.
      expect(halfWidthOf(second), id).toBeCloseTo(halfWidthOf(first), 9);
    }
  });
});
