import type { CohortSchema } from '../../cohort/types.js';

/** One value column of the autoencoder: a continuous or binary feature, or one level of a categorical one. */
export interface Channel {
  readonly feature: number;
  readonly kind: 'continuous' | 'binary';
  /** Level that this channel stands for; null for features that are not categorical. */
  readonly level: number | null;
  /** Position among the histogram variables' features; −1 for channels that are not continuous. */
  readonly continuous: number;
}

/**
 * Value channels: the continuous features first, then binary ones and one 0/1 channel per level of a categorical feature.
 * Masks stay one per feature, in schema order.
 */
export function featureChannels(schema: CohortSchema): Channel[] {
  const continuous: Channel[] = [];
  const binary: Channel[] = [];
  schema.features.forEach((feature, index) => {
    if (feature.kind === 'continuous')
      continuous.push({ feature: index, kind: 'continuous', level: null, continuous: continuous.length });
    else if (feature.kind === 'binary')
      binary.push({ feature: index, kind: 'binary', level: null, continuous: -1 });
    else
      for (let level = 0; level < (feature.levels ?? []).length; level++)
        binary.push({ feature: index, kind: 'binary', level, continuous: -1 });
  });
  return [...continuous, ...binary];
}
