import type { Cohort } from '../cohort/types.js';
import type { Random } from '../engine/random.js';

/** What a metric compares; the roles of the catalogue: R, H, E and S. */
export type Role = 'train' | 'holdout' | 'reference' | 'synthetic';

/** Group of metrics that a score belongs to; the first part of its id. */
export type Family =
  'marginal' | 'pairwise' | 'temporal' | 'joint' | 'utility' | 'privacy' | 'site' | 'events';

/** Which way a value is good. `target` means nearest to `MetricDescriptor.ideal` is best, e.g. 0.5 for an AUROC of an attack. */
export type Direction = 'lower' | 'higher' | 'target';

/** Values that select a variant of a metric; written into every score row. */
export type MetricParameters = Readonly<Record<string, string | number | boolean>>;

/** `paper` reproduces published definitions, flaws included and labelled; its rows never gate. */
export type PresetName = 'fast' | 'full' | 'privacy' | 'paper';

/** The assumptions of an attack, in the three parts of TAPAS (Houssiau et al. 2022). */
export interface ThreatModel {
  /** What data the attacker holds. */
  readonly knowledge: string;
  /** What access to the generator the attacker has. */
  readonly access: string;
  /** What the attacker wants to learn. */
  readonly goal: string;
}

/** The constant description of a metric; the catalogue page and the report are generated from it. */
export interface MetricDescriptor {
  /** `family.name`, fixed for good. */
  readonly id: string;
  /** Raised whenever any value could change. */
  readonly version: number;
  readonly family: Family;
  /** Short column heading. */
  readonly title: string;
  /** One sentence that a clinician understands. */
  readonly explanation: string;
  /** Formula in plain text, with its source. */
  readonly definition: string;
  /** Paper, equation or code base that the definition comes from; “this project” for what is our own. */
  readonly source: string;
  /** What a good value does not say, and how the score misleads. */
  readonly misuse?: string;
  readonly direction: Direction;
  /** The value of a perfect synthetic cohort: 0 for gaps, 0.5 for attacks, 1 for agreement; null when it depends on the data. */
  readonly ideal: number | null;
  /** Closed range of possible values; null = unbounded. */
  readonly range: readonly [number | null, number | null];
  readonly needs: readonly Role[];
  /** When there is no value, in words. */
  readonly undefinedWhen: string;
  /** Parameter sets by preset; a preset that is not named leaves the metric out. The headline: see `headlineParameters`. */
  readonly variants: Readonly<Partial<Record<PresetName, readonly MetricParameters[]>>>;
  /** The metric compares hospitals with each other, so it is scored on the pooled cohort only. */
  readonly pooledOnly?: true;
  /** Of attacks: who could do this. */
  readonly threatModel?: ThreatModel;
  /** Shown in the summary table. */
  readonly headline: boolean;
  /** `bounds` = floor and ceiling are the same metric on reference cohorts; `none` = they make no sense (name why in `definition`). */
  readonly bounds: 'reference-cohorts' | 'none';
  /**
   * Draws of independent marginals whose mean value is the floor with the headline's parameters; 1 when left out, enough where one
   * says what all would.
   */
  readonly floorDraws?: number;
  /** Real stays that stand for the synthetic cohort in the ceiling, where they are others than `computeBounds` says. */
  readonly ceilingFrom?: 'holdout' | 'reference';
}

/** The cohorts of one site (pooled or one hospital), all on one schema. */
export interface MetricInputs {
  readonly train: Cohort;
  /**
   * Train before the metric's sampling took a share of it, for what must be the same for all generators, however many stays they
   * deliver. Only with sampling `arms`; absent = `train`.
   */
  readonly wholeTrain?: Cohort;
  readonly holdout: Cohort;
  readonly reference: Cohort | null;
  readonly synthetic: Cohort;
  /** Name of the label that utility metrics predict; null when the cohort has none. */
  readonly label: string | null;
  /** Bootstrap resamples (patients are the unit). */
  readonly resamples: number;
}

/** A failed metric is data: never a missing row, never 0, −1 or NaN. */
export type Result =
  | {
      readonly state: 'ok';
      readonly value: number;
      /** 95 % confidence interval; null where none is defined (the reason is in the metric's definition). */
      readonly ciLow: number | null;
      readonly ciHigh: number | null;
      /** Stays that entered the value, synthetic and real. */
      readonly n: number;
      /** Aggregates for figures; never rows or values of single stays. */
      readonly detail?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly state: 'skipped' | 'undefined' | 'failed' | 'timed-out';
      readonly reason: string;
      readonly n: number;
    };

/** A score: its constant description and the function that computes it. */
export interface Metric {
  readonly descriptor: MetricDescriptor;
  /** Pure: same inputs, parameters and random stream give the same result. */
  compute(inputs: MetricInputs, parameters: MetricParameters, random: Random): Result | Promise<Result>;
}

/** One tidy row of `scores.json`; null where undefined, never NaN. */
export interface ScoreRow {
  readonly suite: string;
  readonly dataset: string;
  readonly trainer: string;
  readonly variant: string;
  readonly seed: number;
  /** `pooled` or a hospital id. */
  readonly site: string;
  readonly metric: string;
  readonly metricVersion: number;
  readonly parameters: MetricParameters;
  readonly value: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** What a generator without any dependence reaches (independent marginals). */
  readonly floor: number | null;
  /** What fresh real patients of the same number reach (real train against real holdout). */
  readonly ceiling: number | null;
  readonly direction: Direction;
  readonly n: number;
  readonly state: Result['state'];
  readonly reason: string | null;
  readonly seconds: number;
  /** Content key `sha256:…` over metric, version, parameters, all inputs, seed. */
  readonly key: string;
}

/**
 * Aggregates of one cohort at one site, for figures: no number stands for fewer than 11 patients. Of a cohort with fewer,
 * everything is null.
 */
export interface CohortProfile {
  readonly features: readonly string[];
  readonly units: readonly string[];
  readonly quantileLevels: readonly number[];
  /** [feature][level] of observed values, each the mean of a window with values of 11 patients or more; null where withheld. */
  readonly quantiles: readonly (readonly number[] | null)[];
  /** [feature][lag−1] masked autocorrelation; null where undefined or withheld. */
  readonly autocorrelation: readonly (readonly (number | null)[])[];
  /** [feature][feature] pairwise-complete Pearson correlation; null where undefined or withheld. */
  readonly correlation: readonly (readonly (number | null)[])[];
}
