import { describe, expect, it } from 'vitest';
import { selectStays } from '../../src/cohort/select.js';
import type { Cohort } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import type { MetricParameters, Result } from '../../src/metrics/contract.js';
import { defineMetric, okResult } from '../../src/metrics/defineMetric.js';
import { metrics } from '../../src/metrics/index.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { groupedFolds } from '../../src/metrics/joint/discriminatorAuroc.js';
import { shareCloser } from '../../src/metrics/privacy/dcrShare.js';
import { gowerSpace, nearestBothWays } from '../../src/metrics/privacy/gowerSpace.js';
import { fitDesign } from '../../src/metrics/utility/design.js';
import { changed, cohortOf, emptyCohort, simulateSplit } from './simulatedCohort.js';

async function score(
  id: string,
  synthetic: Cohort,
  real: { readonly train?: Cohort; readonly holdout: Cohort },
  parameters: MetricParameters = {},
  options: { readonly resamples?: number; readonly label?: string } = {},
): Promise<Result> {
  return metricNamed(id).compute(
    {
      train: real.train ?? real.holdout,
      holdout: real.holdout,
      reference: null,
      synthetic,
      label: options.label ?? null,
      resamples: options.resamples ?? 0,
    },
    parameters,
    random('pitfall'),
  );
}

function valueOf(result: Result): number {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

/** Stays with one feature and the given course each. */
function courses(...rows: readonly (readonly (number | null)[])[]): Cohort {
  return cohortOf(rows.map((row) => row.map((value) => [value])));
}

describe('marginal fidelity', () => {
  it('a feature absent on one side counts 1 for KS and is never dropped from the mean', async () => {
    const real = cohortOf([[[1, 5]], [[2, 6]]]);
    const synthetic = cohortOf([[[1, null]], [[2, null]]]);
    const result = await score('marginal.ks', synthetic, { holdout: real });
    expect(valueOf(result)).toBe(0.5);
    expect(result).toMatchObject({ detail: { values: [0, 1], absentOnOneSide: ['f1'] } });
  });

  it('Wasserstein names a feature absent on one side, since no worst value exists', async () => {
    const real = cohortOf([[[1, 5]], [[2, 6]]]);
    const synthetic = cohortOf([[[1, null]], [[2, null]]]);
    const result = await score('marginal.wasserstein', synthetic, { holdout: real });
    expect(result).toMatchObject({
      state: 'ok',
      value: 0,
      detail: { values: [0, null], absentOnOneSide: ['f1'] },
    });
  });

  it('Wasserstein compares constants exactly and leaves a constant against another value undefined', async () => {
    const real = courses([36.6], [36.6]);
    expect(valueOf(await score('marginal.wasserstein', courses([36.6], [36.6]), { holdout: real }))).toBe(0);
    expect(await score('marginal.wasserstein', courses([36.6], [37]), { holdout: real })).toMatchObject({
      state: 'undefined',
    });
  });

  it('values outside the real range count fully', async () => {
    const real = courses([0], [1], [2], [3]);
    const far = courses([0], [1], [2], [1000]);
    const near = courses([0], [1], [2], [4]);
    const [ofFar, ofNear] = await Promise.all(
      [far, near].map(async (s) => valueOf(await score('marginal.wasserstein', s, { holdout: real }))),
    );
    expect(ofFar! / ofNear!).toBeCloseTo(997, 6);
  });

  it('padding beyond the length of a stay is neither missing nor observed', async () => {
    const real = courses([1, null, null, null], [1, null, null, null]);
    const short = changed(real, { length: Uint16Array.from([2, 2]) });
    const rates = await score('marginal.missing_rate', short, { holdout: real });
    expect(rates).toMatchObject({ detail: { synthetic: [0.5], real: [0.75] } });
  });

  it('stored values are not rounded', async () => {
    const split = simulateSplit([40], 'unrounded');
    const value = valueOf(await score('marginal.ks', split.train, split));
    expect(Math.abs(value * 1000 - Math.round(value * 1000))).toBeGreaterThan(1e-6);
  });
});

describe('pairwise fidelity', () => {
  it('correlation leaves out pairs with too few joint observations and counts them', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [[i, (i * 7) % 13, i < 5 ? i : null]]);
    const cohort = cohortOf(rows);
    const result = await score('pairwise.correlation_gap', cohort, { holdout: cohort }, { minJoint: 30 });
    expect(result).toMatchObject({
      value: 0,
      detail: { pairs: 3, undefinedInReal: 2, undefinedInSynthetic: 2 },
    });
  });

  it('correlation with a constant is undefined, not 0 and not NaN', async () => {
    const cohort = cohortOf(Array.from({ length: 40 }, (_, i) => [[i, 36.6]]));
    expect(
      await score('pairwise.correlation_gap', cohort, { holdout: cohort }, { minJoint: 30 }),
    ).toMatchObject({
      state: 'undefined',
    });
  });

  it('correlation uses same-step pairs only and leaves out the diagonal', async () => {
    const real = cohortOf(Array.from({ length: 40 }, (_, i) => [[i % 7, i % 7]]));
    const synthetic = cohortOf(Array.from({ length: 40 }, (_, i) => [[i % 7, -(i % 7)]]));
    const result = await score('pairwise.correlation_gap', synthetic, { holdout: real }, { minJoint: 30 });
    expect(valueOf(result)).toBeCloseTo(2, 12);
  });
});

