import { InputError } from './inputError.js';
import { patientsByHospital, rowsInFixedOrder, shuffled, type Patient } from './patientOrder.js';
import { selectStays } from './select.js';
import type { Cohort, CohortSplit } from './types.js';

/** Share of each hospital's patients that goes to a part; what is left over goes to none. */
export interface SplitFractions {
  readonly train: number;
  readonly holdout: number;
  readonly reference: number;
}

const parts = ['train', 'holdout', 'reference'] as const;

function requireFractions(fractions: SplitFractions): void {
  const sum = parts.reduce((total, part) => total + fractions[part], 0);
  const wrong = parts.find((part) => !(fractions[part] >= 0 && fractions[part] <= 1));
  if (wrong !== undefined || sum > 1 + 1e-9)
    throw new InputError({
      place: wrong === undefined ? 'split' : `split.${wrong}`,
      expected: 'fractions from 0 to 1 whose sum is at most 1',
      found: wrong === undefined ? `the sum ${sum}` : `${fractions[wrong]}`,
      remedy: 'Choose for instance 0.6, 0.2 and 0.2.',
    });
}

/** Whether any of a patient's stays has the first binary label set; 0 also when unknown. */
function positive(cohort: Cohort, { rows }: Patient): boolean {
  const index = cohort.schema.labels.findIndex(({ kind }) => kind === 'binary');
  const width = cohort.schema.labels.length;
  return index >= 0 && rows.some((row) => cohort.labels[row * width + index] === 1);
}

/**
 * The part of each patient in turn: the one that lacks most of its share so far. Up to any position the shares thus
 * hold to one patient: among the positives, which come first, and in all.
 */
function assign(patients: number, shares: readonly number[]): Uint8Array {
  const counts = shares.map(() => 0);
  return Uint8Array.from({ length: patients }, (_, position) => {
    let next = 0;
    let most = -Infinity;
    for (const [part, share] of shares.entries()) {
      const lacking = share * (position + 1) - counts[part]!;
      if (lacking > most + 1e-9) {
        most = lacking;
        next = part;
      }
    }
    counts[next]! += 1;
    return next;
  });
}

/**
 * Splits a cohort into train, holdout and reference, by patient and within every hospital.
 *
 * No patient is in two parts: all stays of a patient go to one part, also stays in several hospitals (such a patient
 * counts at the first of them). Within a hospital the parts are stratified by the first binary label, if there is
 * one (a patient with any positive stay counts as positive). Depends on the seed, the hospital ids and the patient ids, not on the order of the
 * cohort's rows; the parts' stays are ordered by hospital and patient id.
 *
 * @throws InputError on impossible fractions and on a hospital with too few patients to give every part one
 */
export function splitCohort(cohort: Cohort, fractions: SplitFractions, seed: number): CohortSplit {
  requireFractions(fractions);
  const shares = parts.map((part) => fractions[part]);
  const unused = 1 - shares.reduce((total, share) => total + share, 0);
  const chosen: Patient[][] = parts.map(() => []);
  for (const [hospital, patients] of patientsByHospital(cohort).entries()) {
    const id = cohort.hospitals[hospital]!;
    const order = shuffled(patients, seed, 'split', id);
    const stratified = [
      ...order.filter((patient) => positive(cohort, patient)),
      ...order.filter((patient) => !positive(cohort, patient)),
    ];
    const assigned = assign(stratified.length, unused > 1e-9 ? [...shares, unused] : shares);
    for (const [part, name] of parts.entries()) {
      const members = stratified.filter((_, position) => assigned[position] === part);
      if (members.length === 0 && shares[part]! > 0)
        throw new InputError({
          place: `hospital ${id}`,
          expected: `enough patients to give "${name}" ${Math.round(100 * shares[part]!)} %`,
          found: `${patients.length} ${patients.length === 1 ? 'patient' : 'patients'}`,
          remedy: 'Leave the hospital out, join it with another one, or raise the fraction.',
        });
      // One by one: a spread would put every patient on the stack.
      for (const member of members) chosen[part]!.push(member);
    }
  }
  const part = (index: number): Cohort => selectStays(cohort, rowsInFixedOrder(cohort, chosen[index]!));
  return { train: part(0), holdout: part(1), reference: part(2) };
}
