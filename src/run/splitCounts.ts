import { patientCounts } from '../cohort/select.js';
import { isSmallCell, withheldCells } from '../cohort/suppression.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import type { RunManifest } from './contract.js';

/** What a manifest tells of a split's size. */
export type SplitCounts = Pick<
  RunManifest['datasets'][number],
  'counted' | 'hospitals' | 'patients' | 'stays'
>;

const PARTS = ['train', 'holdout', 'reference'] as const;

/**
 * Patients per hospital and part, and of all hospitals. Cells of 1…10 are withheld, and as many others as keep those from
 * following from the totals, which are exact. Stays are told where a patient has several.
 */
export function splitCounts(split: CohortSplit): SplitCounts {
  const columns = PARTS.map((part) => patientCounts(split[part]));
  const counts = split.train.hospitals.map((_, hospital) => columns.map((column) => column[hospital] ?? 0));
  const withheld = withheldCells(counts);
  const cell = (hospital: number, part: number): number | null =>
    withheld[hospital]![part]! ? null : counts[hospital]![part]!;
  const patients = totals(split, (cohort) => new Set(cohort.patients).size);
  const stays = totals(split, (cohort) => cohort.size);
  const several = PARTS.some((part) => new Set(split[part].patients).size < split[part].size);
  return {
    counted: 'patients',
    hospitals: split.train.hospitals.map((id, hospital) => ({
      id,
      train: cell(hospital, 0),
      holdout: cell(hospital, 1),
      reference: cell(hospital, 2),
    })),
    patients,
    ...(several ? { stays } : {}),
  };
}

/** Hospitals of which nothing that was computed from real rows alone is shown. */
export function hiddenHospitals({ hospitals }: Pick<SplitCounts, 'hospitals'>): ReadonlySet<string> {
  return new Set(
    hospitals
      .filter(({ train, holdout, reference }) => [train, holdout, reference].includes(null))
      .map(({ id }) => id),
  );
}

function totals(
  split: CohortSplit,
  count: (cohort: Cohort) => number,
): Readonly<Record<(typeof PARTS)[number], number | null>> {
  const of = (cohort: Cohort): number | null => (isSmallCell(count(cohort)) ? null : count(cohort));
  return { train: of(split.train), holdout: of(split.holdout), reference: of(split.reference) };
}
