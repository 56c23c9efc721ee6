/** Cycles of the cyclical schedule (Fu et al. 2019, "Cyclical Annealing Schedule", M = 4). */
const cycles = 4;

export interface BetaSchedule {
  /** Weight of the Kullback–Leibler term after the warm-up. */
  readonly beta: number;
  /** Share of all rounds (of every cycle, when cyclical) over which the weight grows; 0 = none. */
  readonly betaWarmup: number;
  readonly betaSchedule: 'linear' | 'cyclical';
  readonly rounds: number;
}

/**
 * Weight of the Kullback–Leibler term in a round (from 1). It depends on the global round alone, so that all hospitals share
 * it: a linear rise to `beta` once, or once in each of four cycles of equal length.
 */
export function betaOfRound({ beta, betaWarmup, betaSchedule, rounds }: BetaSchedule, round: number): number {
  if (betaWarmup === 0) return beta;
  const length = betaSchedule === 'cyclical' ? rounds / cycles : rounds;
  const position = ((round - 1) % length) + 1;
  return beta * Math.min(1, position / (betaWarmup * length));
}
