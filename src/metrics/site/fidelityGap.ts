import { selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import { CohortCache } from '../cohortCache.js';
import { comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { meanKs } from '../marginal/meanKs.js';
import { choiceParameter } from '../parameters.js';
import { atSite } from '../sampling.js';
import { SMALLEST_SITE, staysBySite } from './siteStays.js';

const SUMMARIES = ['worst', 'mean', 'spread'] as const;

const descriptor: MetricDescriptor = {
  id: 'site.fidelity_gap',
  version: 1,
  family: 'site',
  title: 'Fidelity gap between hospitals',
  explanation:
    'How much worse the synthetic patients fit a hospital than the real patients of the other hospitals would: 0 means as well, above 0 worse, below 0 better.',
  definition: `For every hospital k: KS(S, H_k) − KS(R without k, H_k), KS = mean over features as in marginal.ks, S the whole synthetic cohort, R train, H holdout (R_k with against=train). The second term is what the real patients of all other hospitals reach at that hospital, at the same number of its stays. summary=worst is the largest gap, mean their mean, spread largest minus smallest; gaps and both terms of every hospital are in detail. S has as many stays as R. How well synthetic stays that name hospital k fit it is said by marginal.ks at that site. Hospitals with fewer than ${SMALLEST_SITE} stays in train or holdout are left out and named. Interval: value ± 1.96 standard errors of a bootstrap over patients, the stays of hospital k drawn alike in both terms.`,
  source: 'This project.',
  direction: 'lower',
  ideal: null,
  range: [-1, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `Fewer than two hospitals have ${SMALLEST_SITE} stays in train and in holdout.`,
  variants: {
    full: SUMMARIES.map((summary) => ({ summary, against: 'holdout' })),
  },
  pooledOnly: true,
  headline: false,
  bounds: 'reference-cohorts',
};

export const fidelityGap = defineMetric(descriptor, 'arms', (inputs, parameters, random) => {
  const { train, holdout, synthetic, resamples } = inputs;
  const summary = choiceParameter(parameters, 'summary', SUMMARIES);
  const real = comparisonCohort(inputs, parameters);
  const n = synthetic.size + train.size + holdout.size;
  const { sites, suppressed } = staysBySite(train, holdout);
  if (sites.length < 2) return undefinedResult(`one-hospital: ${descriptor.undefinedWhen}`, n);
  const seeds = {
    synthetic: bootstrapSeed(random),
    others: bootstrapSeed(random),
    own: bootstrapSeed(random),
  };
  const gaps = sites.map(({ id }) => {
    const own = atSite(real, id);
    const generated = meanKs(synthetic, own, resamples, [seeds.synthetic, seeds.own]);
    const ceiling = meanKs(withoutSite(train, id), own, resamples, [seeds.others, seeds.own]);
    return { id, generated, ceiling };
  });
  const defined = gaps.flatMap(({ id, generated, ceiling }) =>
    generated.point === null || ceiling.point === null
      ? []
      : [
          {
            site: id,
            distance: generated.point,
            ceiling: ceiling.point,
            gap: generated.point - ceiling.point,
          },
        ],
  );
  if (defined.length < sites.length)
    return undefinedResult('no-observed-values: a hospital has no observed value to compare', n);
  const value = summarised(
    summary,
    defined.map(({ gap }) => gap),
  );
  const replicates = Array.from({ length: resamples }, (_, b) => {
    const drawn = gaps.flatMap(({ generated, ceiling }) => {
      const [first, second] = [generated.resampled[b] ?? null, ceiling.resampled[b] ?? null];
      return first === null || second === null ? [] : [first - second];
    });
    return drawn.length < sites.length ? null : summarised(summary, drawn);
  });
  const standardError = bootstrapStandardError(replicates);
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    { sites: defined, suppressed },
  );
});

function summarised(summary: (typeof SUMMARIES)[number], gaps: readonly number[]): number {
  const [smallest, largest] = [Math.min(...gaps), Math.max(...gaps)];
  if (summary === 'worst') return largest;
  if (summary === 'spread') return largest - smallest;
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

const others = new CohortCache<Cohort>();

function withoutSite(cohort: Cohort, id: string): Cohort {
  return others.get(cohort, id, () => {
    const hospital = cohort.hospitals.indexOf(id);
    const rows = [...cohort.hospital.keys()].filter((row) => cohort.hospital[row] !== hospital);
    return selectStays(cohort, rows);
  });
}
