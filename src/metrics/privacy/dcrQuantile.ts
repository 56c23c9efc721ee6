import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { shareParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { quantileExcess } from './quantileExcess.js';
import { drawnDistance } from './resampledNeighbours.js';

const LEVEL = 0.05;

const descriptor: MetricDescriptor = {
  id: 'privacy.dcr_quantile',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Closest records (5th percentile)',
  explanation:
    'How much closer the closest synthetic patients come to training patients than to as many fresh ones: 0 is right, above 0 points to copies. A copy check, not a privacy guarantee.',
  definition: `q(d(s, H)) − q(d(s, R)), d = distance of a synthetic stay to its closest real stay (DCR) in the space of privacy.mia_distance_auroc, q = quantile over all synthetic stays (parameter quantile, ${LEVEL} by default, type 7), R and H at equal numbers at every hospital. Both quantiles are in detail. "DCR-passing" data can be highly vulnerable ("DCR Delusion", arXiv 2505.01524). Interval: value ± 1.96 standard errors of a bootstrap over the patients of all three cohorts.`,
  source:
    'Distance to closest record, 5th percentile against the holdout, as mostlyai-qa; the difference as a score: this project.',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { full: [{ quantile: LEVEL }], privacy: [{ quantile: LEVEL }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const dcrQuantile = defineMetric(descriptor, 'attack', (inputs, parameters, random) =>
  quantileExcess(inputs, random, shareParameter(parameters, 'quantile', LEVEL), drawnDistance),
);
