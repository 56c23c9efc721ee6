import { composedEpsilon } from './renyiAccountant.js';

/** A statement of differential privacy: what is protected, how well, and what is not. */
export interface PrivacyStatement {
  readonly epsilon: number;
  readonly delta: number;
  /** Stages whose parameters it covers. */
  readonly stages: readonly string[];
  /** Unit of protection and what the guarantee means, in words. */
  readonly protects: string;
  /** What else leaves the hospitals without noise. */
  readonly notCovered: string;
}

/** A stage whose rule adds noise in every round. */
export interface NoisyStage {
  readonly stage: string;
  readonly rounds: number;
  readonly noiseMultiplier: number;
  readonly delta: number;
}

/**
 * The guarantee of a whole run: the rounds of all noisy stages together, at the smallest δ that they name; null without one.
 *
 * @param allStages names of every stage of the run
 */
export function privacyStatement(
  noisy: readonly NoisyStage[],
  allStages: readonly string[],
): PrivacyStatement | null {
  if (noisy.length === 0) return null;
  const delta = Math.min(...noisy.map((stage) => stage.delta));
  const stages = noisy.map(({ stage }) => stage);
  const open = allStages.filter((stage) => !stages.includes(stage));
  return {
    epsilon: composedEpsilon(
      noisy.map(({ noiseMultiplier, rounds }) => ({ noiseMultiplier, count: rounds })),
      delta,
    ),
    delta,
    stages,
    protects: `a hospital's whole contribution to the parameters of ${stages.join(' and ')}, against whoever sees these parameters after every round (neighbours differ in one hospital's updates being zero; the server, which sees single updates, is trusted)`,
    notCovered: `${open.length === 0 ? '' : `the parameters of ${open.join(' and ')}, `}counts, histograms, moments and training monitors, which carry no noise`,
  };
}
