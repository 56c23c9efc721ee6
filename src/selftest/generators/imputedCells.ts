import type { Cohort } from '../../cohort/types.js';
import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';
import { typicalFeatures } from './typicalValues.js';

/** Every missing cell within a stay holds its feature's typical value, as if everything had been measured. */
export function imputedCells(cohort: Cohort): Cohort {
  const { schema, length, size } = cohort;
  const width = schema.features.length;
  const typical = typicalFeatures(cohort);
  const imputed = copyOf(cohort);
  for (let stay = 0; stay < size; stay++) {
    const first = stay * schema.steps * width;
    for (let cell = first; cell < first + length[stay]! * width; cell++) {
      if (imputed.observed[cell] === 1) continue;
      imputed.values[cell] = typical[cell % width]!;
      imputed.observed[cell] = 1;
    }
  }
  return imputed;
}

/** Fresh patients with nothing missing. */
export const imputed: LadderGenerator<'imputed'> = {
  id: 'imputed',
  title: 'fresh, missing values imputed',
  make: ({ reference }) => imputedCells(reference),
};
