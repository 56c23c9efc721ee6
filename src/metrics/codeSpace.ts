import type { CohortSchema } from '../cohort/types.js';

/**
 * The codes of a schema: binary features (recorded as 1) and levels of categorical ones; where it has neither, whether
 * each feature was observed. Numbered without a list of them, so that a million levels cost nothing.
 */
export interface CodeSpace {
  readonly size: number;
  /** Number of the code that an observed value of a feature is; −1 when it is none. */
  codeAt(feature: number, value: number): number;
  /** `feature` of a binary feature or an observation, `feature = level` of a level. */
  nameOf(code: number): string;
}

export function codeSpace({ features }: CohortSchema): CodeSpace {
  const coded = features.some(({ kind }) => kind !== 'continuous');
  let size = 0;
  const first = features.map(({ kind, levels }) => {
    const from = size;
    if (!coded || kind === 'binary') size += 1;
    else if (kind === 'categorical') size += levels?.length ?? 0;
    return from;
  });
  return {
    size,
    codeAt(feature, value) {
      if (!coded) return first[feature]!;
      const { kind } = features[feature]!;
      if (kind === 'categorical') return first[feature]! + value;
      return kind === 'binary' && value === 1 ? first[feature]! : -1;
    },
    nameOf(code) {
      // A feature without codes has the number of the next code, whose feature comes later.
      const feature = first.findLastIndex((from) => from <= code);
      const { name, levels } = features[feature]!;
      return levels === undefined ? name : `${name} = ${levels[code - first[feature]!]!}`;
    },
  };
}
