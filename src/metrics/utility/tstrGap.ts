import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { classifierDefinitions } from './classifiers.js';
import { classRatioDefinition, trainingArms } from './classRatio.js';
import { aurocDifference } from './pairedAuroc.js';
import { labelTask } from './tasks.js';
import { learningSettings, transfer } from './transfer.js';
import { FAST_MODELS, FULL_ARMS, GRU, seedsDefinition, UTILITY_UNDEFINED } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.tstr_gap',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'TSTR gap',
  explanation:
    'What a prediction model loses by learning from synthetic instead of real patients: 0 means nothing.',
  definition: `utility.trtr_auroc − utility.tstr_auroc on the same test stays; negative when the synthetic stays teach more. ${classifierDefinitions} ${seedsDefinition} ${classRatioDefinition} Interval: value ± 1.96 standard errors of a paired bootstrap over test patients, stratified by label.`,
  source: 'Difference of the arms of Esteban et al. 2017, paired on test patients: this project.',
  direction: 'lower',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: { fast: FAST_MODELS, full: [...FULL_ARMS, GRU] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tstrGap = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const { train, holdout, synthetic, label, resamples } = inputs;
  const arms = trainingArms(inputs, parameters);
  const settings = learningSettings(parameters);
  const task = labelTask(label);
  return aurocDifference(
    await transfer(arms.real, holdout, task, settings),
    await transfer(arms.synthetic, holdout, task, settings),
    { n: train.size + holdout.size + synthetic.size, resamples, random },
  );
});
