import { aurocInfluence } from '../../stats/clusteredAuroc.js';
import { normalInterval } from '../../stats/interval.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { SMALLEST_SITE } from '../resultAt.js';
import { classifierDefinitions } from './classifiers.js';
import { isOneClass, rowsByClass, type Examples } from './examples.js';
import { InfluenceByPatient } from './influenceByPatient.js';
import { nextStepDefinition, nextStepExamples, observedScale } from './nextStepExamples.js';
import { learn, learningSettings } from './transfer.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.next_step_auroc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Next step AUROC',
  explanation:
    'How well models learned from synthetic patients foresee the next observed step of real ones: whether a measurement will be high, whether a drug or a ventilator will be used.',
  definition: `Mean over features of the AUROC, on real holdout stays, of a model trained on synthetic ones that tells from the steps before whether the next observed value is 1 (binary features) or above the median of the real training stays (continuous ones). ${nextStepDefinition} Features with fewer than ${SMALLEST_SITE} test steps of a class, or that real training stays do not teach either, are left out (counted in detail). A feature that real training stays teach and synthetic ones do not (one class, or never observed twice) counts 0.5 (guessing). ${classifierDefinitions} Interval: value ± 1.96 standard errors from placement values summed by patient over all features. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source: 'Arms of Esteban et al. 2017; the tasks of the next step: this project.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `No feature has ${SMALLEST_SITE} test steps of either class that real training stays teach (no-task).`,
  variants: { full: [{ model: 'logistic' }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const nextStepAuroc = defineMetric(descriptor, 'arms', async (inputs, parameters) => {
  const { train, holdout, synthetic } = inputs;
  const n = holdout.size + synthetic.size;
  const settings = { ...learningSettings(parameters), seeds: 1 };
  const { index, names } = featuresWhere(holdout, isNumeric);
  const pull = new InfluenceByPatient();
  const values: (number | null)[] = [];
  const untaught: string[] = [];
  for (const [place, feature] of index.entries()) {
    const scale = observedScale(train, feature);
    const isBinary = holdout.schema.features[feature]!.kind === 'binary';
    const examples = (cohort: typeof train): Examples => {
      const { table, value, patients } = nextStepExamples(cohort, feature);
      const threshold = isBinary ? 0.5 : (scale?.median ?? 0);
      return {
        table,
        outcome: Uint8Array.from(value, (v) => (v > threshold ? 1 : 0)),
        patients,
        stays: null,
      };
    };
    const test = examples(holdout);
    const testable = rowsByClass(test.outcome).every((rows) => rows.length >= SMALLEST_SITE);
    if (scale === null || !testable || isOneClass(examples(train).outcome)) {
      values.push(null);
      continue;
    }
    const training = examples(synthetic);
    const scored = isOneClass(training.outcome) ? null : await learn(training, test, settings);
    if (scored === null || 'reason' in scored) {
      untaught.push(names[place]!);
      values.push(0.5);
      continue;
    }
    const { value, influence } = aurocInfluence([scored.predictions[0]!.scores], test.outcome);
    pull.add(test.patients, influence);
    values.push(value);
  }
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefinedResult(`no-task: ${descriptor.undefinedWhen}`, n);
  const value = known.reduce((sum, one) => sum + one, 0) / known.length;
  const standardError = pull.standardError(known.length);
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    { features: names, values, leftOut: values.length - known.length, untaught },
  );
});
