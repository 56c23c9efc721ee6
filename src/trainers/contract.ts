import type { ZodType } from 'zod';
import type { Cohort, VerificationRecord } from '../cohort/types.js';
import type { EngineName } from '../engine/contract.js';
import type { PrivacyStatement } from '../federation/aggregation/privacyStatement.js';
import type { Checkpoints } from './checkpoints.js';

/** What a trainer reports while it works; one line of `events.jsonl` each. */
export interface RoundEvent {
  readonly kind: 'round';
  /** `autoencoder`, `tcvae`, … */
  readonly stage: string;
  /** The hospital that trains by itself; absent where hospitals train together. */
  readonly hospital?: string;
  /** From 1. */
  readonly round: number;
  readonly rounds: number;
  /** Mean training loss over hospitals, weighted by stays. */
  readonly loss: number;
  /** Effective aggregation weight per hospital; absent where nothing is aggregated. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Hospitals that did not answer in this round; absent where all did. */
  readonly absent?: readonly string[];
  /** Further monitors: KL, share of moved neurons, active units, gradient norm … */
  readonly monitors?: Readonly<Record<string, number>>;
}

export interface WarningEvent {
  readonly kind: 'warning';
  readonly message: string;
}

/** How an external program ended. What it printed is not in here: it may quote rows. */
export interface ProgramEvent {
  readonly kind: 'program';
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** The job goes on where an interrupted one stood. */
export interface ResumedEvent {
  readonly kind: 'resumed';
  /** Stage of the training; `scoring` for the computations of a scoring. */
  readonly stage: string;
  /** Rounds of the stage, or computations of the scoring, that need not be done again. */
  readonly done: number;
  /** Of several models that are trained one after the other. */
  readonly hospital?: string;
}

/** One line of `events.jsonl` that a trainer causes. */
export type TrainingEvent = RoundEvent | WarningEvent | ProgramEvent | ResumedEvent;

/** Monitors at the end of stage two. */
export interface StageTwoEnd {
  /** Variance of drawn standardised latents against real ones, mean over hospitals; near 0 after a collapse. */
  readonly varianceRatio: number;
  /** Divergence of posterior and prior per time step in nats (one entry where a stay has one code), mean over stays; null where withheld. */
  readonly divergencePerStep: readonly (number | null)[];
}

/** What crossed the line between hospitals and server during training; null where nobody counted, as in a program of somebody else's. */
export interface Ledger {
  readonly bytesUp: number | null;
  readonly bytesDown: number | null;
  /** Bytes of messages that only watched the training (option `evaluateGlobal`); no cost of the method. */
  readonly watchingBytes?: number;
  readonly synchronisations: number | null;
  /** Local epochs per stage, the training budget. */
  readonly epochs: Readonly<Record<string, number>>;
  readonly rounds: readonly RoundEvent[];
  /** How stage two ended, for trainers that have one. */
  readonly stageTwo?: StageTwoEnd;
  /** Drawn, accepted and rejected stays of the latest sampling, of generators that verify what they draw. */
  readonly verification?: VerificationRecord;
  /** ε at δ of the whole run, where an aggregation rule adds noise. */
  readonly privacy?: PrivacyStatement;
}

/** Named files of a trained model, by file name. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

/** What a trainer is given. */
export interface TrainContext {
  /** Members, all hospitals. Federated trainers reach a hospital's rows only through `federation/hospital`. */
  readonly train: Cohort;
  /** Fresh real patients; only the `holdout` reference generator reads it. */
  readonly reference: Cohort;
  /** Checked against the trainer's schema by the suite. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly engine: EngineName;
  /**
   * Threads that a federated trainer spreads its hospitals over, the calling one included; 1 when left out. Whatever it is,
   * the bytes of the result are the same.
   */
  readonly lanes?: number;
  emit(event: TrainingEvent): void;
  /** Aborts between rounds with the signal's reason. */
  readonly signal?: AbortSignal;
  /** File that only its user may read, for what must not enter events, reports or errors; nothing is kept where there is none. */
  readonly privateLog?: string;
  /** Where state is kept between rounds; nothing is kept where there is none. */
  readonly checkpoints?: Checkpoints;
}

/** A trained generator: draws synthetic stays until it is disposed. */
export interface TrainedGenerator {
  /** A synthetic cohort with the given number of stays per hospital id, on the training cohort's schema. */
  synthesise(stays: Readonly<Record<string, number>>, seed: number): Promise<Cohort>;
  readonly files: ModelFiles;
  readonly ledger: Ledger;
  dispose(): Promise<void>;
}

/** A way of making a generator out of the training part of a cohort. */
export interface Trainer {
  readonly id: string;
  /** Raised whenever the same configuration could give another model. */
  readonly version: number;
  readonly title: string;
  /** What it does, one sentence; says so when it is a reconstruction. */
  readonly description: string;
  readonly kind: 'generator' | 'reference';
  /** Fills in defaults; unknown keys and wrong values are errors. */
  readonly parameters: ZodType<Readonly<Record<string, unknown>>>;
  /** Parameters to show where the schema has some without a default. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Whether its model folder can be drawn from later; it can when this is left out. */
  readonly keepsModel?: boolean;
  /**
   * Brings checked parameters into the form that jobs carry, e.g. with the hashes of files that they name, before anything is run.
   *
   * @param folder what file names are relative to
   * @param place what messages call the parameters' place
   */
  prepare?(
    parameters: Readonly<Record<string, unknown>>,
    folder: string,
    place: string,
  ): Promise<Readonly<Record<string, unknown>>>;
  train(context: TrainContext): Promise<TrainedGenerator>;
}
