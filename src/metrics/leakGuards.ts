import { InputError } from '../cohort/inputError.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import { memberBalance } from './guards/memberBalance.js';
import { repeatedRecords } from './guards/repeatedRecords.js';
import { scalerScope } from './guards/scalerScope.js';
import { countShared, disclosed, type LeakFinding } from './guards/finding.js';
import { recordKeys } from './recordKeys.js';

export type { LeakFinding } from './guards/finding.js';

type Part = readonly [name: string, cohort: Cohort];

/**
 * Checks that run before any score. A patient in two parts of the split is an input error, since no score would mean anything, unless
 * overlap is allowed: then it is a finding that marks every score. The rest are findings to be shown: identical records in
 * two parts, scalers that were not fitted on train, unlike members and non-members, real patient ids in the synthetic cohort,
 * synthetic records that repeat.
 */
export function leakGuards(
  split: CohortSplit,
  synthetic?: Cohort,
  { allowOverlap = false }: { readonly allowOverlap?: boolean } = {},
): LeakFinding[] {
  const parts: readonly Part[] = [
    ['train', split.train],
    ['holdout', split.holdout],
    ['reference', split.reference],
  ];
  const findings: LeakFinding[] = [];
  parts.forEach((part, i) => {
    for (const other of parts.slice(i + 1)) findings.push(...between(part, other, allowOverlap));
  });
  findings.push(...memberBalance(split.train, split.holdout));
  for (const [name, cohort] of parts.slice(1)) findings.push(...scalerScope(split.train, name, cohort));
  if (synthetic !== undefined) {
    const shared = countShared(
      synthetic.patients,
      parts.flatMap(([, cohort]) => cohort.patients),
    );
    if (shared > 0)
      findings.push({
        guard: 'real-patient-ids',
        marks: false,
        message: `${disclosed(shared)} ids of the synthetic cohort are ids of real patients: give synthetic patients ids of their own`,
      });
    findings.push(...scalerScope(split.train, 'synthetic', synthetic));
    findings.push(...repeatedRecords(split.train, synthetic));
  }
  return findings;
}

/** What stands as the reason of every score, `code: words`; null when nothing speaks against all of them. */
export function markOf(findings: readonly LeakFinding[]): string | null {
  const marks = findings.filter(({ marks: all }) => all);
  return marks.length === 0 ? null : marks.map(({ guard, message }) => `${guard}: ${message}`).join('; ');
}

function between([name, cohort]: Part, [otherName, other]: Part, allowOverlap: boolean): LeakFinding[] {
  const findings: LeakFinding[] = [];
  const shared = countShared([...new Set(cohort.patients)], other.patients);
  const found = `${disclosed(shared)} patients in both ${name} and ${otherName}`;
  if (shared > 0 && !allowOverlap)
    throw new InputError({
      expected: 'every patient in one part of the split only',
      found,
      remedy:
        'Split by patient, not by stay, and score again; --allow-overlap scores as it is and marks every score.',
    });
  if (shared > 0)
    findings.push({
      guard: 'patient-overlap',
      marks: true,
      message: `${found}: no score of this run means what its definition says`,
    });
  const twins = countShared(recordKeys(cohort), recordKeys(other));
  if (twins > 0)
    findings.push({
      guard: 'duplicate-records',
      marks: false,
      message: `${disclosed(twins)} records of ${name} are identical to a record of ${otherName}: copies are harder to tell from chance`,
    });
  return findings;
}
