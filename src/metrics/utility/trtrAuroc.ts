import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { classifierDefinitions } from './classifiers.js';
import { MODELS, transferAuroc, UTILITY_UNDEFINED } from './transferAuroc.js';

const descriptor: MetricDescriptor = {
  id: 'utility.trtr_auroc',
  version: PATIENT_SUMMARY_VERSION,
  family: 'utility',
  title: 'TRTR AUROC',
  explanation:
    'How well the same prediction model works when it learns from real patients: what TSTR is measured by.',
  definition: `As utility.tstr_auroc, trained on real training stays. ${classifierDefinitions} Interval: DeLong over test stays. It does not depend on the generator, so it has no floor and no ceiling.`,
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { fast: MODELS, full: MODELS },
  headline: false,
  bounds: 'none',
};

export const trtrAuroc = defineMetric(descriptor, 'arms', (inputs, parameters) =>
  transferAuroc(inputs.train, inputs, parameters),
);
