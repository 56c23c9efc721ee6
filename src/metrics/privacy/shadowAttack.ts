import type { Cohort } from '../../cohort/types.js';
import { auroc } from '../../stats/auroc.js';
import { positivesAtFpr } from '../../stats/rocCurve.js';
import { nearestBetween } from './nearestStays.js';

/** One training of the generator on a known part of the target records. */
export interface ShadowGame {
  readonly synthetic: Cohort;
  /** [targets] 1 where the record was in the training set */
  readonly members: Uint8Array;
}

/** What a shadow attack reaches, in the terms of TAPAS (Houssiau et al. 2022). */
export interface ShadowAttackReport {
  /** Scores of all (record, game) pairs in which the record was a member; higher = more likely a member. */
  readonly members: Float64Array;
  readonly nonMembers: Float64Array;
  readonly auroc: number;
  /** Share of right decisions, members and non-members counting one half each; "member" where the score is above 0. */
  readonly accuracy: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  /** TPR − FPR at that threshold, which no data chose. */
  readonly advantage: number;
  /** TAPAS' privacy gain, 1 − advantage. */
  readonly privacyGain: number;
  /** TPR at the lowest threshold that 1 % of the non-member pairs exceed; null with fewer than 100 of them. */
  readonly truePositiveRateAt1Percent: number | null;
  /** Pairs without a score: the record was never, or always, a member in the other games. */
  readonly unscored: number;
}

/** With fewer a record cannot have been in and out of the training set in the other games. */
const FEWEST_GAMES = 3;

/**
 * Likelihood-ratio attack on shadow models (LiRA: Carlini et al. 2022) for synthetic data: a game's statistic of a record
 * is −(distance to its nearest synthetic stay), Gower on the fixed patient summary, one scale for all games (range of the
 * targets). Every game is attacked with what the other games tell: the record's mean statistic when it was in and when it
 * was out, and one variance for all records (few games a record give none of its own). The score is the log likelihood
 * ratio of two Gaussians. The attacker knows how the generator trains and can retrain it; the games say the rest.
 *
 * A federated game that includes or leaves out a whole hospital is a mask over its stays.
 *
 * @param targets attacked records
 * @param games at least three trainings, each with its mask over the targets
 * @throws RangeError on too few games, a mask of another length, or when no pair of either kind can be scored
 */
export function shadowAttack(targets: Cohort, games: readonly ShadowGame[]): ShadowAttackReport {
  if (games.length < FEWEST_GAMES)
    throw new RangeError(`at least ${FEWEST_GAMES} games, not ${games.length}`);
  if (games.some(({ members }) => members.length !== targets.size))
    throw new RangeError('every game needs a mask with one entry a target record');
  const statistics = games.map(({ synthetic }) =>
    nearestBetween(targets, synthetic, targets).fromA.map((distance) => -distance),
  );
  const variance = pooledVariance(statistics, games) || 1;
  const [members, nonMembers]: [number[], number[]] = [[], []];
  let unscored = 0;
  games.forEach((game, played) => {
    for (let target = 0; target < targets.size; target++) {
      const means = otherMeans(statistics, games, target, played);
      if (means === null) {
        unscored++;
        continue;
      }
      const statistic = statistics[played]![target]!;
      const score = ((statistic - means.out) ** 2 - (statistic - means.in) ** 2) / (2 * variance);
      (game.members[target] === 1 ? members : nonMembers).push(score);
    }
  });
  if (members.length === 0 || nonMembers.length === 0)
    throw new RangeError('no record was both a member and a non-member in enough games');
  const above = (scores: readonly number[]): number =>
    scores.filter((score) => score > 0).length / scores.length;
  const [tpr, fpr] = [above(members), above(nonMembers)];
  return {
    members: Float64Array.from(members),
    nonMembers: Float64Array.from(nonMembers),
    auroc: auroc(members, nonMembers),
    accuracy: (tpr + 1 - fpr) / 2,
    truePositiveRate: tpr,
    falsePositiveRate: fpr,
    advantage: tpr - fpr,
    privacyGain: 1 - (tpr - fpr),
    truePositiveRateAt1Percent:
      nonMembers.length < 100 ? null : positivesAtFpr(members, nonMembers, 0.01) / members.length,
    unscored,
  };
}

/** Means over the other games in which the record was in and out; null when one of them has none. */
function otherMeans(
  statistics: readonly Float64Array[],
  games: readonly ShadowGame[],
  target: number,
  played: number,
): { readonly in: number; readonly out: number } | null {
  const sums = [0, 0];
  const counts = [0, 0];
  games.forEach(({ members }, game) => {
    if (game === played) return;
    const member = members[target]!;
    sums[member]! += statistics[game]![target]!;
    counts[member]!++;
  });
  if (counts[0] === 0 || counts[1] === 0) return null;
  return { out: sums[0]! / counts[0]!, in: sums[1]! / counts[1]! };
}

/** Mean squared deviation of a record's statistic from its mean among the games in which it was in (or out). */
function pooledVariance(statistics: readonly Float64Array[], games: readonly ShadowGame[]): number {
  let [squares, freedom] = [0, 0];
  for (let target = 0; target < (statistics[0]?.length ?? 0); target++)
    for (const side of [0, 1]) {
      const values = statistics.flatMap((statistic, game) =>
        games[game]!.members[target] === side ? [statistic[target]!] : [],
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      for (const value of values) squares += (value - mean) ** 2;
      freedom += Math.max(0, values.length - 1);
    }
  return freedom > 0 ? squares / freedom : 0;
}
