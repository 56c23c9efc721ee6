import type { CohortSchema } from '../../cohort/types.js';

/** A 0/1 column of the autoencoder: a binary feature or one level of a categorical one. */
export interface BinaryChannel {
  readonly feature: number;
  /** Level that the column stands for; null for a binary feature. */
  readonly level: number | null;
}

/**
 * How features are laid out for the autoencoder: one value column and one mask column per continuous feature; a 0/1 column
 * per binary feature and per level of a categorical one, followed by the masks of these features, as further 0/1 columns.
 */
export interface FeatureColumns {
  /** Feature of every continuous column. */
  readonly continuous: readonly number[];
  readonly binary: readonly BinaryChannel[];
  /** Features that are not continuous, in the order of their mask columns. */
  readonly discrete: readonly number[];
}

export function featureColumns(schema: CohortSchema): FeatureColumns {
  const continuous: number[] = [];
  const binary: BinaryChannel[] = [];
  const discrete: number[] = [];
  schema.features.forEach((feature, index) => {
    if (feature.kind === 'continuous') continuous.push(index);
    else {
      discrete.push(index);
      if (feature.kind === 'binary') binary.push({ feature: index, level: null });
      else
        for (let level = 0; level < (feature.levels ?? []).length; level++)
          binary.push({ feature: index, level });
    }
  });
  return { continuous, binary, discrete };
}

/** 0/1 columns in all: values, then masks of the features that are not continuous. */
export const binaryWidth = (columns: FeatureColumns): number =>
  columns.binary.length + columns.discrete.length;
