import type { Provenance, SuppressedCount, Variable } from '../../cohort/types.js';

/** A number that is null where it would tell of fewer than 11 patients, also by subtraction. */
export type Disclosed = number | null;

export interface HospitalDescription {
  readonly id: string;
  readonly patients: Disclosed;
}

export interface LabelDescription {
  readonly name: string;
  readonly definition: string | null;
  /** Share of positive stays among those with a known label, 0…1. */
  readonly prevalence: Disclosed;
  /** Per hospital, in order. */
  readonly hospitals: readonly {
    readonly prevalence: Disclosed;
    /** Wilson 95 % interval of the prevalence. */
    readonly interval: readonly [number, number] | null;
    /** Jensen–Shannon distance (base 2, 0…1) of the label's distribution to the pooled one. */
    readonly skew: Disclosed;
  }[];
}

export interface FeatureDescription {
  readonly variable: Variable;
  /** Share of the steps inside stays that have a value. */
  readonly observed: Disclosed;
  /** The same at every step of the grid. */
  readonly observedAt: readonly Disclosed[];
  /** The same per hospital, over all steps. */
  readonly observedIn: readonly Disclosed[];
  /** Quartiles of the observed values over all hospitals; null for other kinds than continuous and under 44 patients. */
  readonly quartiles: readonly [number, number, number] | null;
  /** Share of 1 among observed steps of a binary feature. */
  readonly prevalence: Disclosed;
  /** Per hospital: Jensen–Shannon distance (base 2, 0…1) of the observed values to the pooled ones. */
  readonly divergence: readonly Disclosed[];
  /** What `divergence` would be if the stays that have the feature were dealt to the hospitals at random, per hospital. */
  readonly divergenceByChance: readonly Disclosed[];
  /** Values left out when the cohort was made, because they are implausible. */
  readonly outOfRange: SuppressedCount;
}

export interface AttritionStep {
  readonly step: string;
  readonly remaining: Disclosed;
  /** Per hospital, in order; null where it is not recorded or withheld. */
  readonly hospitals: readonly Disclosed[];
}

/** Aggregates of a cohort, safe to print: no count from 1 to 10 and none that subtraction gives away. */
export interface CohortDescription {
  readonly name: string;
  readonly steps: number;
  readonly stepHours: number;
  readonly stays: Disclosed;
  readonly patients: Disclosed;
  readonly hospitals: readonly HospitalDescription[];
  readonly statics: readonly Variable[];
  readonly labels: readonly LabelDescription[];
  readonly features: readonly FeatureDescription[];
  readonly attrition: readonly AttritionStep[];
  /** Provenance without what `attrition` and the features say, its counts from 1 to 10 withheld. */
  readonly provenance: Omit<Provenance, 'attrition' | 'outOfRange'>;
}
