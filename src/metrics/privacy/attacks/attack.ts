import type { ThreatModel } from '../../contract.js';
import type { Cohort } from '../../../cohort/types.js';
import { cacheName, CohortCache } from '../../cohortCache.js';

/** What an attack sees: members R, non-members H, what was released S, and the attacker's own patients E. */
export interface AttackedCohorts {
  readonly train: Cohort;
  readonly holdout: Cohort;
  readonly synthetic: Cohort;
  readonly reference: Cohort | null;
}

/** Attack scores on one scale for both groups; higher = more likely a member. */
export interface MembershipScores {
  /** [train] */
  readonly members: Float64Array;
  /** [holdout] */
  readonly nonMembers: Float64Array;
}

/** Why an attack has no scores, `code: words`. */
export interface NoScores {
  readonly reason: string;
}

interface AttackDescription {
  readonly name: string;
  readonly threatModel: ThreatModel;
  /** The score in plain text, with its source. */
  readonly definition: string;
  /** Raised whenever a score could change. */
  readonly version: number;
}

type Score<Cohorts> = (cohorts: Cohorts, seed: number) => MembershipScores | NoScores;

/**
 * A membership attack: one score for every attacked record, without a look at who is a member. `seed` names every random
 * choice.
 */
export type MembershipAttack = AttackDescription &
  (
    | { readonly needsReference: false; readonly score: Score<AttackedCohorts> }
    | {
        readonly needsReference: true;
        readonly score: Score<AttackedCohorts & { readonly reference: Cohort }>;
      }
  );

/** Fewer reference stays are no picture of the population. */
const SMALLEST_REFERENCE = 2;

const cache = new CohortCache<MembershipScores | NoScores>();

/** Scores of an attack, computed once for all metrics that read them. */
export function attackScores(
  attack: MembershipAttack,
  cohorts: AttackedCohorts,
  seed: number,
): MembershipScores | NoScores {
  const { train, holdout, synthetic, reference } = cohorts;
  const known = reference === null ? 'none' : cacheName(reference);
  const key = `${attack.name} ${cacheName(train)} ${cacheName(holdout)} ${known} ${seed}`;
  return cache.get(synthetic, key, () => {
    if (!attack.needsReference) return attack.score(cohorts, seed);
    if (reference === null || reference.size < SMALLEST_REFERENCE)
      return {
        reason: 'no-reference: the attack needs fresh real patients that are neither members nor non-members',
      };
    const attacked = new Set([...train.patients, ...holdout.patients]);
    if (reference.patients.some((id) => attacked.has(id)))
      return {
        reason: 'reference-overlap: attacked patients are in the reference, so the attack would know them',
      };
    return attack.score({ ...cohorts, reference }, seed);
  });
}
