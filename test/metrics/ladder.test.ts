import { describe, expect, it } from 'vitest';
import { selectStays } from '../../src/cohort/select.js';
import type { Cohort, CohortSplit } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import { computeBounds, type Bounds } from '../../src/metrics/bounds.js';
import { metricNamed, metricsOf } from '../../src/metrics/selection.js';
import { scoreCohort, type ScoredSite } from '../../src/metrics/scoreCohort.js';
import { halfCopy } from '../../src/selftest/generators/halfCopy.js';
import { imputedCells } from '../../src/selftest/generators/imputedCells.js';
import { permutedLabels } from '../../src/selftest/generators/labels.js';
import { collapsedToMean } from '../../src/selftest/generators/meanCollapse.js';
import { shuffledHours } from '../../src/selftest/generators/shuffledHours.js';
import { copyOf } from '../../src/trainers/references/copy.js';
import { independentMarginals } from '../../src/trainers/references/independentMarginals.js';
import { emptyCohort, simulateCohort, simulateSplit } from './simulatedCohort.js';

const split = simulateSplit([120, 120], 'ladder');
const options = {
  selections: [...metricsOf('fast'), ...metricsOf(['joint.mmd'])],
  resamples: 40,
  label: 'death',
  seed: 3,
};
let made: Promise<Bounds> | undefined;

interface Ladder {
  readonly rows: readonly ScoredSite[];
  at(metric: string, parameter?: string, site?: string): ScoredSite;
  value(metric: string, parameter?: string, site?: string): number;
}

async function climb(synthetic: Cohort, on: CohortSplit = split): Promise<Ladder> {
  const bounds = await (on === split ? (made ??= computeBounds(split, options)) : computeBounds(on, options));
  const rows = await scoreCohort(on, synthetic, bounds, options);
  const at = (metric: string, parameter?: string, site = 'pooled'): ScoredSite => {
    const found = rows.find(
      (row) =>
        row.site === site &&
        row.metric === metric &&
        (parameter === undefined || Object.values(row.parameters).includes(parameter)),
    );
    if (found === undefined) throw new Error(`no row ${metric} ${parameter ?? ''} ${site}`);
    return found;
  };
  return {
    rows,
    at,
    value: (...place) => {
      const { result } = at(...place);
      if (result.state !== 'ok') throw new Error(`${place.join(' ')}: ${result.state} ${result.reason}`);
      return result.value;
    },
  };
}

function contains(row: ScoredSite, value: number | null): boolean {
  const { result } = row;
  return (
    result.state === 'ok' &&
    value !== null &&
    result.ciLow !== null &&
    result.ciHigh !== null &&
    result.ciLow <= value &&
    value <= result.ciHigh
  );
}

const FIDELITY = [
  'marginal.ks',
  'marginal.wasserstein',
  'marginal.tvd',
  'marginal.js',
  'marginal.missing_rate',
  'marginal.prevalence_r2',
  'marginal.label_prevalence_gap',
  'marginal.length_ks',
  'pairwise.correlation_gap',
  'temporal.acf_gap',
  'temporal.mask_transition',
  'temporal.cross_lag_gap',
  'temporal.increment_ks',
  'temporal.gap_ks',
  'temporal.missing_rate_over_time',
  'joint.discriminator_auroc',
];

