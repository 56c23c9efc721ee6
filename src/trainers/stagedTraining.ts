import type { Checkpoints } from './checkpoints.js';
import type { TrainingEvent } from './contract.js';

/** A stage between two rounds, or within one. */
export interface StageProgress {
  /** Rounds that are done. */
  readonly round: number;
}

/** What a stage does not hold itself but goes on with: the ledger, what hospitals remember, events of past rounds. */
export interface Surroundings<Kept> {
  collect(): Promise<Kept>;
  restore(kept: Kept): Promise<void>;
}

/** All that a training in stages goes on from; what costs no epochs, such as preprocessing, is made again. */
interface TrainingState<Ended, Kept> {
  readonly form: number;
  readonly stage: string;
  readonly progress: StageProgress;
  readonly ended: Ended | null;
  readonly surroundings: Kept;
}

/** A stage that may have been taken up again. */
export interface ResumableStage<Progress extends StageProgress> {
  /** What the stage came to before the interruption; the surroundings have been restored. */
  readonly resume: Progress | undefined;
  /** Called wherever the stage could go on from; `progress` only where something is written. */
  readonly keep: (progress: () => Progress) => Promise<void>;
}

/** A training that may have been taken up again. */
export interface StagedTraining<Ended> {
  /** What the stages before the interrupted one came to; null where there was none, or no interruption. */
  readonly ended: Ended | null;
  /** Progress of the interrupted stage. */
  readonly interrupted: StageProgress | undefined;
  /** @param ended what the stages before this one came to */
  begin<Progress extends StageProgress>(
    stage: string,
    ended: Ended | null,
  ): Promise<ResumableStage<Progress>>;
}

const PART = 'training';

/**
 * Takes up an interrupted training, or starts one that can be taken up.
 *
 * @param form raised whenever the trainer's state has other fields, or they mean something else: then what was kept counts as none
 */
export async function takeUpStages<Ended, Kept>(
  checkpoints: Checkpoints | undefined,
  {
    form,
    surroundings,
    emit,
  }: {
    readonly form: number;
    readonly surroundings: Surroundings<Kept>;
    readonly emit: (event: TrainingEvent) => void;
  },
): Promise<StagedTraining<Ended>> {
  const found = (await checkpoints?.load(PART)) as TrainingState<Ended, Kept> | undefined;
  const kept = found?.form === form ? found : undefined;
  return {
    ended: kept?.ended ?? null,
    interrupted: kept?.progress,
    async begin<Progress extends StageProgress>(stage: string, ended: Ended | null) {
      const resume = kept?.stage === stage ? kept : undefined;
      if (resume !== undefined) {
        await surroundings.restore(resume.surroundings);
        emit({ kind: 'resumed', stage, done: resume.progress.round });
      }
      return {
        // The key of the job, and with it the way of the stage, is the same: so is the form of its progress.
        resume: resume?.progress as Progress | undefined,
        async keep(progress: () => Progress) {
          await checkpoints?.save(PART, async (): Promise<TrainingState<Ended, Kept>> => ({
            form,
            stage,
            progress: progress(),
            ended,
            surroundings: await surroundings.collect(),
          }));
        },
      };
    },
  };
}
