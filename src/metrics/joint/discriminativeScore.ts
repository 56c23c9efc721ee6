import { meanOf } from '../../stats/clusteredMean.js';
import { clusteredProportion } from '../../stats/clusteredProportion.js';
import { wilsonInterval } from '../../stats/interval.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { DISCRIMINATOR, discriminate, discriminatorAuroc, patientsOfBoth } from './discriminatorAuroc.js';

const MEASURES = ['distance', 'accuracy'] as const;

const descriptor: MetricDescriptor = {
  id: 'joint.discriminative_score',
  version: discriminatorAuroc.descriptor.version + 1,
  family: 'joint',
  title: 'Discriminative score (legacy)',
  explanation:
    'How often a classifier is right about which patients are synthetic, as older papers report it: 0 means no better than a coin, 0.5 means always right (or always wrong).',
  definition: `Legacy column for tables of papers; joint.discriminator_auroc is the score to read. measure=distance: |accuracy − ½| (TimeGAN: Yoon et al. 2019); measure=accuracy: the accuracy itself (EHR-M-GAN: Li et al. 2023; ½ is best). Accuracy at threshold ½ of the out-of-fold scores, synthetic against real at equal numbers, of a ${DISCRIMINATOR}; a score of exactly ½ counts one half. The papers train a GRU on one split of 80 and 20 %, which is not implemented, so values are not those of their tables. Flaws: a threshold throws away what the scores tell; |·| cannot be 0 on average and hides a classifier that is worse than chance; the published one varies with training by more than generators differ. Interval: Wilson for the accuracy, with several stays a patient at the effective number of stays (patients as clusters), carried to the distance.`,
  misuse:
    'Values of different papers are not comparable: network, split and training change them by more than generators differ. Fidelity, not privacy.',
  source:
    'Discriminative score of TimeGAN (Yoon et al. 2019), accuracy of EHR-M-GAN (Li et al. 2023), with a forest in the place of their networks.',
  direction: 'lower',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: discriminatorAuroc.descriptor.undefinedWhen,
  variants: {
    paper: MEASURES.flatMap((measure) =>
      AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ measure, ...variant })),
    ),
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const discriminativeScore = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const measure = choiceParameter(parameters, 'measure', MEASURES);
  const real = comparisonCohort(inputs, parameters);
  const { synthetic } = inputs;
  const n = synthetic.size + real.size;
  const scores = discriminate(synthetic, real, random);
  if (!(scores instanceof Float64Array)) return undefinedResult(scores.reason, n);
  const right = scores.map((score, row) =>
    score === 0.5 ? 0.5 : score > 0.5 === row < synthetic.size ? 1 : 0,
  );
  const patients = patientsOfBoth(synthetic, real);
  const trials = new Set(patients).size === n ? n : clusteredProportion(right, patients).trials;
  const accuracy = meanOf(right);
  const { low, high } = wilsonInterval(accuracy * trials, trials);
  if (measure === 'accuracy') return okResult(accuracy, { low, high }, n);
  const ends = [Math.abs(low - 0.5), Math.abs(high - 0.5)];
  const nearest = low <= 0.5 && high >= 0.5 ? 0 : Math.min(...ends);
  return okResult(Math.abs(accuracy - 0.5), { low: nearest, high: Math.max(...ends) }, n);
});
