import { InputError } from '../../cohort/inputError.js';
import { selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { random as randomStream } from '../../engine/random.js';
import { CohortCache } from '../cohortCache.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { classifierDefinitions } from './classifiers.js';
import { aurocDifference } from './pairedAuroc.js';
import { labelTask } from './tasks.js';
import { learningSettings, transfer } from './transfer.js';
import { FULL_MODELS, seedsDefinition, UTILITY_UNDEFINED } from './transferAuroc.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.augmentation_gain',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Augmentation gain',
  explanation:
    'What a prediction model gains when synthetic patients are added to the real ones it learns from: above 0 they help, below 0 they harm.',
  definition: `AUROC on real holdout stays of a model trained on real training stays and alpha synthetic stays for each of them (seeded subsample; 1 by default), minus that of the model trained on the real ones alone (TSRTR − TRTR). ${classifierDefinitions} ${seedsDefinition} Interval: value ± 1.96 standard errors of a paired bootstrap over test patients, stratified by label. Both arms are as large as the smaller of them. Ceiling = fresh real patients of the reference part added, floor = independent marginals added. A copy of the training stays adds nothing.`,
  source:
    'Train on synthetic and real, test on real (TSRTR, as TimeDiff: Tian et al. 2024); the paired difference to TRTR: this project.',
  direction: 'higher',
  ideal: null,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: UTILITY_UNDEFINED,
  variants: {
    fast: [{ model: 'logistic', alpha: 1 }],
    full: FULL_MODELS.map((model) => ({ ...model, alpha: 1 })),
  },
  headline: false,
  bounds: 'reference-cohorts',
  ceilingFrom: 'reference',
};

const addedCohorts = new CohortCache<Cohort>();

export const augmentationGain = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const { train, holdout, synthetic, label, resamples } = inputs;
  const alpha = numberParameter(parameters, 'alpha', 1);
  if (!(alpha > 0 && alpha <= 1))
    throw new InputError({
      expected: 'a number above 0 and up to 1',
      found: String(alpha),
      place: 'metric parameter alpha',
      remedy: 'Leave it out to add as many synthetic as there are real stays.',
    });
  const settings = learningSettings(parameters);
  const task = labelTask(label);
  return aurocDifference(
    await transfer({ cohort: train, added: addedStays(synthetic, alpha) }, holdout, task, settings),
    await transfer({ cohort: train }, holdout, task, settings),
    { n: train.size + holdout.size + synthetic.size, resamples, random },
  );
});

/** Both arms have equally many stays, so alpha is the share of the synthetic ones that is added. */
function addedStays(synthetic: Cohort, alpha: number): Cohort {
  if (alpha === 1) return synthetic;
  return addedCohorts.get(synthetic, String(alpha), () => {
    const added = Math.max(1, Math.round(alpha * synthetic.size));
    const chosen = [...randomStream('augmentation').permutation(synthetic.size)].slice(0, added);
    return selectStays(
      synthetic,
      chosen.sort((a, b) => a - b),
    );
  });
}
