import { firstSteps } from '../../cohort/firstSteps.js';
import { selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { clusteredMeanVariance, meanOf } from '../../stats/clusteredMean.js';
import { normalInterval } from '../../stats/interval.js';
import { median } from '../../stats/median.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { patientSummary } from '../patientSummary.js';
import { foretell, foretellingDefinition } from './linearForetelling.js';
import { HOURS_SEEN, stepsSeen } from './tasks.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.los_mae',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Length of stay error',
  explanation:
    'By how many hours a model learned from synthetic patients is off when it tells after one day how long real patients stay.',
  definition: `Mean absolute error in hours, on real holdout stays, of a ${foretellingDefinition} trained on synthetic ones that foretells the length of the stay on the grid from the patient summary of its first ${HOURS_SEEN} hours and statics only, among the stays that last so long (later hours would give the answer away). A stay that goes on beyond the grid counts as ending with it, on both sides, and predictions are cut to between ${HOURS_SEEN} hours and the end of the grid; on short grids the value says little, see utility.los_auroc for long stays by their label. Kept in detail: the error of always saying the median length of the training side (medianMae), which a useful model beats, the hours of the grid, and the share of test stays that reach its end. Interval: value ± 1.96 standard errors of the mean error, all stays of a patient together. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source: 'Arms of Esteban et al. 2017; the task (length from the first 24 hours): this project.',
  direction: 'lower',
  ideal: null,
  range: [0, null],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: `A step is longer than ${HOURS_SEEN} hours (coarse-grid); the grid ends within them (short-grid); fewer than two holdout patients (too-few-stays) or synthetic stays (absent-on-one-side) last so long; all such holdout stays are equally long (one-length).`,
  variants: { full: [{}] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const losMae = defineMetric(descriptor, 'arms', ({ holdout, synthetic }) => {
  const { stepHours, steps } = holdout.schema;
  const seen = stepsSeen(holdout.schema);
  if (seen < 1)
    return undefinedResult(
      `coarse-grid: a step is longer than ${HOURS_SEEN} hours`,
      holdout.size + synthetic.size,
    );
  if (seen >= steps)
    return undefinedResult(
      `short-grid: the grid ends within ${HOURS_SEEN} hours`,
      holdout.size + synthetic.size,
    );
  const [training, test] = [lastingStays(synthetic, seen), lastingStays(holdout, seen)];
  const n = training.size + test.size;
  if (new Set(test.patients).size < 2)
    return undefinedResult(`too-few-stays: fewer than two holdout patients stay for ${HOURS_SEEN} hours`, n);
  if (training.size < 2)
    return undefinedResult(`absent-on-one-side: fewer than two synthetic stays last ${HOURS_SEEN} hours`, n);
  const [learned, truth] = [hoursOf(training), hoursOf(test)];
  if (truth.every((hours) => hours === truth[0]))
    return undefinedResult('one-length: all holdout stays are equally long', n);
  const table = (cohort: Cohort) => patientSummary(firstSteps(cohort, seen));
  const end = steps * stepHours;
  const errors = foretell(table(training), learned, table(test)).map((hours, row) =>
    Math.abs(Math.max(seen * stepHours, Math.min(end, hours)) - truth[row]!),
  );
  const value = meanOf(errors);
  const standardError = Math.sqrt(clusteredMeanVariance(errors, test.patients));
  const always = median(learned);
  return okResult(value, normalInterval(value, standardError, descriptor.range), n, {
    medianMae: meanOf(truth.map((hours) => Math.abs(hours - always))),
    gridHours: end,
    testShareAtEnd: meanOf(truth.map((hours) => (hours === end ? 1 : 0))),
  });
});

function lastingStays(cohort: Cohort, steps: number): Cohort {
  const rows = [...cohort.length.keys()].filter((row) => cohort.length[row]! >= steps);
  return selectStays(cohort, rows);
}

function hoursOf({ length, schema }: Cohort): Float64Array {
  return Float64Array.from(length, (steps) => steps * schema.stepHours);
}