describe('temporal fidelity', () => {
  const parameters = { minPairs: 4, maxLag: 2 };

  it('acf uses true lags, not positions after dropping missing', async () => {
    // Observed at t = 0, 2, 4, 6 with alternating signs: lag 2 is −1 and there is no pair at lag 1.
    const gaps = courses(...Array.from({ length: 6 }, () => [1, null, -1, null, 1, null, -1]));
    const dense = courses(...Array.from({ length: 6 }, () => [1, -1, 1, -1, 1, -1, 1]));
    const result = await score('temporal.acf_gap', gaps, { holdout: dense }, parameters);
    // lag 1 is undefined in `gaps`; lag 2 is −1 there and +1 in `dense`.
    expect(valueOf(result)).toBeCloseTo(2, 1);
    expect(result).toMatchObject({ detail: { undefinedInSynthetic: 1, undefinedInReal: 0 } });
  });

  it('acf never pairs steps of different stays', async () => {
    const single = courses(...Array.from({ length: 40 }, (_, i) => [i % 5]));
    const two = courses(...Array.from({ length: 40 }, (_, i) => [i % 5, null]));
    for (const cohort of [single, two])
      expect(await score('temporal.acf_gap', cohort, { holdout: cohort }, { minPairs: 1 })).toMatchObject({
        state: 'undefined',
      });
  });

  it('acf of a constant is undefined, not a perfect match', async () => {
    const constant = courses(...Array.from({ length: 40 }, () => [36.6, 36.6, 36.6]));
    expect(await score('temporal.acf_gap', constant, { holdout: constant }, parameters)).toMatchObject({
      state: 'undefined',
    });
  });

  it('a mask state that synthetic stays never visit counts 1', async () => {
    const real = courses(...Array.from({ length: 20 }, (_, i) => [1, i % 2 === 0 ? null : 1, null, 1, null]));
    const filled = courses(...Array.from({ length: 20 }, () => [1, 1, 1, 1, 1]));
    const value = valueOf(
      await score('temporal.mask_transition', filled, { holdout: real }, { minVisits: 5 }),
    );
    // From observed: 10 of 50 real transitions stay observed against all; from missing: never visited → 1.
    expect(value).toBeCloseTo((0.8 + 1) / 2, 12);
  });

  it('mask transitions end with the stay', async () => {
    const real = courses(...Array.from({ length: 10 }, () => [1, 1, null, null]));
    const cut = changed(real, { length: new Uint16Array(10).fill(2) });
    const result = await score('temporal.mask_transition', cut, { holdout: cut }, { minVisits: 11 });
    expect(result).toMatchObject({ state: 'undefined' });
  });
});

