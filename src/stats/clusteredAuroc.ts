import { delong, type AurocEstimate } from './auroc.js';
import { normalInterval } from './interval.js';
import { midRanks } from './ranks.js';

/** How much every case pulls the AUROC: their sum over a resample changes it to first order. */
export interface AurocInfluence {
  readonly value: number;
  /** [cases], summing to 0 over each class. */
  readonly influence: Float64Array;
}

/**
 * Mean AUROC of several scorings of the same cases (one an evaluation seed), and the influence of each case by DeLong's
 * placement values. Both classes need a case.
 */
export function aurocInfluence(scorings: readonly Float64Array[], outcome: Uint8Array): AurocInfluence {
  const rows = [0, 1].map((label) => [...outcome.keys()].filter((row) => outcome[row] === label));
  const [negatives, positives] = [rows[0]!, rows[1]!];
  const placement = new Float64Array(outcome.length);
  for (const scores of scorings) {
    const all = midRanks(scores);
    const add = (own: readonly number[], others: number, sign: 1 | -1): void => {
      const within = midRanks(own.map((row) => scores[row]!));
      own.forEach((row, i) => {
        const share = (all[row]! - within[i]!) / others;
        placement[row]! += (sign === 1 ? share : 1 - share) / scorings.length;
      });
    };
    add(positives, negatives.length, 1);
    add(negatives, positives.length, -1);
  }
  const value = positives.reduce((sum, row) => sum + placement[row]!, 0) / positives.length;
  const influence = placement.map(
    (share, row) => (share - value) / (outcome[row] === 1 ? positives.length : negatives.length),
  );
  return { value, influence };
}

/**
 * Standard error of a sum of influences when cases of one patient are not independent: √(C/(C−1) · Σ_c (Σ_{i∈c} ψ_i)²)
 * over the C patients (Obuchowski 1997 for the AUROC). Null with one patient.
 */
export function clusteredStandardError(
  influence: ArrayLike<number>,
  patients: readonly string[],
): number | null {
  const sums = new Map<string, number>();
  patients.forEach((patient, i) => sums.set(patient, (sums.get(patient) ?? 0) + influence[i]!));
  if (sums.size < 2) return null;
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return Math.sqrt((squares * sums.size) / (sums.size - 1));
}

/**
 * Mean AUROC over scorings with a 95 % interval for the sampling of patients: DeLong's for one scoring and one case a
 * patient, otherwise from the clustered standard error. Both classes need at least two cases.
 */
export function patientAuroc(
  scorings: readonly Float64Array[],
  outcome: Uint8Array,
  patients: readonly string[],
): AurocEstimate {
  const [first] = scorings;
  if (first === undefined) throw new RangeError('no scores');
  if (scorings.length === 1 && new Set(patients).size === patients.length)
    return delong(
      first.filter((_, i) => outcome[i] === 1),
      first.filter((_, i) => outcome[i] === 0),
    );
  const { value, influence } = aurocInfluence(scorings, outcome);
  const standardError = clusteredStandardError(influence, patients) ?? 0;
  return { value, standardError, ...normalInterval(value, standardError, [0, 1]) };
}
