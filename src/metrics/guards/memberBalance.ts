import { hospitalCounts } from '../../cohort/select.js';
import { SMALLEST_CELL } from '../../cohort/suppression.js';
import type { Cohort } from '../../cohort/types.js';
import type { LeakFinding } from './finding.js';

/** Members for each non-member, or the reverse, from which attacks lose most of the larger side. */
const LOPSIDED = 5;

/** Standard errors by which a label's prevalence may differ between two random parts of one cohort: once in 16,000 labels. */
const UNLIKE = 4;

/**
 * Attacks compare train (members) with the holdout (non-members), so both must be draws of one population: about as many stays, the same
 * hospitals, the same prevalences. Otherwise an attack measures how the two differ, not what was memorised.
 */
export function memberBalance(train: Cohort, holdout: Cohort): LeakFinding[] {
  const finding = (message: string): LeakFinding => ({ guard: 'member-balance', marks: false, message });
  if (train.size === 0 || holdout.size === 0) return [];
  const findings: LeakFinding[] = [];
  const ratio = train.size / holdout.size;
  if (Math.min(train.size, holdout.size) >= SMALLEST_CELL && (ratio > LOPSIDED || ratio < 1 / LOPSIDED))
    findings.push(
      finding(
        `train has ${train.size} stays and holdout ${holdout.size}: attacks use equal numbers of both, so most of the larger side is left out`,
      ),
    );
  const [inTrain, inHoldout] = [hospitalCounts(train), hospitalCounts(holdout)];
  const oneSided = train.hospitals.filter((_, h) => inTrain[h]! > 0 !== inHoldout[h]! > 0).length;
  if (oneSided > 0)
    findings.push(
      finding(
        `${oneSided} ${oneSided === 1 ? 'hospital has' : 'hospitals have'} stays in only one of train and holdout: members and non-members differ by more than membership`,
      ),
    );
  train.schema.labels.forEach(({ name, kind }, label) => {
    if (kind !== 'binary') return;
    const [a, b] = [prevalence(train, label), prevalence(holdout, label)];
    if (a.known === 0 || b.known === 0) return;
    const pooled = (a.positive + b.positive) / (a.known + b.known);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.known + 1 / b.known));
    if (Math.abs(a.positive / a.known - b.positive / b.known) > UNLIKE * error)
      findings.push(
        finding(
          `the prevalence of ${name} differs between train and holdout by more than chance: members and non-members differ by more than membership`,
        ),
      );
  });
  return findings;
}

function prevalence(cohort: Cohort, label: number): { known: number; positive: number } {
  const width = cohort.schema.labels.length;
  let [known, positive] = [0, 0];
  for (let cell = label; cell < cohort.labels.length; cell += width) {
    if (cohort.labelsObserved[cell] === 0) continue;
    known++;
    positive += cohort.labels[cell]!;
  }
  return { known, positive };
}
