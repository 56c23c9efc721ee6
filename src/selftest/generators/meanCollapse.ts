import type { Cohort } from '../../cohort/types.js';
import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';
import { typicalFeatures, typicalStatics } from './typicalValues.js';

/**
 * Every stay is the same: all steps, everything measured, each feature at its typical value (mean or most frequent level).
 * Labels stay as they were, so that a model can be trained, on predictors that tell nothing.
 */
export function collapsedToMean(cohort: Cohort): Cohort {
  const { schema, size } = cohort;
  const features = typicalFeatures(cohort);
  const statics = typicalStatics(cohort);
  const collapsed = copyOf(cohort);
  collapsed.length.fill(schema.steps);
  collapsed.observed.fill(1);
  collapsed.staticsObserved.fill(1);
  for (let cell = 0; cell < collapsed.values.length; cell++)
    collapsed.values[cell] = features[cell % features.length]!;
  for (let cell = 0; cell < size * statics.length; cell++)
    collapsed.statics[cell] = statics[cell % statics.length]!;
  return collapsed;
}

export const collapse: LadderGenerator<'collapse'> = {
  id: 'collapse',
  title: 'mean collapse',
  make: ({ train }) => collapsedToMean(train),
};
