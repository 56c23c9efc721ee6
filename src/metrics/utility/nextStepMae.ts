import { normalInterval } from '../../stats/interval.js';
import { featuresWhere } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { SMALLEST_SITE } from '../resultAt.js';
import { InfluenceByPatient } from './influenceByPatient.js';
import { foretell, foretellingDefinition } from './linearForetelling.js';
import { nextStepDefinition, nextStepExamples, observedScale } from './nextStepExamples.js';
import { UTILITY_VERSION } from './versions.js';

const descriptor: MetricDescriptor = {
  id: 'utility.next_step_mae',
  version: UTILITY_VERSION,
  family: 'utility',
  title: 'Next step error',
  explanation:
    'How far models learned from synthetic patients are off when they foretell the next observed value of real ones, in standard deviations of the measurement.',
  definition: `Mean over continuous features of the mean absolute error, on real holdout stays, of a ${foretellingDefinition} trained on synthetic ones that foretells the next observed value, divided by the standard deviation of the observed values of real training stays. Only observed values are foretold (masked error). ${nextStepDefinition} The predictive score of TimeGAN (Yoon et al. 2019) foretells the last feature only, by a recurrent network. Features with fewer than ${SMALLEST_SITE} test steps or a constant in train are left out; a feature that synthetic stays never observe after the first step has no worst value, and is named in detail.absentOnOneSide. Interval: value ± 1.96 standard errors from absolute errors summed by patient over all features. Ceiling = trained on real stays, floor = trained on independent marginals.`,
  source:
    'Arms of Esteban et al. 2017, in the place of TimeGAN’s predictive score; masked error over all features: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No continuous feature has enough test steps (no-task), or synthetic stays teach none of them (absent-on-one-side).',
  variants: { full: [{}] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const nextStepMae = defineMetric(descriptor, 'arms', ({ train, holdout, synthetic }) => {
  const n = holdout.size + synthetic.size;
  const { index, names } = featuresWhere(holdout, (kind) => kind === 'continuous');
  const pull = new InfluenceByPatient();
  const absentOnOneSide: string[] = [];
  const values = index.map((feature, place) => {
    const test = nextStepExamples(holdout, feature);
    const scale = observedScale(train, feature);
    if (test.value.length < SMALLEST_SITE || scale === null || scale.sd === 0) return null;
    const training = nextStepExamples(synthetic, feature);
    if (training.value.length < 2) {
      absentOnOneSide.push(names[place]!);
      return null;
    }
    const errors = foretell(training.table, training.value, test.table).map(
      (value, row) => Math.abs(value - test.value[row]!) / scale.sd,
    );
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    pull.add(
      test.patients,
      errors.map((error) => (error - mean) / errors.length),
    );
    return mean;
  });
  const known = values.filter((value) => value !== null);
  if (known.length === 0)
    return undefinedResult(
      absentOnOneSide.length > 0
        ? 'absent-on-one-side: synthetic stays observe no feature after the first step'
        : 'no-task: no continuous feature has enough test steps',
      n,
    );
  const value = known.reduce((sum, one) => sum + one, 0) / known.length;
  const standardError = pull.standardError(known.length);
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    { features: names, values, absentOnOneSide },
  );
});
