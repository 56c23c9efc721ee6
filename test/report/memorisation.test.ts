import { describe, expect, it } from 'vitest';
import { boundsOf, computeBounds } from '../../src/metrics/bounds.js';
import type { Cohort, CohortSplit } from '../../src/cohort/types.js';
import type { MetricSelection } from '../../src/metrics/defineMetric.js';
import { metricNamed, metricsOf } from '../../src/metrics/selection.js';
import { resultAt } from '../../src/metrics/resultAt.js';
import { POOLED } from '../../src/metrics/sampling.js';
import {
  betterThanFreshPatients,
  memorisationSigns,
  type AgainstTrain,
} from '../../src/report/memorisation.js';
import { halfCopy } from '../../src/selftest/generators/halfCopy.js';
import { simulateSplit } from '../metrics/simulatedCohort.js';

const { descriptor: gap } = metricNamed('marginal.ks');
const { descriptor: agreement } = metricNamed('marginal.prevalence_r2');

const of = (value: number, low: number | null, high: number | null, ceiling = 0.1): AgainstTrain => ({
  descriptor: gap,
  value,
  low,
  high,
  ceiling,
});

describe('better than fresh patients', () => {
  it('counts the noise of the ceiling: √2 half-widths, on the side of the ceiling only', () => {
    expect(betterThanFreshPatients(of(0.05, 0.04, 0.08))).toBe(true);
    expect(betterThanFreshPatients(of(0.05, 0.04, 0.09))).toBe(false);
    expect(betterThanFreshPatients(of(0.05, 0, 0.08))).toBe(true);
    expect(betterThanFreshPatients(of(0.2, 0.19, 0.21))).toBe(false);
    const r2: AgainstTrain = { descriptor: agreement, value: 0.95, low: 0.93, high: 1, ceiling: 0.9 };
    expect(betterThanFreshPatients(r2)).toBe(true);
    expect(betterThanFreshPatients({ ...r2, low: 0.91 })).toBe(false);
  });

  it('knows nothing without an interval or with one of no width', () => {
    expect(betterThanFreshPatients(of(0, null, null))).toBe(false);
    expect(betterThanFreshPatients(of(0, 0, 0))).toBe(false);
  });

  it('is a flag from one score of four on, from two of five on, from three of 17 on', () => {
    const [better, usual] = [of(0.02, 0.01, 0.03), of(0.1, 0.05, 0.15)];
    const flags = (count: number, all: number): number =>
      memorisationSigns(Array.from({ length: all }, (_, k) => (k < count ? better : usual))).length;
    expect([flags(1, 1), flags(1, 4), flags(1, 5), flags(2, 5), flags(2, 16)]).toEqual([1, 1, 0, 2, 2]);
    expect([flags(2, 17), flags(3, 17)]).toEqual([0, 3]);
  });
});

/** Every fidelity metric of the preset fast against train, but for the classifier, which trains forests. */
const selections = metricsOf('fast').filter(
  ({ metric, parameters }) =>
    parameters['against'] === 'train' && metric.descriptor.id !== 'joint.discriminator_auroc',
);

const [attack] = metricsOf(['privacy.mia_distance_auroc']) as [MetricSelection];

/** Of the tutorial: few metrics, so that one is enough for a flag. */
const few = [
  'marginal.ks',
  'pairwise.correlation_gap',
  'temporal.acf_gap',
  'temporal.increment_ks',
] as readonly string[];

async function scoresAgainstTrain(
  split: CohortSplit,
  cohorts: readonly Cohort[],
  seed: number,
): Promise<AgainstTrain[][]> {
  const options = { selections, resamples: 40, label: 'death', seed };
  const bounds = await computeBounds(split, { ...options, sites: [POOLED] });
  return Promise.all(
    cohorts.map((cohort) =>
      Promise.all(
        selections.map(async (selection) => {
          const { descriptor } = selection.metric;
          const result = await resultAt(split, cohort, POOLED, selection, options);
          const { ceiling } = boundsOf(bounds, POOLED, descriptor.id, selection.parameters);
          return result.state === 'ok'
            ? { descriptor, value: result.value, low: result.ciLow, high: result.ciHigh, ceiling }
            : { descriptor, value: null, low: null, high: null, ceiling };
        }),
      ),
    ),
  );
}

describe('the memorisation flag, with 120 patients a part', () => {
  it(
    'is raised by few faultless generators, of few metrics and of all, and by copies of train',
    { timeout: 60_000 },
    async () => {
      const triples = 40;
      const raised = { fresh: 0, freshOfFew: 0, half: 0, copy: 0, halfAttacked: 0 };
      for (let k = 0; k < triples; k++) {
        const split = simulateSplit([60, 60], `memorised-${k}`);
        const [fresh, half, copy] = await scoresAgainstTrain(
          split,
          [split.reference, halfCopy(split), split.train],
          k,
        );
        const flag = (scores: readonly AgainstTrain[]): number =>
          Math.min(1, memorisationSigns(scores).length);
        raised.fresh += flag(fresh!);
        raised.freshOfFew += flag(fresh!.filter(({ descriptor }) => few.includes(descriptor.id)));
        raised.half += flag(half!);
        raised.copy += flag(copy!);
        const attacked = await resultAt(split, halfCopy(split), POOLED, attack, {
          resamples: 0,
          label: null,
          seed: k,
        });
        if (attacked.state === 'ok' && attacked.ciLow! > 0.5) raised.halfAttacked++;
      }
      // 5 % of 40 are 2; a rate of 5 % stays below 6 in 98.6 % of such simulations.
      expect(raised.fresh).toBeLessThan(6);
      expect(raised.freshOfFew).toBeLessThan(6);
      expect(raised.copy).toBe(triples);
      // Half a copy is half as far from train as fresh patients are, which little more than its attack can tell at this size.
      expect(raised.half).toBeGreaterThan(0.2 * triples);
      expect(raised.halfAttacked).toBe(triples);
    },
  );
});
