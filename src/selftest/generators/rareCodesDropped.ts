import type { Cohort } from '../../cohort/types.js';
import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';

/** A binary feature is a rare code when fewer than this share of its observed cells are 1. */
export const RARE = 0.05;

/** The binary features that are 1 somewhere, but rarely. */
export function rareCodes({ schema, values, observed }: Cohort): number[] {
  const width = schema.features.length;
  return schema.features.flatMap(({ kind }, f) => {
    if (kind !== 'binary') return [];
    let [count, positive] = [0, 0];
    for (let cell = f; cell < values.length; cell += width) {
      count += observed[cell]!;
      if (observed[cell] === 1) positive += values[cell]!;
    }
    return positive > 0 && positive < RARE * count ? [f] : [];
  });
}

/** The cohort with every rare code gone, as generators that drop modes give it; the cohort itself where none is rare. */
export function rareCodesDropped(cohort: Cohort): Cohort {
  const width = cohort.schema.features.length;
  const dropped = copyOf(cohort);
  for (const code of rareCodes(cohort))
    for (let cell = code; cell < dropped.values.length; cell += width) dropped.values[cell] = 0;
  return dropped;
}

/** Fresh patients without rare codes. */
export const rareDropped: LadderGenerator<'rareDropped'> = {
  id: 'rareDropped',
  title: 'fresh, rare codes dropped',
  make: ({ reference }) => rareCodesDropped(reference),
};
