import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { nearestStays } from './nearestStays.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.mia_median_accuracy',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Median-threshold membership accuracy (paper)',
  explanation:
    'The membership score of HALO papers, for comparison with published tables only: near 0.5 by construction for weak leaks.',
  definition:
    'Accuracy of "member if the distance to the nearest synthetic stay < median over members and non-members" (HALO: Theodorou et al. 2023; also PyHealth), strictly below as published; distance of privacy.mia_distance_auroc in the place of the Hamming one. Flaws: the fixed median accuses half of all, which forces about 0.5; strict < loses tied distances, so that copies beyond one half count as misses; nothing is said about low false-positive rates. Use privacy.mia_distance_auroc. No interval.',
  source: 'HALO (Theodorou et al. 2023) and PyHealth, with a Gower distance.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { paper: [{}] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const miaMedianAccuracy = defineMetric(descriptor, 'attack', ({ synthetic, train, holdout }) => {
  const { trainToSynthetic, holdoutToSynthetic } = nearestStays(synthetic, train, holdout);
  const all = Float64Array.from([...trainToSynthetic, ...holdoutToSynthetic]).sort();
  const middle = all.length >> 1;
  const median = all.length % 2 === 1 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2;
  const found = trainToSynthetic.filter((distance) => distance < median).length;
  const spared = holdoutToSynthetic.filter((distance) => distance >= median).length;
  return okResult((found + spared) / all.length, null, all.length + synthetic.size);
});
