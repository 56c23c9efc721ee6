import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import type { NoTransfer } from './examples.js';

/** A group of patients: its name and the rows of its stays. */
export interface PatientGroup {
  readonly name: string;
  readonly rows: readonly number[];
}

/** Upper ends of age groups in years: the next group begins there. */
const AGE_LIMITS: readonly number[] = [45, 65, 80];

const STATIC_NAMES: Readonly<Record<string, readonly string[]>> = {
  age: ['age'],
  sex: ['sex', 'gender'],
};

export const groupDefinitions = `by=age: under ${AGE_LIMITS[0]!}, ${AGE_LIMITS[0]!}–${AGE_LIMITS[1]! - 1}, ${AGE_LIMITS[1]!}–${AGE_LIMITS[2]! - 1}, ${AGE_LIMITS[2]!} years and over, from the continuous static age; by=sex: the levels of the static sex or gender. Stays where it is unknown belong to no group.`;

/** The stays of a cohort by age or sex; a reason when the cohort has no such static. */
export function patientGroups(cohort: Cohort, by: unknown): readonly PatientGroup[] | NoTransfer {
  if (by !== 'age' && by !== 'sex')
    throw new InputError({
      expected: 'age or sex',
      found: String(by),
      place: 'metric parameter by',
      remedy: 'Leave it out for age.',
    });
  const { statics } = cohort.schema;
  const column = statics.findIndex(
    ({ name, kind }) =>
      STATIC_NAMES[by]!.includes(name.toLowerCase()) && (kind === 'continuous') === (by === 'age'),
  );
  if (column < 0) return { reason: `no-${by}: the cohort has no static ${STATIC_NAMES[by]!.join(' or ')}` };
  const names =
    by === 'age'
      ? [
          `under ${AGE_LIMITS[0]!}`,
          ...AGE_LIMITS.map((from, i) =>
            i + 1 < AGE_LIMITS.length ? `${from}–${AGE_LIMITS[i + 1]! - 1}` : `${from} and over`,
          ),
        ]
      : (statics[column]!.levels ?? ['0', '1']);
  const groups = names.map((name) => ({ name, rows: [] as number[] }));
  for (let row = 0; row < cohort.size; row++) {
    const cell = row * statics.length + column;
    if (cohort.staticsObserved[cell] !== 1) continue;
    const value = cohort.statics[cell]!;
    const place = by === 'age' ? AGE_LIMITS.filter((limit) => value >= limit).length : value;
    groups[place]?.rows.push(row);
  }
  return groups;
}
