import type { CohortProfile, ScoreRow } from '../metrics/contract.js';
import type { Ledger } from '../trainers/contract.js';

/** A number for each part of a split; null where it is withheld. */
export interface PartCounts {
  readonly train: number | null;
  readonly holdout: number | null;
  readonly reference: number | null;
}

/** How a run was made; `manifest.json`. Holds no clock times, so that equal runs give equal bytes. */
export interface RunManifest {
  readonly format: 'fedehr-run';
  readonly version: 1;
  readonly suite: string;
  /** The suite file with every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly platform: string; readonly processor: string; readonly cores: number };
  readonly datasets: readonly {
    readonly id: string;
    readonly title: string;
    readonly licence: string;
    readonly citation: string;
    /** Left out by runs of earlier versions, whose numbers of hospitals are stays. */
    readonly counted?: 'patients';
    /** Patients per part of the split; null = withheld: 1…10, or a number that would give one of 1…10 away. */
    readonly hospitals: readonly {
      readonly id: string;
      readonly train: number | null;
      readonly holdout: number | null;
      readonly reference: number | null;
    }[];
    /** Of all hospitals, per part of the split; null = fewer than 11. */
    readonly patients?: PartCounts;
    /** Where a patient has several. */
    readonly stays?: PartCounts;
    readonly label: string | null;
    readonly sha256: Readonly<Record<string, string>>;
    /** What the leak guards found before scoring; empty when nothing. */
    readonly findings: readonly string[];
  }[];
}

/** Which generator a product belongs to. `trainer` is `real` for the holdout itself. */
export interface GeneratorKey {
  readonly dataset: string;
  readonly trainer: string;
  readonly variant: string;
  readonly seed: number;
}

/** Receiver operating characteristic on a fixed grid of false-positive rates. */
export interface RocCurve {
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
}

/** Figures' data of one generator at one site. */
export interface SiteFigures extends GeneratorKey {
  readonly site: string;
  readonly profile: CohortProfile;
  /** Membership-inference attack. */
  readonly membershipRoc: RocCurve | null;
}

export interface TrainingRecord extends GeneratorKey {
  readonly ledger: Ledger;
  readonly seconds: number;
}

/** Everything a report shows; read from a run folder. */
export interface RunResults {
  readonly manifest: RunManifest;
  readonly rows: readonly ScoreRow[];
  readonly figures: readonly SiteFigures[];
  readonly training: readonly TrainingRecord[];
  /** Jobs that did not finish, with the reason. */
  readonly failures: readonly (GeneratorKey & {
    readonly reason: string;
    /** Whether wrong input was the cause, as opposed to a fault of ours. */
    readonly input: boolean;
  })[];
}
