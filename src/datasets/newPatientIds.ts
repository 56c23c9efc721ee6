import { random } from '../engine/random.js';

/**
 * New ids for the persons of a source: numbers in a random order that depends on the purpose and the number of persons
 * only. Stays of one person keep one id.
 *
 * @param persons the source's id of every stay, in the source's own fixed order
 * @param prefix what ids start with; the number follows, zero-padded
 */
export function newPatientIds(
  persons: readonly (string | number)[],
  prefix: string,
  purpose: string,
): string[] {
  const distinct = [...new Set(persons)];
  const order = random('new patient ids', purpose).permutation(distinct.length);
  const digits = Math.max(4, `${distinct.length}`.length);
  const idOf = new Map(
    distinct.map((person, at) => [person, `${prefix}${`${order[at]! + 1}`.padStart(digits, '0')}`]),
  );
  return persons.map((person) => idOf.get(person)!);
}
