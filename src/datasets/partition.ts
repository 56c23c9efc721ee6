import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import type { Cohort, Variable } from '../cohort/types.js';

/** How statics make hospitals: the names of categorical statics, and how their levels are written together. */
export interface Partition {
  readonly name: string;
  /** Categorical statics whose levels together name the hospital; none = the hospitals of the cohort. */
  readonly statics: readonly string[];
  /** Hospital id from the id in the cohort and the levels, in order. */
  id(hospital: string, levels: readonly string[]): string;
}

/**
 * The cohort with its stays grouped into other hospitals, e.g. regions. Statics stay as they are, and so do persons: one who
 * was in two of the new hospitals is still one person.
 *
 * @throws InputError when a static is unknown for a stay or not categorical
 */
export function partitionCohort(cohort: Cohort, partition: Partition): Cohort {
  if (partition.statics.length === 0) return cohort;
  const width = cohort.schema.statics.length;
  const chosen = partition.statics.map((name): { readonly index: number; readonly variable: Variable } => {
    const index = cohort.schema.statics.findIndex((one) => one.name === name && one.kind === 'categorical');
    if (index < 0)
      throw new InputError({
        place: `partition ${partition.name}`,
        expected: `a categorical static ${name}`,
        found: 'none',
        remedy: didYouMean(
          name,
          cohort.schema.statics.map((one) => one.name),
        ),
      });
    return { index, variable: cohort.schema.statics[index]! };
  });
  const ids = Array.from({ length: cohort.size }, (_, stay) => {
    const levels = chosen.map(({ index, variable }) => {
      const at = stay * width + index;
      if (cohort.staticsObserved[at] !== 1)
        throw new InputError({
          place: `partition ${partition.name}`,
          expected: `${variable.name} known for every stay`,
          found: 'a stay without it',
          remedy: 'Choose another partition.',
        });
      return variable.levels?.[cohort.statics[at]!] ?? '';
    });
    return partition.id(cohort.hospitals[cohort.hospital[stay]!]!, levels);
  });
  const hospitals = [...new Set(ids)].sort();
  const position = new Map(hospitals.map((id, index) => [id, index]));
  return { ...cohort, hospitals, hospital: Uint16Array.from(ids, (id) => position.get(id)!) };
}

/** The partition of that name. @throws InputError with the likely meaning of an unknown one */
export function partitionNamed(partitions: readonly Partition[], name: string, dataset: string): Partition {
  const found = partitions.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = partitions.map((one) => one.name);
  throw new InputError({
    place: `dataset ${dataset}, partition`,
    expected: known.join(' | '),
    found: `'${name}'`,
    remedy: didYouMean(name, known),
  });
}
