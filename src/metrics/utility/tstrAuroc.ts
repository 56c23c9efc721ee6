import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { classifierDefinitions } from './classifiers.js';
import { MODELS, transferAuroc, UTILITY_UNDEFINED } from './transferAuroc.js';

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_auroc',
  version: PATIENT_SUMMARY_VERSION,
  family: 'utility',
  title: 'TSTR AUROC',
  explanation:
    'How well a prediction model learned from synthetic patients works for real ones: the nearer to the model learned from real patients, the better.',
  definition: `AUROC (mid-ranks for ties) on real holdout stays of a model trained on synthetic stays (train on synthetic, test on real: Esteban et al. 2017), for the binary label of the data set, on the standardised fixed patient summary without labels; as many synthetic as real training stays, scaling fitted on the training side, the test side with its natural prevalence. ${classifierDefinitions} Interval: DeLong over test stays. Ceiling = the same trained on real stays (utility.trtr_auroc), floor = trained on independent marginals.`,
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { fast: MODELS, full: MODELS },
  headline: true,
  bounds: 'reference-cohorts',
};

export const tstrAuroc = defineMetric(descriptor, 'arms', (inputs, parameters) =>
  transferAuroc(inputs.synthetic, inputs, parameters),
);
