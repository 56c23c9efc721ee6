import type { Cohort } from '../../cohort/types.js';
import type { Counting } from '../pairedReplicates.js';
import { SparseCountsBuilder } from '../sparseCounts.js';
import { binOf, type QuantileBins } from './quantileBins.js';

/** Observed cells of a binary or categorical feature, one column a level. */
export function featureLevels(feature: number): Counting {
  return { name: `levels ${feature}`, counts: (cohort) => observedCells(cohort, feature, null) };
}

/** Observed cells of a feature, one column a bin. `name` tells bins of different fits apart. */
export function featureInBins(feature: number, bins: QuantileBins, name: string): Counting {
  return { name: `bins ${feature} ${name}`, counts: (cohort) => observedCells(cohort, feature, bins) };
}

function observedCells(
  cohort: Cohort,
  feature: number,
  bins: QuantileBins | null,
): ReturnType<Counting['counts']> {
  const { values, observed, size, schema } = cohort;
  const features = schema.features.length;
  const levels = Math.max(2, schema.features[feature]!.levels?.length ?? 0);
  const builder = new SparseCountsBuilder(bins === null ? levels : bins.cuts.length + 1);
  for (let i = 0; i < size; i++) {
    for (let t = 0; t < cohort.length[i]!; t++) {
      const cell = (i * schema.steps + t) * features + feature;
      if (observed[cell] === 1) builder.add(bins === null ? values[cell]! : binOf(bins, values[cell]!), 1);
    }
    builder.endStay();
  }
  return builder.build();
}
