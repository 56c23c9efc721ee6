import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { labelTask } from './tasks.js';
import { FULL_MODELS, seedsDefinition, transferAuroc, UTILITY_UNDEFINED } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.trts_auroc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TRTS AUROC',
  explanation:
    'How well a prediction model learned from real patients works for synthetic ones: whether the link of course and outcome is where it should be. Values above those of fresh patients mean that synthetic patients are too easy.',
  definition: `AUROC on synthetic stays of a model trained on real training stays (train on real, test on synthetic: Esteban et al. 2017), otherwise as utility.tstr_auroc. A generator that makes few kinds of patients can have a high value. ${classifierDefinitions} ${seedsDefinition} Interval: DeLong over synthetic stays, those of one patient together. Ceiling = real holdout stays as the test side (utility.trtr_auroc), since training stays would test the model on its own; floor = independent marginals as the test side.`,
  source: 'Train on real, test on synthetic (Esteban et al. 2017).',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { full: FULL_MODELS },
  headline: false,
  bounds: 'reference-cohorts',
  ceilingFrom: 'holdout',
};

export const trtsAuroc = defineMetric(descriptor, 'arms', ({ train, synthetic, label }, parameters) =>
  transferAuroc({ cohort: train }, synthetic, labelTask(label), parameters),
);