describe('self-test ladder: what every metric must say about known generators', () => {
  it('fresh patients: fidelity at the ceiling, no leak, no loss of utility', async () => {
    const ladder = await climb(split.reference);
    for (const metric of FIDELITY) {
      const row = ladder.at(metric, 'holdout');
      const { result } = row;
      if (result.state !== 'ok' || result.ciLow === null || result.ciHigh === null) throw new Error(metric);
      // Both the score and the ceiling are estimates: within two half-widths of each other.
      expect(Math.abs(result.value - row.ceiling!), metric).toBeLessThan(result.ciHigh - result.ciLow);
    }
    expect(contains(ladder.at('privacy.mia_distance_auroc'), 0.5)).toBe(true);
    expect(contains(ladder.at('privacy.dcr_share'), 0.5)).toBe(true);
    expect(contains(ladder.at('utility.tstr_gap', 'logistic'), 0)).toBe(true);
    expect(ladder.value('privacy.duplicate_excess')).toBe(0);
  });

  it('a copy of train: exactly the ceiling against the holdout, the ideal against train, and every privacy alarm', async () => {
    const ladder = await climb(copyOf(split.train));
    for (const site of ['pooled', 'A', 'B']) {
      for (const metric of FIDELITY) {
        expect(ladder.value(metric, 'holdout', site), metric).toBe(
          ladder.at(metric, 'holdout', site).ceiling,
        );
        const { ideal } = metricNamed(metric).descriptor;
        expect(ladder.value(metric, 'train', site), metric).toBeCloseTo(ideal ?? Number.NaN, 12);
      }
      // An unbiased statistic of a sample against itself lies below 0, its ideal.
      expect(ladder.value('joint.mmd', 'holdout', site)).toBe(
        ladder.at('joint.mmd', 'holdout', site).ceiling,
      );
      expect(ladder.value('joint.mmd', 'train', site)).toBeLessThan(0);
      expect(ladder.value('privacy.mia_distance_auroc', undefined, site)).toBeGreaterThan(0.99);
      expect(ladder.value('privacy.dcr_share', undefined, site)).toBe(1);
      expect(ladder.value('privacy.duplicate_excess', undefined, site)).toBe(1);
      expect(ladder.value('utility.tstr_gap', 'logistic', site)).toBe(0);
      const tstr = ladder.at('utility.tstr_auroc', 'forest', site);
      expect(ladder.value('utility.tstr_auroc', 'forest', site)).toBe(tstr.ceiling);
    }
  });

  it('a copy keeps its scores when train is larger than the holdout and stays are subsampled', async () => {
    const large = { ...split, train: simulateCohort([200, 130], 'ladder-large') };
    const ladder = await climb(copyOf(large.train), large);
    expect(ladder.value('marginal.ks', 'train')).toBeCloseTo(0, 12);
    expect(ladder.value('marginal.ks', 'holdout')).toBe(ladder.at('marginal.ks', 'holdout').ceiling);
    expect(ladder.value('privacy.mia_distance_auroc')).toBeGreaterThan(0.99);
    expect(ladder.value('privacy.dcr_share')).toBe(1);
  });

  it('a few copies of a large train set are found though the holdout is smaller, at every site', async () => {
    const large = {
      ...split,
      train: simulateCohort([300, 300], 'few-copies-train'),
      holdout: simulateCohort([100, 150], 'few-copies-holdout'),
    };
    const few = selectStays(
      large.train,
      Array.from({ length: 60 }, (_, i) => i * 10 + 3),
    );
    const ladder = await climb(copyOf(few), large);
    for (const site of ['pooled', 'A', 'B']) {
      expect(ladder.value('privacy.dcr_share', undefined, site)).toBe(1);
      expect(ladder.value('privacy.duplicate_excess', undefined, site)).toBe(1);
    }
    const fresh = await climb(split.reference, large);
    for (const site of ['pooled', 'A', 'B']) {
      expect(contains(fresh.at('privacy.dcr_share', undefined, site), 0.5), site).toBe(true);
      expect(fresh.value('privacy.duplicate_excess', undefined, site)).toBe(0);
    }
  });

  it('half copy, half fresh: attack and copy check half way, fidelity good', async () => {
    const rows = split.train.size;
    const half = halfCopy(split);
    const ladder = await climb(half);
    expect(half.size).toBe(rows);
    expect(Math.abs(ladder.value('privacy.mia_distance_auroc') - 0.75)).toBeLessThan(0.07);
    expect(Math.abs(ladder.value('privacy.dcr_share') - 0.75)).toBeLessThan(0.07);
    expect(Math.abs(ladder.value('privacy.duplicate_excess') - 0.5)).toBeLessThan(0.01);
  });

  it('independent marginals: marginals right, time and pairs wrong, utility lost, no leak', async () => {
    const ladder = await climb(independentMarginals(split.train, random('ladder-marginals')));
    for (const metric of ['marginal.ks', 'marginal.wasserstein', 'marginal.missing_rate'])
      expect(ladder.value(metric, 'train'), metric).toBeLessThan(1e-6);
    for (const metric of [
      'pairwise.correlation_gap',
      'temporal.acf_gap',
      'temporal.mask_transition',
      'temporal.cross_lag_gap',
      'temporal.increment_ks',
    ]) {
      const row = ladder.at(metric, 'holdout');
      expect(ladder.value(metric, 'holdout'), metric).toBeGreaterThan(3 * row.ceiling!);
      expect(Math.abs(ladder.value(metric, 'holdout') - row.floor!), metric).toBeLessThan(0.03);
    }
    expect(ladder.value('joint.discriminator_auroc', 'holdout')).toBeGreaterThan(0.95);
    expect(ladder.at('joint.mmd', 'holdout').result).toMatchObject({ detail: { pValue: 1 / 41 } });
    expect(ladder.value('utility.tstr_gap', 'logistic')).toBeGreaterThan(0.1);
    expect(contains(ladder.at('privacy.mia_distance_auroc'), 0.5)).toBe(true);
    expect(contains(ladder.at('privacy.dcr_share'), 0.5)).toBe(true);
  });

  it('shuffled hours inside a stay: only time is wrong', async () => {
    const ladder = await climb(shuffledHours(split.train, random('shuffled-hours')));
    expect(ladder.value('marginal.ks', 'train')).toBeLessThan(1e-6);
    expect(ladder.value('pairwise.correlation_gap', 'train')).toBeLessThan(1e-6);
    for (const metric of ['temporal.acf_gap', 'temporal.increment_ks'])
      expect(ladder.value(metric, 'holdout'), metric).toBeGreaterThan(
        3 * ladder.at(metric, 'holdout').ceiling!,
      );
    expect(ladder.value('joint.discriminator_auroc', 'holdout')).toBeGreaterThan(0.55);
  });

  it('permuted labels: only utility is lost', async () => {
    const ladder = await climb(permutedLabels(split.train, random('labels')));
    for (const metric of FIDELITY)
      expect(ladder.value(metric, 'holdout'), metric).toBe(ladder.at(metric, 'holdout').ceiling);
    expect(Math.abs(ladder.value('utility.tstr_auroc', 'logistic') - 0.5)).toBeLessThan(0.2);
    expect(ladder.value('utility.tstr_gap', 'logistic')).toBeGreaterThan(0.1);
  });

  it('mean collapse: marginals bad, correlations and autocorrelations undefined, discriminator 1', async () => {
    const ladder = await climb(collapsedToMean(split.train));
    expect(ladder.value('marginal.ks', 'holdout')).toBeGreaterThan(0.4);
    for (const metric of ['pairwise.correlation_gap', 'temporal.acf_gap', 'temporal.cross_lag_gap'])
      expect(ladder.at(metric, 'holdout').result, metric).toMatchObject({ state: 'undefined' });
    expect(ladder.value('joint.discriminator_auroc', 'holdout')).toBeGreaterThan(0.99);
    expect(contains(ladder.at('privacy.mia_distance_auroc'), 0.5)).toBe(true);
  });

  it('one site only: pooled mild, the other hospital undefined with a reason', async () => {
    const fromA = simulateCohort([240, 0], 'ladder-only-a');
    const ladder = await climb(fromA);
    const ceiling = ladder.at('marginal.ks', 'holdout').ceiling!;
    expect(ladder.value('marginal.ks', 'holdout')).toBeGreaterThan(1.5 * ceiling);
    expect(ladder.at('marginal.ks', 'holdout', 'B').result).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('empty-synthetic') as string,
    });
    expect(ladder.at('utility.trtr_auroc', 'logistic', 'B').result.state).toBe('ok');
  });

  it('missingness removed: missing rate and mask metrics bad', async () => {
    const ladder = await climb(imputedCells(split.train));
    for (const metric of [
      'marginal.missing_rate',
      'temporal.mask_transition',
      'temporal.missing_rate_over_time',
    ])
      expect(ladder.value(metric, 'holdout'), metric).toBeGreaterThan(
        5 * ladder.at(metric, 'holdout').ceiling!,
      );
    expect(ladder.value('joint.discriminator_auroc', 'holdout')).toBeGreaterThan(0.99);
  });

  it('no stays: a row for everything, undefined with a reason', async () => {
    const ladder = await climb(emptyCohort(split.train));
    expect(ladder.rows).toHaveLength(3 * options.selections.length);
    for (const { metric, result } of ladder.rows)
      if (metric !== 'utility.trtr_auroc')
        expect(result).toMatchObject({
          state: 'undefined',
          reason: expect.stringContaining('empty-synthetic') as string,
        });
  });
});

describe('score rows', () => {
  it('are plain JSON without NaN, equal when computed again, and complete', async () => {
    const [first, second] = [await climb(copyOf(split.reference)), await climb(copyOf(split.reference))];
    const stripped = (rows: readonly ScoredSite[]): unknown[] => rows.map((row) => ({ ...row, seconds: 0 }));
    expect(JSON.parse(JSON.stringify(stripped(first.rows)))).toEqual(stripped(second.rows));
    for (const { result } of first.rows) if (result.state !== 'ok') expect(result.reason).not.toBe('');
  });

  it('of a hospital with fewer than 11 real stays are skipped and tell no count', async () => {
    const small = simulateSplit([40, 8], 'small-site');
    const rows = await scoreCohort(small, copyOf(small.train), null, { ...options, sites: ['B'] });
    for (const { result } of rows)
      expect(result).toMatchObject({
        state: 'skipped',
        n: 0,
        reason: expect.stringContaining('small-site') as string,
      });
  });

  it('need the schema of the real cohort', async () => {
    const other = { ...split.train, schema: { ...split.train.schema, labels: [] } };
    await expect(scoreCohort(split, other, null, options)).rejects.toThrow('label death is missing');
  });
});
