import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition, trainingArms } from './classRatio.js';
import { labelTask } from './tasks.js';
import {
  FAST_MODELS,
  FULL_ARMS,
  GRU,
  seedsDefinition,
  transferAuroc,
  UTILITY_UNDEFINED,
} from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

/**
 * A model that learns from columns without any dependence points in a chance direction, and columns of real patients hang together:
 * over draws its AUROC has a standard deviation of about 0.05.
 */
const FLOOR_DRAWS = 5;

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_auroc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR AUROC',
  explanation:
    'How well a prediction model learned from synthetic patients works for real ones: the nearer to the model learned from real patients, the better.',
  definition: `AUROC (mid-ranks for ties) on real holdout stays of a model trained on synthetic stays (train on synthetic, test on real: Esteban et al. 2017), for the binary label of the data set, on the fixed patient summary without labels; as many synthetic as real training stays, scaling and bins fitted on the training side, the test side with its natural prevalence. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} In preset paper one GRU stands for the LSTM of 16 hidden units of FedWeight, which resamples the test side of one training 100 times: an interval of sampling alone, as here, that leaves out the noise of training. Interval: DeLong over test stays; with several stays of a patient or several seeds from placement values summed by patient (Obuchowski 1997). Ceiling = the same trained on real stays (utility.trtr_auroc), floor = trained on independent marginals, of the headline (logistic regression) the mean over ${FLOOR_DRAWS} draws of them (one alone is 0.05 off in standard deviation), of other models one draw.`,
  misuse:
    'With few holdout patients that have the outcome the interval is wide and generators cannot be ranked: read it before the value. One task and one label are not usefulness in general; a high value is possible without realistic patients. Compare with the ceiling of the same model, never with 1.',
  source:
    'Train on synthetic, test on real (Esteban et al. 2017); interval: DeLong et al. 1988, clustered by Obuchowski 1997.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { fast: FAST_MODELS, full: [...FULL_ARMS, GRU], paper: [{ model: 'gru' }] },
  headline: true,
  bounds: 'reference-cohorts',
  floorDraws: FLOOR_DRAWS,
};

export const tstrAuroc = defineMetric(descriptor, 'arms', (inputs, parameters) =>
  transferAuroc(
    trainingArms(inputs, parameters).synthetic,
    inputs.holdout,
    labelTask(inputs.label),
    parameters,
  ),
);
