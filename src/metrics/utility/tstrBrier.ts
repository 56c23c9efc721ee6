import { brierScore } from '../../stats/calibration.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition } from './classRatio.js';
import { FULL_ARMS, prevalences, seedsDefinition, UTILITY_UNDEFINED } from './transferAuroc.js';
import { transferScore } from './transferScore.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_brier',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR Brier score',
  explanation:
    'How far the risks that a model learned from synthetic patients gives are from what happened to real ones: 0 is perfect, a model that tells everybody the average risk reaches its variance.',
  definition: `Mean of (p − y)² over real holdout stays, p = predicted probability of the model of utility.tstr_auroc (Brier 1950). detail.baseline = π(1 − π), the value when everybody is given the prevalence π of the holdout. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} Interval: value ± 1.96 standard errors of a bootstrap over test patients, stratified by label. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source: 'Brier 1950, on the arm of Esteban et al. 2017.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { full: FULL_ARMS },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tstrBrier = defineMetric(descriptor, 'arms', (inputs, parameters, random) =>
  transferScore(inputs, parameters, random, {
    score:
      ({ probabilities }, { outcome }) =>
      (weights) =>
        brierScore(probabilities, outcome, weights),
    range: descriptor.range,
    withoutValue: 'no-stays: the test side has no stays',
    detail: (scored) => {
      const { testPrevalence } = prevalences(scored);
      return { baseline: testPrevalence * (1 - testPrevalence) };
    },
  }),
);
