/** Something that could bias scores, found before scoring. Counts of real patients below 11 are not told exactly. */
export interface LeakFinding {
  readonly guard:
    | 'patient-overlap'
    | 'duplicate-records'
    | 'real-patient-ids'
    | 'scaler-scope'
    | 'member-balance'
    | 'repeated-records';
  readonly message: string;
  /** Whether it takes the meaning of every score, so that each is marked. */
  readonly marks: boolean;
}

const SMALLEST_COUNT = 11;

/** A count of real patients as it may be told. */
export function disclosed(count: number): string {
  return count < SMALLEST_COUNT ? `fewer than ${SMALLEST_COUNT}` : String(count);
}

/** How many items are among others. */
export function countShared(items: readonly string[], others: readonly string[]): number {
  const known = new Set(others);
  return items.filter((item) => known.has(item)).length;
}
