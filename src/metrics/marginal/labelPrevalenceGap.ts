import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { categoricalGap } from './stayVariables.js';
import { gapDetail, meanOfGaps } from './variableGaps.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.label_prevalence_gap',
  version: 1,
  family: 'marginal',
  title: 'Label-prevalence gap',
  explanation: 'How differently often outcomes such as death occur: 0 means as often as in real stays.',
  definition:
    'Mean over binary and categorical labels of the total variation distance ½Σ|p_real − p_synthetic| of their known values; for a binary label that is the difference of its prevalences. A label that is known on exactly one side counts 1, one that is known on neither is left out; continuous labels have no prevalence and are named in notCompared. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source: 'Total variation distance; the mean over labels: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No binary or categorical label is known on either side.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const labelPrevalenceGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const { labels } = real.schema;
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const gaps = labels.flatMap(({ kind }, l) =>
    kind === 'continuous' ? [] : [categoricalGap(synthetic, real, 'labels', l, resamples, seeds)],
  );
  return meanOfGaps(
    descriptor,
    gaps,
    resamples,
    synthetic.size + real.size,
    `no-label: ${descriptor.undefinedWhen}`,
    {
      ...gapDetail('labels', gaps),
      notCompared: labels.filter(({ kind }) => kind === 'continuous').map(({ name }) => name),
    },
  );
});
