import { calibrationLine, logits, PROBABILITY_CUT } from '../../stats/calibration.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition } from './classRatio.js';
import { FULL_ARMS, seedsDefinition, UTILITY_UNDEFINED } from './transferAuroc.js';
import { transferScore } from './transferScore.js';
import { UTILITY_VERSION } from './versions.js';

/** When a recalibration of the predictions has no value. */
const CALIBRATION_UNDEFINED = `${UTILITY_UNDEFINED} The predictions do not vary, or they separate the classes (no-line).`;

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_calibration_slope',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR calibration slope',
  explanation:
    'Whether risks that a model learned from synthetic patients are as far apart as they should be for real ones: 1 is right, below 1 they are too extreme, above 1 too cautious.',
  definition: `Slope b of logit P(y = 1) = a + b · logit p on real holdout stays, maximum likelihood without penalty (Cox 1958), p = predicted probability of the model of utility.tstr_auroc cut to ${PROBABILITY_CUT} … ${1 - PROBABILITY_CUT}; a is detail.intercept. Read it against the ceiling, the same for a model trained on real stays: the penalty of the logistic regression makes slopes above 1. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} Interval: value ± 1.96 standard errors of a bootstrap over test patients, stratified by label. Floor = trained on independent marginals.`,
  source: 'Cox 1958, on the arm of Esteban et al. 2017.',
  direction: 'target',
  ideal: 1,
  range: [null, null],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: CALIBRATION_UNDEFINED,
  variants: { full: FULL_ARMS },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tstrCalibrationSlope = defineMetric(descriptor, 'arms', (inputs, parameters, random) =>
  transferScore(inputs, parameters, random, {
    score: ({ probabilities }, { outcome }) => {
      const x = logits(probabilities);
      return (weights) => calibrationLine(x, outcome, weights)?.slope ?? null;
    },
    range: descriptor.range,
    withoutValue: 'no-line: the predictions do not vary, or they separate the classes',
    detail: ({ predictions, test }, weights) => {
      const intercepts = predictions.flatMap(({ probabilities }) => {
        const line = calibrationLine(logits(probabilities), test.outcome, weights);
        return line === null ? [] : [line.intercept];
      });
      return { intercept: intercepts.reduce((sum, value) => sum + value, 0) / intercepts.length };
    },
  }),
);
