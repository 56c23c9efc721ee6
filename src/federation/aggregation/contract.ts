import type { Random } from '../../engine/random.js';

/** Gaussian summary of a hospital's standardised latents; withheld by hospitals with fewer than 50 stays. */
export interface LatentSummary {
  /** [latents] */
  readonly mean: Float64Array;
  /** [latents] */
  readonly variance: Float64Array;
  /** [latents × latents]; only where the rule asks for full covariances. */
  readonly covariance?: Float64Array;
}

/** What one hospital sends back after its local epochs. */
export interface HospitalUpdate {
  readonly hospital: string;
  /** Training stays n_k. */
  readonly stays: number;
  readonly parameters: Float32Array;
  /** Optimiser updates τ_k that the hospital made since it got the round's parameters. */
  readonly steps: number;
  /** c_k⁺ − c_k of SCAFFOLD; only where the rule has control variates. */
  readonly controlChange?: Float32Array;
  readonly summary?: LatentSummary;
}

/** What the server knows of a round beside the answers. */
export interface AggregationRound {
  /** Parameters that went out; null where every hospital started from its own (independent initialisation, first round). */
  readonly global: Float32Array | null;
  /** Training stays of every hospital of the federation, also of those that did not answer in this round. */
  readonly stays: Readonly<Record<string, number>>;
}

/** Vectors that a rule carries from one round to the next; empty before the first. */
export type AggregationState = Readonly<Record<string, Float32Array>>;

/** `permutation[slot]` is the neuron of the hospital that goes to the slot of the global layer; one per matched layer. */
export type LayerPermutations = readonly Uint32Array[];

/** What the server made of the answers of one round. */
export interface Aggregated {
  readonly parameters: Float32Array;
  /** Effective weight of every hospital that answered; they add up to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Share of neurons that changed places, over hospitals and matched layers, 0…1. */
  readonly movedShare: number;
  /** By hospital; absent where the rule matches nothing. */
  readonly permutations?: Readonly<Record<string, LayerPermutations>>;
  /** What else the rule wants in the ledger, by name. */
  readonly monitors?: Readonly<Record<string, number>>;
  readonly state: AggregationState;
}

/** What a rule asks of the hospitals while they train. Plain data: it is agreed on before training and compiled into the step. */
export interface LocalTerm {
  /** FedProx: μ of the term (μ/2)·‖θ − θʳ‖² in the local objective. */
  readonly proximal?: number;
  /** SCAFFOLD: gradients are corrected by c − c_k, and the change of c_k is sent back. */
  readonly controlVariates?: boolean;
  /** Largest Euclidean norm of θ_k − θʳ that leaves the hospital; longer updates are scaled down to it. */
  readonly clipUpdate?: number;
  /** Stays weigh r = (p_global / p_hospital)^λ of their latents in the local objective of stage two. */
  readonly stayWeights?: { readonly lambda: number };
}

/** How the server makes the next global parameters out of the hospitals'. Pure. */
export interface AggregationRule {
  readonly id: string;
  /** Absent: hospitals minimise their own loss and nothing else. */
  readonly local?: LocalTerm;
  /** True when the rule compares hospitals by full covariances of their latents, so that they have to be released. */
  readonly fullCovariance?: boolean;
  /**
   * Gaussian noise that the rule adds in every round, as a multiple of the largest norm of a hospital's contribution, and the δ
   * at which its ε is reported; absent without differential privacy.
   */
  readonly privacy?: { readonly noiseMultiplier: number; readonly delta: number };
  aggregate(
    updates: readonly HospitalUpdate[],
    state: AggregationState,
    random: Random,
    round: AggregationRound,
  ): Aggregated;
}
