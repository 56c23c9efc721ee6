import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectStays } from '../../src/cohort/select.js';
import type { Cohort } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import type { MetricInputs, Result } from '../../src/metrics/contract.js';
import { metrics } from '../../src/metrics/index.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { cohortOf, simulateSplit } from './simulatedCohort.js';

const DETERMINISTIC = [
  'marginal.ks',
  'marginal.wasserstein',
  'marginal.missing_rate',
  'marginal.prevalence_r2',
  'marginal.tvd',
  'marginal.js',
  'marginal.prevalence_pearson',
  'marginal.prevalence_pearson_squared',
  'marginal.prevalence_rmse',
  'marginal.prevalence_mae',
  'marginal.codes_lost',
  'marginal.codes_invented',
  'marginal.observed_mean_gap',
  'marginal.observed_sd_gap',
  'marginal.static_gap',
  'marginal.label_prevalence_gap',
  'marginal.length_ks',
  'marginal.event_count_ks',
  'marginal.stays_per_patient_ks',
  'pairwise.correlation_gap',
  'pairwise.association_gap',
  'pairwise.correlation_agreement',
  'pairwise.cooccurrence_r2',
  'temporal.acf_gap',
  'temporal.mask_transition',
  'joint.mmd',
  'utility.next_step_auroc',
  'utility.next_step_mae',
  'temporal.cross_lag_gap',
  'temporal.increment_ks',
  'temporal.sequence_statistics_ks',
  'temporal.gap_ks',
  'temporal.measurement_gap_ks',
  'temporal.event_time_ks',
  'temporal.missing_rate_over_time',
  'temporal.mask_cooccurrence',
  'temporal.code_transition',
  'temporal.code_bigram_r2',
  'temporal.spectral_gap',
  'temporal.dtw_set_distance',
  'privacy.mia_distance_auroc',
  'privacy.dcr_share',
  'privacy.duplicate_excess',
  'privacy.nnaa',
  'privacy.mir_f1',
  'privacy.mia_median_accuracy',
  'privacy.dcr_quantile',
  'privacy.nndr',
  'privacy.epsilon_identifiability',
  'privacy.mia_monte_carlo_auroc',
  'privacy.mia_advantage',
];
const LOOSE = { minJoint: 3, minPairs: 3, minVisits: 2, minStays: 2 };

const value = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -8, max: 8 }).map((v) => v / 2),
);
/** Cohorts of the same grid: `stays` × 4 steps × 3 features. */
function cohort(stays: number): fc.Arbitrary<Cohort> {
  const step = fc.array(value, { minLength: 3, maxLength: 3 });
  const stay = fc.array(step, { minLength: 4, maxLength: 4 });
  return fc.array(stay, { minLength: stays, maxLength: stays }).map((rows) => cohortOf(rows));
}

function inputs(train: Cohort, holdout: Cohort, synthetic: Cohort, resamples = 0): MetricInputs {
  return { train, holdout, synthetic, reference: null, label: null, resamples };
}

function score(id: string, from: MetricInputs): Promise<Result> {
  return Promise.resolve(metricNamed(id).compute(from, LOOSE, random('property')));
}

function expectSame(first: Result, second: Result): void {
  expect(second.state).toBe(first.state);
  if (first.state === 'ok' && second.state === 'ok') expect(second.value).toBeCloseTo(first.value, 10);
}

/** Features in another order. */
function reordered(from: Cohort, order: readonly number[]): Cohort {
  const features = order.length;
  const source = (cell: number): number => cell - (cell % features) + order[cell % features]!;
  return {
    ...from,
    schema: { ...from.schema, features: order.map((f) => from.schema.features[f]!) },
    values: from.values.map((_, cell) => from.values[source(cell)]!),
    observed: from.observed.map((_, cell) => from.observed[source(cell)]!),
  };
}

