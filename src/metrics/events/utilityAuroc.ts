import type { Cohort } from '../../cohort/types.js';
import { trainBoostedClasses } from '../../stats/boostedClasses.js';
import { bootstrapStandardError } from '../../stats/bootstrap.js';
import type { BoostingOptions } from '../../stats/gradientBoosting.js';
import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import { CohortCache, cacheName } from '../cohortCache.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { resampledStays } from '../resampledStays.js';
import { clinicalLabels, clinicalTasks, halfOf } from './clinicalTasks.js';
import { aurocOf, oneAgainstRest, type ClassScores } from './classScores.js';
import { paperFormDefinition } from './convertedForm.js';
import { modeOf, noEvents, withoutEvents, type Mode } from './eventSides.js';
import { eventView } from './eventView.js';
import { halfWindowColumns, halfWindowDefinition, halfWindowFeatures } from './halfWindowFeatures.js';

const BOOSTING: BoostingOptions = {
  trees: 50,
  maxLeaves: 16,
  maxDepth: 4,
  learningRate: 0.1,
  minLeaf: 5,
  lambda: 1,
};

const descriptor: MetricDescriptor = {
  id: 'events.utility_auroc',
  version: 2,
  family: 'events',
  title: 'Eleven clinical tasks, AUROC',
  explanation:
    'How well models that learned from synthetic stays foretell the second half of the window of real stays (laboratory values and drugs) from its first half: 0.5 is guessing. The same models trained on real stays stand beside it as the ceiling.',
  definition: `Mean AUROC over the eleven tasks of MTTSeval that can be tested: last value after the middle of the window in classes (creatinine, platelets, white cells, haemoglobin, bicarbonate, sodium; micro AUROC over all classes) and drug given after it (norepinephrine, propofol; magnesium sulfate, heparin, potassium chloride; item names that contain the word). Boosted trees (${BOOSTING.trees} of depth ${BOOSTING.maxDepth!}, learning rate ${BOOSTING.learningRate}, own implementation, in the place of the GenHPF Transformer and of MEDS-TAB with XGBoost) read ${halfWindowDefinition}. Trained on synthetic, tested on holdout stays; stays with at most five events in the first half have no labels, and stays without a label are masked in every class. mode=strict: a stay without a row in the table of a drug was not given it; a task that has no or one synthetic class counts with what its constant guess reaches. mode=paper, known flaw: such a stay has no label, which looks into the second half; a task without two synthetic classes is left out. Tasks with one class among the test stays have no value in both modes; detail has their number and the standard deviation over tasks. Interval: ± 1.96 standard errors of a bootstrap over the test patients, models given. ${paperFormDefinition}`,
  misuse:
    'Micro AUROC of a task with unequal classes is high for guessing the most frequent class: compare with the ceiling, not with 0.5.',
  source:
    'RawMed/MTTSeval `evaluation/eval_utility.py` and `tstr_utils/extract_label.py` (arXiv 2507.06996); learner and strict mode: this project.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when no task has its table (MIMIC-IV or eICU names) and two classes among the test stays.`,
  variants: { full: [{ mode: 'strict' }], paper: [{ mode: 'paper' }] },
  headline: true,
  bounds: 'reference-cohorts',
};

const cache = new CohortCache<readonly (ClassScores | null)[]>();

export const utilityAuroc = defineMetric(descriptor, 'arms', (inputs, parameters, random) => {
  const mode = modeOf(parameters);
  const { train, holdout, synthetic, resamples } = inputs;
  const whole = inputs.wholeTrain ?? train;
  const n = train.size + holdout.size + synthetic.size;
  const views = [whole, holdout, synthetic].map((cohort) => eventView(cohort, whole));
  if (views.includes(null)) return noEvents(inputs, n);
  const tasks = taskScores(synthetic, whole, holdout, mode);
  const values = tasks.map((task) => (task === null ? null : aurocOf(task, null)));
  const value = meanOfDefined(values);
  if (value === null) return undefinedResult(`no-task: ${descriptor.undefinedWhen}`, n);
  const draws = resampledStays(holdout, resamples, bootstrapSeed(random));
  const error = bootstrapStandardError(
    draws.map((draw) => meanOfDefined(tasks.map((task) => (task === null ? null : aurocOf(task, draw))))),
  );
  const ofReal = taskScores(train, whole, holdout, mode).map((task) =>
    task === null ? null : aurocOf(task, null),
  );
  return okResult(value, error === null ? null : normalInterval(value, error, descriptor.range), n, {
    tasks: clinicalTasks.map(({ name }) => name),
    values,
    tasksWithoutValue: values.filter((one) => one === null).length,
    standardDeviation: bootstrapStandardError(values),
    trainedOnReal: meanOfDefined(ofReal),
    valuesOfReal: ofReal,
  });
});

/** @param columnsOf the real stays that say which columns there are */
function taskScores(
  training: Cohort,
  columnsOf: Cohort,
  test: Cohort,
  mode: Mode,
): readonly (ClassScores | null)[] {
  return cache.get(training, `${mode} ${cacheName(columnsOf)} ${cacheName(test)}`, () => {
    const half = halfOf(columnsOf.schema);
    const [learnt, real, tested] = [training, columnsOf, test].map((cohort) => eventView(cohort, columnsOf)!);
    const columns = halfWindowColumns(real!, half);
    const [features, ofTest] = [learnt!, tested!].map((view) => halfWindowFeatures(view, half, columns));
    const [labels, testLabels] = [learnt!, tested!].map((view) => clinicalLabels(view, half, mode));
    return clinicalTasks.map(({ classes }, task) => {
      const [own, asked] = [labels![task] ?? null, testLabels![task] ?? null];
      if (own === null || asked === null) return null;
      const [rows, testRows] = [own, asked].map((all) => Uint32Array.from(labelled(all)));
      if (new Set(testRows!.map((row) => asked[row]!)).size < 2) return null;
      const present = new Set([...rows!].map((row) => own[row]!)).size;
      if (present < 2 && mode === 'paper') return null;
      const probabilities =
        present === 0
          ? new Float64Array(testRows!.length * classes)
          : trainBoostedClasses(features!, own, classes, rows!, BOOSTING).probabilities(ofTest!, testRows!);
      return oneAgainstRest(probabilities, asked, testRows!, classes);
    });
  });
}

function* labelled(labels: Int8Array): Iterable<number> {
  for (let stay = 0; stay < labels.length; stay++) if (labels[stay]! >= 0) yield stay;
}
