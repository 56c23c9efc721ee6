import { basename } from 'node:path';
import { contentKey } from '../suite/contentKey.js';
import { folderName } from '../suite/folderName.js';
import type { Suite, SuiteDataset } from '../suite/schema.js';
import type { Variant } from '../suite/variants.js';
import type { TrainingEvent } from '../trainers/contract.js';
import type { EngineName } from '../engine/contract.js';

/** A dataset of the suite, cut and split: every job that shares it sees the same patients. */
export interface PreparedDataset {
  /** Name in tables: the shipped id with what was chosen of it, or the folder's name. */
  readonly name: string;
  /** Where it comes from: a shipped id with its parameters, or an absolute folder. */
  readonly source:
    | { readonly id: string; readonly parameters: Readonly<Record<string, unknown>> }
    | { readonly path: string };
  readonly title: string;
  readonly licence: string;
  readonly citation: string;
  readonly patientsPerHospital: number | null;
  readonly steps: number | null;
  readonly label: string | null;
  readonly split: Suite['split'];
  /** Content hashes of the source files. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** How a suite wants its cohorts scored. */
export interface SuiteScoring {
  readonly metrics: Suite['metrics'];
  readonly resamples: number | null;
  readonly seed: number;
  /** Seconds after which a metric is stopped; decides no value, so that it is in no content key. */
  readonly metricTimeout: number;
}

/** Trains one generator and draws its synthetic cohort. */
export interface TrainJob {
  readonly kind: 'train';
  readonly dataset: PreparedDataset;
  readonly generator: Variant;
  /** Raised by the trainer whenever equal configurations could give another model. */
  readonly trainerVersion: number;
  readonly seed: number;
  readonly size: Suite['synthetic']['size'];
  readonly engine: EngineName;
}

/** Floors and ceilings of every metric on one dataset; all generators share them. */
export interface BoundsJob {
  readonly kind: 'bounds';
  readonly dataset: PreparedDataset;
  readonly scoring: SuiteScoring;
}

/** Scores one generator's cohort at every site. */
export interface ScoreJob {
  readonly kind: 'score';
  readonly train: TrainJob;
  /** References are made anew from the real data instead of being kept on disk. */
  readonly reference: boolean;
  readonly scoring: SuiteScoring;
}

export type Job = TrainJob | BoundsJob | ScoreJob;

/** Versions that decide the bytes of products; part of every content key. */
export interface Versions {
  readonly product: string;
  /** Installed versions of the libraries that compute, and the kind of processor. */
  readonly computing: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A metric was scored at a site; a line of `events.jsonl`. */
export interface MetricEvent {
  readonly kind: 'metric';
  readonly metric: string;
  readonly site: string;
  readonly state: string;
  readonly seconds: number;
  /** Scores done so far in this job, and all of them. */
  readonly done: number;
  readonly total: number;
}

/** A part of a training job is over: training itself, or drawing its cohort. */
export interface PhaseEvent {
  readonly kind: 'phase';
  readonly phase: 'training' | 'sampling';
  /** In this run; what an interrupted one took is not in it. */
  readonly seconds: number;
}

/** What a running job tells. */
export type JobEvent = TrainingEvent | MetricEvent | PhaseEvent;

/** What a run consists of, in a fixed order. */
export interface Plan {
  readonly training: readonly TrainJob[];
  readonly bounds: readonly BoundsJob[];
  readonly scoring: readonly ScoreJob[];
}

/** What decides the patients of a dataset: its content, never the folder it lies in. */
function identityOf({ source, patientsPerHospital, steps, label, split, sha256 }: PreparedDataset): object {
  return { source: 'id' in source ? source : 'folder', patientsPerHospital, steps, label, split, sha256 };
}

/** What of a suite's scoring decides the values. */
export const decisiveScoring = ({
  metrics,
  resamples,
  seed,
}: SuiteScoring): Omit<SuiteScoring, 'metricTimeout'> => ({ metrics, resamples, seed });

/** Raised whenever what bounds and score jobs keep besides the generator's own results changes: floors, ceilings, counts, figures. */
const SCORING_FORM = 6;

/** Content key of a job: equal keys mean equal bytes. */
export function keyOf(job: Job, versions: Versions): string {
  switch (job.kind) {
    case 'train':
      return contentKey({ ...job, dataset: identityOf(job.dataset), versions: { ...versions, metrics: {} } });
    case 'bounds':
      return contentKey({
        ...job,
        form: SCORING_FORM,
        dataset: identityOf(job.dataset),
        scoring: decisiveScoring(job.scoring),
        versions,
      });
    case 'score':
      return contentKey({
        ...job,
        form: SCORING_FORM,
        scoring: decisiveScoring(job.scoring),
        train: { ...job.train, dataset: identityOf(job.train.dataset) },
        versions,
      });
  }
}

/** Content keys of the products that a job needs, by what they are to it. */
export function needsOf(job: Job, versions: Versions): Readonly<Record<string, string>> {
  if (job.kind !== 'score') return {};
  const { train, scoring } = job;
  return {
    bounds: keyOf({ kind: 'bounds', dataset: train.dataset, scoring }, versions),
    ...(job.reference ? {} : { synthetic: keyOf(train, versions) }),
  };
}

/** Short text for progress and logs. */
export function nameOf(job: Job): string {
  switch (job.kind) {
    case 'train':
      return `train ${job.generator.trainer}/${job.generator.variant} seed ${job.seed} on ${job.dataset.name}`;
    case 'bounds':
      return `floors and ceilings on ${job.dataset.name}`;
    case 'score':
      return `score ${job.train.generator.trainer}/${job.train.generator.variant} seed ${job.train.seed} on ${job.train.dataset.name}`;
  }
}

/** Name of a suite's dataset in tables and folders: `eicu-demo-partition=region`. */
export function datasetName(dataset: SuiteDataset): string {
  if (dataset.id === undefined) return folderName(basename(dataset.path ?? 'cohort'));
  const chosen = Object.entries(dataset.parameters ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return folderName([dataset.id, ...chosen].join('-'));
}
