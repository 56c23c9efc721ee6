import type { Cohort } from '../../cohort/types.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import { CohortCache } from '../cohortCache.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { quantityKs } from './stayQuantities.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.stays_per_patient_ks',
  version: 1,
  family: 'marginal',
  title: 'Stays a patient, KS distance',
  explanation:
    'How differently often patients come back: 0 means as many stays a patient as in reality. A generator that makes single stays shows the share of real patients with several.',
  definition:
    'Two-sample Kolmogorov–Smirnov statistic, over patients, of the number of stays with the same patient id. Whole cohorts are compared (a subsample of stays would break patients up); only a hospital with more holdout than training stays gives as many of them as it has training stays. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939); SDMetrics gives 1 − it as CardinalityShapeSimilarity.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

const cache = new CohortCache<ReadonlyMap<number, number>>();

export const staysPerPatientKs = defineMetric(descriptor, 'copies', (inputs, parameters, random) =>
  quantityKs(descriptor, inputs, parameters, random, {
    name: 'stays a patient',
    of: (cohort, stay) => staysByFirst(cohort).get(stay) ?? null,
  }),
);

/** Number of stays of every patient, by the patient's first stay, so that each patient counts once. */
function staysByFirst(cohort: Cohort): ReadonlyMap<number, number> {
  return cache.get(cohort, 'stays', () => {
    const firstOf = new Map<string, number>();
    const counts = new Map<number, number>();
    cohort.patients.forEach((patient, i) => {
      const first = firstOf.get(patient) ?? i;
      firstOf.set(patient, first);
      counts.set(first, (counts.get(first) ?? 0) + 1);
    });
    return counts;
  });
}
