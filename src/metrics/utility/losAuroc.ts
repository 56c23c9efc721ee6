import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition, trainingArms } from './classRatio.js';
import { longStayTask } from './tasks.js';
import { seedsDefinition, transferAuroc, UTILITY_UNDEFINED } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.los_auroc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR long stay',
  explanation:
    'How well a model learned from synthetic patients tells after one day which real patients will stay for more than three.',
  definition: `AUROC as in utility.tstr_auroc for stays of more than 72 hours, among the stays that last 24 hours or more, from their first 24 hours and statics only (later hours and the length would give the answer away). Outcome: the label los3 where the cohort has it, otherwise the length on a grid that reaches beyond 72 hours. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} Interval: as utility.tstr_auroc. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source: 'Arms of Esteban et al. 2017; the task (stays over 3 days from the first 24 hours): this project.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: `There is no label los3 and the grid ends within 72 hours (short-grid); a step is longer than 24 hours (coarse-grid). ${UTILITY_UNDEFINED}`,
  variants: { full: [{ model: 'logistic' }, { model: 'boosting' }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const losAuroc = defineMetric(descriptor, 'arms', (inputs, parameters) =>
  transferAuroc(
    trainingArms(inputs, parameters).synthetic,
    inputs.holdout,
    longStayTask(inputs.holdout.schema),
    parameters,
  ),
);
