import { InputError } from '../cohort/inputError.js';
import type { Cohort, CohortSchema, CohortSplit, Variable } from '../cohort/types.js';
import { recordKeys } from './recordKeys.js';

/** Something that could bias every score, found before scoring. Counts below 11 are not told exactly. */
export interface LeakFinding {
  readonly guard: 'duplicate-records' | 'real-patient-ids';
  readonly message: string;
}

const SMALLEST_COUNT = 11;

/**
 * Checks that run before any score. A patient in two parts of the split is an input error, since no score would mean
 * anything; identical records in two parts and real patient ids in the synthetic cohort are findings to be shown.
 */
export function leakGuards(split: CohortSplit, synthetic?: Cohort): LeakFinding[] {
  const parts: readonly (readonly [string, Cohort])[] = [
    ['train', split.train],
    ['holdout', split.holdout],
    ['reference', split.reference],
  ];
  const findings: LeakFinding[] = [];
  parts.forEach(([name, cohort], i) => {
    for (const [otherName, other] of parts.slice(i + 1)) {
      const shared = countShared(cohort.patients, other.patients);
      if (shared > 0)
        throw new InputError({
          expected: 'every patient in one part of the split only',
          found: `${disclosed(shared)} patients in both ${name} and ${otherName}`,
          remedy: 'Split by patient, not by stay, and score again.',
        });
      const twins = countShared(recordKeys(cohort), recordKeys(other));
      if (twins > 0)
        findings.push({
          guard: 'duplicate-records',
          message: `${disclosed(twins)} records of ${name} are identical to a record of ${otherName}: copies are harder to tell from chance`,
        });
    }
  });
  if (synthetic !== undefined) {
    const real = parts.flatMap(([, cohort]) => cohort.patients);
    const shared = countShared(synthetic.patients, real);
    if (shared > 0)
      findings.push({
        guard: 'real-patient-ids',
        message: `${disclosed(shared)} ids of the synthetic cohort are ids of real patients: give synthetic patients ids of their own`,
      });
  }
  return findings;
}

/** An input error unless two schemas have the same grid and the same variables in the same order. */
export function requireSameSchema(expected: CohortSchema, found: CohortSchema): void {
  const kinds = ['features', 'statics', 'labels'] as const;
  const differing = kinds.find((kind) => signature(expected[kind]) !== signature(found[kind]));
  if (differing === undefined && expected.steps === found.steps) return;
  throw new InputError({
    expected:
      differing === undefined ? `${expected.steps} steps` : `${differing} ${signature(expected[differing])}`,
    found: differing === undefined ? `${found.steps} steps` : signature(found[differing]) || 'none',
    place: 'schema of the synthetic cohort',
    remedy: 'Write the synthetic cohort on the schema of the real one, variables in the same order.',
  });
}

function signature(variables: readonly Variable[]): string {
  return variables
    .map(({ name, kind, levels }) => `${name} (${[kind, ...(levels ?? [])].join(' ')})`)
    .join(', ');
}

function countShared(items: readonly string[], others: readonly string[]): number {
  const known = new Set(others);
  return items.filter((item) => known.has(item)).length;
}

function disclosed(count: number): string {
  return count < SMALLEST_COUNT ? `fewer than ${SMALLEST_COUNT}` : String(count);
}
