import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { labelTask } from './tasks.js';
import {
  FAST_MODELS,
  FULL_MODELS,
  GRU,
  seedsDefinition,
  transferAuroc,
  UTILITY_UNDEFINED,
} from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.trtr_auroc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TRTR AUROC',
  explanation:
    'How well the same prediction model works when it learns from real patients: what TSTR is measured by.',
  definition: `As utility.tstr_auroc, trained on real training stays. ${classifierDefinitions} ${seedsDefinition} Interval: DeLong over test stays; with several stays of a patient or several seeds from placement values summed by patient (Obuchowski 1997). It does not depend on the generator, so it has no floor and no ceiling.`,
  source: 'Train on real, test on real: the reference arm of Esteban et al. 2017.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { fast: FAST_MODELS, full: [...FULL_MODELS, GRU], paper: [{ model: 'gru' }] },
  headline: false,
  bounds: 'none',
};

export const trtrAuroc = defineMetric(descriptor, 'arms', ({ train, holdout, label }, parameters) =>
  transferAuroc({ cohort: train }, holdout, labelTask(label), parameters),
);
