import { InputError } from '../../cohort/inputError.js';
import { random as randomStream } from '../../engine/random.js';
import { rankScores } from '../../stats/auroc.js';
import { weightedAveragePrecision } from '../../stats/precisionRecall.js';
import type { MetricDescriptor, MetricParameters } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition } from './classRatio.js';
import { rowsByClass, type Examples } from './examples.js';
import { unitWeights } from './testResamples.js';
import { FULL_ARMS, seedsDefinition, UTILITY_UNDEFINED } from './transferAuroc.js';
import { transferScore } from './transferScore.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_auprc',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR AUPRC',
  explanation:
    'How many of the patients that a model learned from synthetic ones warns of are truly positive, over all thresholds: guessing reaches the share of positive patients, 1 is perfect.',
  definition: `Average precision Σ (R_k − R_{k−1})·P_k over distinct thresholds, no interpolation (scikit-learn's average_precision_score), of the model of utility.tstr_auroc on real holdout stays with their natural prevalence, which is the value of guessing and stands in detail.baseline. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} test=balanced (paper): holdout stays of the larger class left out until both are equal, as HALO (Theodorou et al. 2023) does. FLAW of that variant: it puts the baseline at 0.5 and inflates every AUPRC, so it compares with no other number. Interval: value ± 1.96 standard errors of a bootstrap over test patients, stratified by label. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source: 'Average precision as scikit-learn’s average_precision_score, on the arm of Esteban et al. 2017.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: {
    fast: [{ model: 'logistic' }],
    full: FULL_ARMS,
    paper: [{ model: 'logistic', test: 'balanced' }],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tstrAuprc = defineMetric(descriptor, 'arms', (inputs, parameters, random) =>
  transferScore(inputs, parameters, random, {
    score: ({ scores }, test) => {
      const ranked = rankScores(scores, test.outcome);
      return (weights) => weightedAveragePrecision(ranked, weights);
    },
    range: descriptor.range,
    withoutValue: 'single-class-test: the test side has no positive stay',
    weights: testWeights(parameters),
    detail: ({ test }, weights) => {
      const counted = weights.reduce((sum, count) => sum + count, 0);
      return { baseline: test.outcome.reduce((sum, y, i) => sum + y * weights[i]!, 0) / counted };
    },
  }),
);

function testWeights(parameters: MetricParameters): (test: Examples) => Uint16Array {
  const test = parameters['test'] ?? 'natural';
  if (test === 'natural') return ({ outcome }) => unitWeights(outcome.length);
  if (test === 'balanced') return ({ outcome }) => balanced(outcome);
  throw new InputError({
    expected: 'natural or balanced',
    found: String(test),
    place: 'metric parameter test',
    remedy: 'Leave it out for the natural prevalence.',
  });
}

/** 1 for all stays of the smaller class and for as many (seeded) of the larger. */
function balanced(outcome: Uint8Array): Uint16Array {
  const rows = rowsByClass(outcome);
  const size = Math.min(rows[0].length, rows[1].length);
  const weights = new Uint16Array(outcome.length);
  for (const ofClass of rows) {
    const order = randomStream('balanced-test').permutation(ofClass.length);
    for (const place of order.slice(0, size)) weights[ofClass[place]!] = 1;
  }
  return weights;
}