describe.each(DETERMINISTIC)('%s', (id) => {
  it('does not depend on the order of patients', async () => {
    await fc.assert(
      fc.asyncProperty(cohort(6), cohort(6), cohort(6), fc.nat(1000), async (r, h, s, seed) => {
        const mixed = (c: Cohort, role: string): Cohort =>
          selectStays(c, random('order', role, seed).permutation(c.size));
        expectSame(
          await score(id, inputs(r, h, s)),
          await score(id, inputs(mixed(r, 'r'), mixed(h, 'h'), mixed(s, 's'))),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the order of features, and permutes its details with them', async () => {
    await fc.assert(
      fc.asyncProperty(cohort(6), cohort(6), cohort(6), async (r, h, s) => {
        const order = [2, 0, 1];
        const first = await score(id, inputs(r, h, s));
        const second = await score(id, inputs(reordered(r, order), reordered(h, order), reordered(s, order)));
        expectSame(first, second);
        if (first.state !== 'ok' || second.state !== 'ok') return;
        const values: unknown = first.detail?.['values'];
        const moved: unknown = second.detail?.['values'];
        if (!Array.isArray(values) || !Array.isArray(moved)) return;
        order.forEach((f, place) => {
          const before: unknown = values[f];
          const after: unknown = moved[place];
          if (typeof before === 'number' && typeof after === 'number') expect(after).toBeCloseTo(before, 10);
          else expect(after).toBe(before);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('stays within its range, its interval around it', async () => {
    const [low, high] = metricNamed(id).descriptor.range;
    await fc.assert(
      fc.asyncProperty(cohort(6), cohort(6), cohort(6), async (r, h, s) => {
        const result = await score(id, inputs(r, h, s, 10));
        expect(result.state).not.toBe('failed');
        if (result.state !== 'ok') return;
        expect(result.value).toBeGreaterThanOrEqual(low ?? Number.NEGATIVE_INFINITY);
        expect(result.value).toBeLessThanOrEqual(high ?? Number.POSITIVE_INFINITY);
        if (result.ciLow === null || result.ciHigh === null) return;
        expect(result.ciLow).toBeLessThanOrEqual(result.value + 1e-12);
        expect(result.ciHigh).toBeGreaterThanOrEqual(result.value - 1e-12);
      }),
      { numRuns: 30 },
    );
  });
});

describe('linear rescaling of a feature', () => {
  it('changes neither KS nor z-scaled W1 nor correlations nor autocorrelations', async () => {
    const { train, holdout, reference } = simulateSplit([50], 'rescaled');
    const rescaled = (c: Cohort): Cohort => ({
      ...c,
      values: c.values.map((v, i) => (c.observed[i] === 1 ? 4 * v + 64 : 0)),
    });
    for (const id of ['marginal.ks', 'marginal.wasserstein', 'pairwise.correlation_gap', 'temporal.acf_gap'])
      expectSame(
        await score(id, inputs(train, holdout, reference)),
        await score(id, inputs(rescaled(train), rescaled(holdout), rescaled(reference))),
      );
  });
});

describe('bootstrap intervals', () => {
  it('of the missing rate cover the true gap in about 95 % of samples', async () => {
    // Stays differ in how often they are measured: cells of one stay are not independent, patients are.
    const stream = random('coverage');
    const sample = (rate: number): Cohort =>
      cohortOf(
        Array.from({ length: 60 }, () => {
          const ofStay = rate + 0.25 * (stream.uniform() - 0.5);
          return Array.from({ length: 10 }, () => [stream.uniform() < ofStay ? 1 : null]);
        }),
      );
    let covered = 0;
    for (let k = 0; k < 300; k++) {
      const [real, synthetic] = [sample(0.7), sample(0.4)];
      const result = await score('marginal.missing_rate', inputs(real, real, synthetic, 100));
      if (result.state !== 'ok') throw new Error(result.state);
      if (result.ciLow! <= 0.3 && 0.3 <= result.ciHigh!) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
    expect(covered / 300).toBeLessThan(0.985);
  });

  it('have the width of the spread over fresh samples', async () => {
    const found = new Map<string, { values: number[]; widths: number[] }>();
    for (let k = 0; k < 24; k++) {
      const split = simulateSplit([70], `width-${k}`);
      // Half the level of the real values is added, so that the gaps are far from 0.
      const biased = {
        ...split.reference,
        values: split.reference.values.map((v, i) =>
          split.reference.observed[i] === 1 && i % 6 < 5 ? v + 5 : v,
        ),
      };
      for (const id of ['marginal.ks', 'marginal.wasserstein']) {
        const result = await score(id, inputs(split.train, split.holdout, biased, 60));
        if (result.state !== 'ok') throw new Error(result.state);
        const entry = found.get(id) ?? { values: [], widths: [] };
        entry.values.push(result.value);
        entry.widths.push((result.ciHigh! - result.ciLow!) / (2 * 1.96));
        found.set(id, entry);
      }
    }
    for (const [id, { values, widths }] of found) {
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
      const width = widths.reduce((sum, v) => sum + v, 0) / widths.length;
      expect(width / sd, id).toBeGreaterThan(0.65);
      expect(width / sd, id).toBeLessThan(1.5);
    }
  });
});

describe('descriptors', () => {
  it.each(metrics.map(({ descriptor }) => descriptor))('$id explains itself', (descriptor) => {
    expect(descriptor.id.startsWith(`${descriptor.family}.`)).toBe(true);
    for (const text of [
      descriptor.title,
      descriptor.explanation,
      descriptor.definition,
      descriptor.undefinedWhen,
    ])
      expect(text.length).toBeGreaterThan(5);
    expect(Object.values(descriptor.variants).flat().length).toBeGreaterThan(0);
    if (descriptor.direction === 'target') expect(descriptor.ideal).not.toBeNull();
    if (descriptor.ideal === 0.5) expect(descriptor.direction).toBe('target');
  });

  it('have different ids', () => {
    expect(new Set(metrics.map(({ descriptor }) => descriptor.id)).size).toBe(metrics.length);
  });
});
