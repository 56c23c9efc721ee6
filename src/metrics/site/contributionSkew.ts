import { bootstrapStandardError, stayResamples } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import type { NearestLists } from '../privacy/nearestNeighbours.js';
import { neighbourLists } from '../privacy/nearestStays.js';
import { KEPT_NEIGHBOURS, type Draw } from '../privacy/resampledNeighbours.js';
import { SMALLEST_SITE, staysBySite } from './siteStays.js';

const descriptor: MetricDescriptor = {
  id: 'site.contribution_skew',
  version: PATIENT_SUMMARY_VERSION,
  family: 'site',
  title: 'Contribution skew',
  explanation:
    'Whether the synthetic patients resemble the patients of some hospitals more often than those hospitals’ share of the training data: 0 means in proportion, 1 means one hospital only.',
  definition: `Total variation ½ Σ_k |share of synthetic stays whose nearest training stay is of hospital k − n_k/n| (distance of privacy.mia_distance_auroc, equally near stays of several hospitals share a synthetic stay). Hospitals with fewer than ${SMALLEST_SITE} stays in train or holdout are taken together and named. Both shares are in detail. Not 0 for fresh patients (chance, and densities that differ between hospitals): compare with the ceiling. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts.`,
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `Fewer than two hospitals have ${SMALLEST_SITE} stays in train and in holdout.`,
  variants: { full: [{}], privacy: [{}] },
  pooledOnly: true,
  ceilingFrom: 'reference',
  headline: false,
  bounds: 'reference-cohorts',
};

export const contributionSkew = defineMetric(descriptor, 'copies', (inputs, _, random) => {
  const { train, holdout, synthetic, resamples } = inputs;
  const n = train.size + synthetic.size;
  const { sites, suppressed } = staysBySite(train, holdout);
  if (sites.length < 2) return undefinedResult(`one-hospital: ${descriptor.undefinedWhen}`, n);
  const names = sites.map(({ id }) => id);
  // All hospitals that are too small to be told apart are one group, the last.
  const group = Uint16Array.from(train.hospital, (hospital) => {
    const at = names.indexOf(train.hospitals[hospital]!);
    return at < 0 ? names.length : at;
  });
  const groups = names.length + (suppressed.length > 0 ? 1 : 0);
  const lists = neighbourLists(synthetic, train, train, KEPT_NEIGHBOURS);
  const shares = (drawnTrain: Draw, drawnSynthetic: Draw) => ({
    nearest: nearestShares(lists, group, groups, drawnTrain, drawnSynthetic, synthetic.size),
    train: groupShares(group, groups, drawnTrain),
  });
  const point = shares(null, null);
  const draws = [train, synthetic].map((cohort) => stayResamples(cohort.patients, resamples, random));
  const value = totalVariation(point.nearest, point.train);
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_row, b) => {
      const drawn = shares(draws[0]![b]!, draws[1]![b]!);
      return totalVariation(drawn.nearest, drawn.train);
    }),
  );
  return okResult(value, standardError === null ? null : normalInterval(value, standardError, [0, 1]), n, {
    sites: names.map((site, k) => ({ site, nearest: point.nearest[k]!, train: point.train[k]! })),
    suppressed,
  });
});

function nearestShares(
  { length, rows, distances }: NearestLists,
  group: Uint16Array,
  groups: number,
  drawnTrain: Draw,
  drawnSynthetic: Draw,
  stays: number,
): Float64Array {
  const counts = new Float64Array(groups);
  let all = 0;
  for (let stay = 0; stay < stays; stay++) {
    const times = drawnSynthetic === null ? 1 : drawnSynthetic[stay]!;
    if (times === 0) continue;
    const nearest: number[] = [];
    let smallest = Number.POSITIVE_INFINITY;
    for (let at = stay * length; at < (stay + 1) * length && distances[at]! <= smallest; at++) {
      if (drawnTrain !== null && drawnTrain[rows[at]!] === 0) continue;
      smallest = distances[at]!;
      nearest.push(group[rows[at]!]!);
    }
    if (nearest.length === 0) continue;
    for (const one of nearest) counts[one]! += times / nearest.length;
    all += times;
  }
  return counts.map((count) => count / all);
}

function groupShares(group: Uint16Array, groups: number, drawn: Draw): Float64Array {
  const counts = new Float64Array(groups);
  let all = 0;
  group.forEach((one, row) => {
    const times = drawn === null ? 1 : drawn[row]!;
    counts[one]! += times;
    all += times;
  });
  return counts.map((count) => count / all);
}

function totalVariation(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, share, k) => sum + Math.abs(share - b[k]!), 0) / 2;
}
