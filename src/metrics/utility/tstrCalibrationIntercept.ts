import { calibrationInTheLarge, logits, PROBABILITY_CUT } from '../../stats/calibration.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition } from './classRatio.js';
import { FULL_ARMS, seedsDefinition, UTILITY_UNDEFINED } from './transferAuroc.js';
import { transferScore } from './transferScore.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_calibration_intercept',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR calibration in the large',
  explanation:
    'Whether a model learned from synthetic patients gives real ones the right risk on average: 0 is right, above 0 their risk is predicted too low, below 0 too high.',
  definition: `Intercept a of logit P(y = 1) = a + logit p on real holdout stays, the slope fixed at 1 (calibration in the large, Cox 1958), p as in utility.tstr_calibration_slope, cut to ${PROBABILITY_CUT} … ${1 - PROBABILITY_CUT}. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} Interval: value ± 1.96 standard errors of a bootstrap over test patients, stratified by label, so it leaves out the chance of the holdout's prevalence. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source: 'Cox 1958, on the arm of Esteban et al. 2017.',
  direction: 'target',
  ideal: 0,
  range: [null, null],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { full: FULL_ARMS },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tstrCalibrationIntercept = defineMetric(descriptor, 'arms', (inputs, parameters, random) =>
  transferScore(inputs, parameters, random, {
    score: ({ probabilities }, { outcome }) => {
      const x = logits(probabilities);
      return (weights) => calibrationInTheLarge(x, outcome, weights);
    },
    range: descriptor.range,
    withoutValue: 'single-class-test: the test side has stays of one class only',
  }),
);
