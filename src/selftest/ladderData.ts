import { splitCohort } from '../cohort/split.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import { resolveDataset } from '../datasets/resolveDataset.js';
import { subsamplePatients } from '../cohort/subsample.js';

/** A cohort to climb the ladder on. */
export interface LadderData {
  readonly name: string;
  readonly split: CohortSplit;
  /** Label that utility metrics predict; null when there is none. */
  readonly label: string | null;
  readonly planted: boolean;
}

/** Thirds: value and ceiling then come from equally many patients, and a third of fresh ones is left for the attacks. */
const THIRDS = { train: 1 / 3, holdout: 1 / 3, reference: 1 / 3 };

/** Splits a user's cohort by patient for the ladder. */
export function ladderDataOf(name: string, cohort: Cohort, seed: number): LadderData {
  return {
    name,
    split: splitCohort(cohort, THIRDS, seed),
    label: cohort.schema.labels.find(({ kind }) => kind === 'binary')?.name ?? null,
    planted: false,
  };
}

/** Two hospitals with everything planted that metrics look for: dependence, site shift, a strong label, rare codes, missing values. */
const PLANTED = {
  hospitals: [
    { id: 'A', patients: 390, deathRate: 0.3 },
    { id: 'B', patients: 360, deathRate: 0.4 },
  ],
  steps: 12,
  stepHours: 2,
  shortestStay: 6,
  factors: 4,
  drugs: 8,
  drugDensity: [0.01, 0.3],
  labelStrength: 3,
};

/** Patients of each of the two hospital systems of the shipped cohort. */
const SHIPPED_PATIENTS = 600;

/** The ladder's own cohorts: the simulator with planted truth, and real patients that ship with the product. */
export async function ownLadderData(seed: number): Promise<readonly LadderData[]> {
  const planted = await (await resolveDataset('simulated', { ...PLANTED, seed })).load();
  const real = await (await resolveDataset('physionet2019')).load();
  return [
    { ...ladderDataOf('simulated', planted, seed), planted: true },
    ladderDataOf('physionet2019', subsamplePatients(real, SHIPPED_PATIENTS, seed), seed),
  ];
}