describe('discriminator', () => {
  it('identical records of both classes share a fold', () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'a', 'b', 'c', 'd', 'e', 'f'];
    const outcome = Uint8Array.from(keys, (_, i) => (i < 6 ? 1 : 0));
    const fold = groupedFolds(keys, outcome, 3, random('folds'));
    for (let i = 0; i < 6; i++) expect(fold[i]).toBe(fold[i + 6]);
  });

  it('a copy scored against its source is not recognised by the twins in training', async () => {
    const { train } = simulateSplit([60], 'twins');
    const twins = changed(train, {});
    const value = valueOf(await score('joint.discriminator_auroc', twins, { holdout: train, train }));
    expect(value).toBeCloseTo(0.5, 12);
  });
});

describe('utility', () => {
  const split = simulateSplit([80], 'utility');

  it('single-class synthetic labels are undefined with reason single-class-train', async () => {
    const oneClass = changed(split.train, { labels: new Float32Array(split.train.size) });
    for (const id of ['utility.tstr_auroc', 'utility.tstr_gap'])
      expect(await score(id, oneClass, split, {}, { label: 'death' })).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining('single-class-train') as string,
      });
  });

  it('scaling is fitted on the training side only', () => {
    const training = { rows: 3, columns: ['x', 'constant'], values: Float32Array.from([0, 5, 2, 5, 4, 5]) };
    const design = fitDesign(training);
    const test = { rows: 2, columns: ['x', 'constant'], values: Float32Array.from([2, 9, Number.NaN, 9]) };
    expect(design.columns).toBe(1);
    expect([...design.transform(test)]).toEqual([0, 0]);
    expect(design.transform({ ...test, values: Float32Array.from([1e30, 0, 4, 0]) })[0]).toBe(10);
  });

  it('the test set keeps its natural prevalence', async () => {
    const result = await score('utility.trtr_auroc', split.train, split, {}, { label: 'death' });
    const prevalence = split.holdout.labels.reduce((sum, y) => sum + y, 0) / split.holdout.size;
    expect(result).toMatchObject({ detail: { testPrevalence: prevalence } });
  });

  it('stays with an unknown label are left out', async () => {
    const known = new Uint8Array(split.train.size).fill(1, 0, 60);
    const some = changed(split.train, { labelsObserved: known });
    const direct = await score('utility.tstr_auroc', some, split, {}, { label: 'death' });
    expect(direct.state).toBe('ok');
    const none = changed(split.train, { labelsObserved: new Uint8Array(split.train.size) });
    expect(await score('utility.tstr_auroc', none, split, {}, { label: 'death' })).toMatchObject({
      state: 'undefined',
    });
  });

  it('tstr gap is paired on the same test patients', async () => {
    const copy = changed(split.train, {});
    const result = await score('utility.tstr_gap', copy, split, {}, { label: 'death', resamples: 20 });
    expect(result).toMatchObject({ value: 0, ciLow: 0, ciHigh: 0 });
  });
});

describe('privacy', () => {
  it('dcrShare counts ties as one half', () => {
    expect(shareCloser([1, 2, 3, 4], [1, 3, 2, 4])).toBe(0.5);
    expect(shareCloser([0, 0], [0, 0])).toBe(0.5);
    expect(shareCloser([0, 1, 1], [1, 1, 1])).toBeCloseTo(2 / 3, 12);
  });

  it('distances of members and non-members are on one scale, the range of train', async () => {
    const train = courses([0], [10], [4], [6]);
    const holdout = courses([0], [5], [4], [6]);
    const synthetic = courses([0], [10], [5], [6]);
    const result = await score('privacy.mia_distance_auroc', synthetic, { train, holdout });
    // Members miss 0, 0, 1, 0 and non-members 0, 0, 1, 0 units: scaled apart by range they would differ.
    expect(valueOf(result)).toBe(0.5);
  });

  it('one side missing is distance 1, both missing 0, and a column without range a mismatch', () => {
    const train = { rows: 2, columns: ['x', 'y', 'z'], values: Float32Array.from([0, 7, NaN, 2, 7, 1]) };
    const space = gowerSpace(train);
    const other = { rows: 1, columns: train.columns, values: Float32Array.from([1, 8, NaN]) };
    const { fromB } = nearestBothWays(space.coordinates(train), space.coordinates(other), space);
    expect(fromB[0]).toBeCloseTo((0.5 + 1 + 0) / 3, 12);
  });

  it('the rate of found members needs non-members that resolve the false-positive rate', async () => {
    const split = simulateSplit([50], 'resolution');
    const result = await score('privacy.mia_tpr_at_fpr', split.train, split, { fpr: 0.01 });
    expect(result).toMatchObject({ state: 'undefined', reason: expect.stringContaining('0.0200') as string });
    expect(await score('privacy.mia_tpr_at_fpr', split.train, split, { fpr: 0.02 })).toMatchObject({
      value: 1,
    });
  });

  it('duplicates of holdout stays weigh against duplicates of training stays', async () => {
    const split = simulateSplit([40], 'duplicates');
    expect(valueOf(await score('privacy.duplicate_excess', split.train, split))).toBe(1);
    expect(valueOf(await score('privacy.duplicate_excess', split.holdout, split))).toBe(-1);
    expect(valueOf(await score('privacy.duplicate_excess', split.reference, split))).toBe(0);
  });
});

