import { InputError } from '../../cohort/inputError.js';
import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import type { AurocEstimate } from '../../stats/auroc.js';
import { patientAuroc } from '../../stats/clusteredAuroc.js';
import { normalInterval } from '../../stats/interval.js';
import { CohortCache } from '../cohortCache.js';
import type { MetricDescriptor, MetricParameters } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { SMALLEST_SITE } from '../resultAt.js';
import { classifierDefinitions } from './classifiers.js';
import { rowsByClass } from './examples.js';
import { labelTask } from './tasks.js';
import { learningSettings, transfer } from './transfer.js';
import { seedsDefinition } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

/** Fewer test stays of a class than this leave a group of patients without an AUROC: it would be noise. */
export const SMALLEST_CLASS = 5;

const descriptor: MetricDescriptor = {
  id: 'utility.leave_one_hospital_out_auroc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Leave one hospital out',
  explanation:
    'How well a model learned from synthetic patients of all other hospitals works at a hospital whose patients it never saw.',
  definition: `For every hospital k the AUROC on real holdout stays of k of a model trained on the synthetic stays of all other hospitals; aggregate=mean or worst over hospitals. Hospitals with fewer than ${SMALLEST_SITE} holdout stays or ${SMALLEST_CLASS} of a class are left out, their values are not told, and where the others leave one class for training they count as without a value, too. detail.hospitals holds the value of each. The generator itself did see hospital k: this tells whether what it made of the others carries over. ${classifierDefinitions} ${seedsDefinition} Interval of the mean: hospitals are independent, each with the standard error of utility.tstr_auroc; none for the worst, which is chosen by its chance. Ceiling = trained on real stays of the other hospitals, floor = on their independent marginals.`,
  source: 'Arms of Esteban et al. 2017; hospitals left out in turn: this project.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: 'The cohort has no label, or fewer than two hospitals have a value (few-hospitals).',
  variants: {
    full: [
      { model: 'logistic', aggregate: 'mean' },
      { model: 'logistic', aggregate: 'worst' },
    ],
  },
  pooledOnly: true,
  headline: false,
  bounds: 'reference-cohorts',
};

export const leaveOneHospitalOut = defineMetric(descriptor, 'arms', async (inputs, parameters) => {
  const { holdout, synthetic, label } = inputs;
  const n = holdout.size + synthetic.size;
  const aggregate = aggregateNamed(parameters);
  const task = labelTask(label);
  if ('reason' in task) return undefinedResult(task.reason, n);
  const settings = learningSettings(parameters);
  const values: { readonly hospital: string; readonly estimate: AurocEstimate | null }[] = [];
  for (const hospital of holdout.hospitals) {
    const test = atHospital(holdout, hospital, true);
    const training = atHospital(synthetic, hospital, false);
    const scored =
      test.size < SMALLEST_SITE ? null : await transfer({ cohort: training }, test, task, settings);
    const enough =
      scored !== null &&
      !('reason' in scored) &&
      scored.test.outcome.length >= SMALLEST_SITE &&
      rowsByClass(scored.test.outcome).every((rows) => rows.length >= SMALLEST_CLASS);
    const estimate = enough
      ? patientAuroc(
          scored.predictions.map(({ scores }) => scores),
          scored.test.outcome,
          scored.test.patients,
        )
      : null;
    values.push({ hospital, estimate });
  }
  const defined = values.flatMap(({ estimate }) => (estimate === null ? [] : [estimate]));
  if (defined.length < 2)
    return undefinedResult('few-hospitals: fewer than two hospitals have enough stays of both classes', n);
  const mean = defined.reduce((sum, { value }) => sum + value, 0) / defined.length;
  const worst = Math.min(...defined.map(({ value }) => value));
  const variance = defined.reduce((sum, { standardError }) => sum + standardError ** 2, 0);
  const standardError = Math.sqrt(variance) / defined.length;
  return okResult(
    aggregate === 'mean' ? mean : worst,
    aggregate === 'mean' ? normalInterval(mean, standardError, [0, 1]) : null,
    n,
    {
      mean,
      worst,
      hospitals: values.map(({ hospital, estimate }) => ({ hospital, auroc: estimate?.value ?? null })),
    },
  );
});

const parts = new CohortCache<Cohort>();

/** The stays of one hospital, or those of all others. */
function atHospital(cohort: Cohort, hospital: string, own: boolean): Cohort {
  return parts.get(cohort, `${hospital} ${own}`, () => {
    const rows = new Set(rowsOfHospital(cohort, cohort.hospitals.indexOf(hospital)));
    return selectStays(
      cohort,
      Array.from({ length: cohort.size }, (_, row) => row).filter((row) => rows.has(row) === own),
    );
  });
}

function aggregateNamed(parameters: MetricParameters): 'mean' | 'worst' {
  const aggregate = parameters['aggregate'] ?? 'mean';
  if (aggregate === 'mean' || aggregate === 'worst') return aggregate;
  throw new InputError({
    expected: 'mean or worst',
    found: String(aggregate),
    place: 'metric parameter aggregate',
    remedy: 'Leave it out for the mean over hospitals.',
  });
}
