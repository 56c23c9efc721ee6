import type { Random } from '../../engine/random.js';

/** Diagonal Gaussian summary of a hospital's standardised latents; withheld by hospitals with fewer than 50 stays. */
export interface LatentSummary {
  /** [latents] */
  readonly mean: Float64Array;
  /** [latents] */
  readonly variance: Float64Array;
}

/** What one hospital sends back after its local epochs. */
export interface HospitalUpdate {
  readonly hospital: string;
  /** Training stays n_k. */
  readonly stays: number;
  readonly parameters: Float32Array;
  readonly summary?: LatentSummary;
}

/** Vectors that a rule carries from one round to the next; empty before the first. */
export type AggregationState = Readonly<Record<string, Float32Array>>;

/** `permutation[slot]` is the neuron of the hospital that goes to the slot of the global layer; one per matched layer. */
export type LayerPermutations = readonly Uint32Array[];

export interface Aggregated {
  readonly parameters: Float32Array;
  /** Effective weight of every hospital; they add up to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Share of neurons that changed places, over hospitals and matched layers, 0…1. */
  readonly movedShare: number;
  /** By hospital; absent where the rule matches nothing. */
  readonly permutations?: Readonly<Record<string, LayerPermutations>>;
  readonly state: AggregationState;
}

/** How the server makes the next global parameters out of the hospitals'. Pure. */
export interface AggregationRule {
  readonly id: string;
  aggregate(updates: readonly HospitalUpdate[], state: AggregationState, random: Random): Aggregated;
}
