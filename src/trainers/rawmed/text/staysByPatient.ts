/** The stays with those of a patient side by side, so that patients are counted without keeping who they are. */
export interface StaysByPatient {
  /** [N] indices of the stays; patients in the order of their first stay. */
  readonly order: readonly number[];
  /** [N] number of every stay's patient. */
  readonly patient: Int32Array;
}

/** @param patients [N] patient of every stay */
export function staysByPatient(patients: readonly string[]): StaysByPatient {
  const known = new Map<string, number>();
  const patient = Int32Array.from(patients, (id) => {
    const number = known.get(id) ?? known.size;
    known.set(id, number);
    return number;
  });
  const order = Array.from(patients.keys()).sort((a, b) => patient[a]! - patient[b]!);
  return { order, patient };
}
