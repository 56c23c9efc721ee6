import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { shareParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { quantileExcess, type NeighbourStatistic } from './quantileExcess.js';
import { drawnDistance } from './resampledNeighbours.js';

const LEVEL = 0.05;

/** Keeps the ratio of two zero distances at 1. */
const GUARD = 1e-8;

const descriptor: MetricDescriptor = {
  id: 'privacy.nndr',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Nearest-neighbour ratio (5th percentile)',
  explanation:
    'Whether synthetic patients sit on single training patients more than on single fresh ones: 0 is right, above 0 points to copies. A copy check, not a privacy guarantee.',
  definition: `q(ratio in H) − q(ratio in R), ratio = (d₁ + 1e-8)/(d₂ + 1e-8), d₁ and d₂ the distances of a synthetic stay to its nearest and second nearest real stay (NNDR; the guard 1e-8 is that of mostlyai-qa, two zero distances give 1), in the space of privacy.mia_distance_auroc, q = quantile over all synthetic stays (parameter quantile, ${LEVEL} by default, type 7), R and H at equal numbers at every hospital. Both quantiles are in detail. Interval: value ± 1.96 standard errors of a bootstrap over the patients of all three cohorts.`,
  source:
    'Nearest-neighbour distance ratio with the guard of mostlyai-qa; the difference of percentiles as a score: this project.',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { full: [{ quantile: LEVEL }], privacy: [{ quantile: LEVEL }] },
  headline: false,
  bounds: 'reference-cohorts',
};

const ratio: NeighbourStatistic = (lists, stay, drawn) =>
  (drawnDistance(lists, stay, drawn, 0) + GUARD) / (drawnDistance(lists, stay, drawn, 1) + GUARD);

export const nndr = defineMetric(descriptor, 'attack', (inputs, parameters, random) =>
  quantileExcess(inputs, random, shareParameter(parameters, 'quantile', LEVEL), ratio),
);
