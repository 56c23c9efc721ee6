import { SMALLEST_CELL } from '../../cohort/suppression.js';

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

/** A count of real patients as it may be told. */
export function disclosed(count: number): string {
  return count < SMALLEST_CELL ? `fewer than ${SMALLEST_CELL}` : String(count);
}

/** How many items are among others. */
export function countShared(items: readonly string[], others: readonly string[]): number {
  const known = new Set(others);
  return items.filter((item) => known.has(item)).length;
}