describe('unequal numbers of members and non-members', () => {
  const A = (n: number, value: (i: number) => number): Cohort =>
    courses(...Array.from({ length: n }, (_, i) => [value(i), 1]));

  it('a record that is as common in holdout as in train is no leak', async () => {
    // One record in ten is the same everywhere: 20 of 200 in train, 5 of 50 in holdout, all of the synthetic ones.
    const train = A(200, (i) => (i % 10 === 0 ? -1 : i));
    const holdout = A(50, (i) => (i % 10 === 0 ? -1 : 1000 + i));
    const common = A(30, () => -1);
    expect(valueOf(await score('privacy.duplicate_excess', common, { train, holdout }))).toBe(0);
  });

  it('a synthetic stay next to train counts holdout stays per training stay', () => {
    // Two of three nearer to train, which is twice as large: as many as chance gives.
    expect(shareCloser([1, 1, 2], [2, 2, 1], () => 0.5)).toBe(0.5);
    expect(shareCloser([1, 1, 1], [2, 2, 2], () => 0.5)).toBe(1);
  });
});

describe('no sentinel', () => {
  const split = simulateSplit([30], 'sentinel');

  it.each(metrics.map((metric) => metric.descriptor.id))(
    '%s: empty synthetic is undefined with reason',
    async (id) => {
      const result = await score(id, emptyCohort(split.train), split, {}, { label: 'death' });
      if (metricNamed(id).descriptor.needs.includes('synthetic'))
        expect(result).toMatchObject({
          state: 'undefined',
          reason: expect.stringContaining('empty-synthetic') as string,
        });
      else expect(result.state).toBe('ok');
    },
  );

  it.each(metrics.map((metric) => metric.descriptor.id))(
    '%s: one synthetic patient is undefined with reason',
    async (id) => {
      const one = selectStays(split.train, [0]);
      const result = await score(id, one, split, {}, { label: 'death' });
      if (metricNamed(id).descriptor.needs.includes('synthetic'))
        expect(result).toMatchObject({
          state: 'undefined',
          reason: expect.stringContaining('one-stay-synthetic') as string,
        });
    },
  );

  it('an exception becomes state failed with its message', async () => {
    const metric = defineMetric(metrics[0]!.descriptor, 'equal', () => {
      throw new RangeError('what went wrong');
    });
    const inputs = { ...split, synthetic: split.train, label: null, resamples: 0 };
    expect(await metric.compute(inputs, {}, random('x'))).toMatchObject({
      state: 'failed',
      reason: 'what went wrong',
    });
  });

  it('a number that is not finite becomes state failed', async () => {
    const metric = defineMetric(metrics[0]!.descriptor, 'equal', () => okResult(Number.NaN, null, 3));
    const inputs = { ...split, synthetic: split.train, label: null, resamples: 0 };
    expect(await metric.compute(inputs, {}, random('x'))).toMatchObject({ state: 'failed', n: 3 });
  });
});
