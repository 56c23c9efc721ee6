import type { ResumableRandom } from '../../../engine/random.js';
import { TrainingFailure } from '../../../federation/trainingFailure.js';
import type { ResumableStage, StageProgress } from '../../stagedTraining.js';
import { earlyStopping, type StoppingState } from './earlyStopping.js';
import { rowBatches, type BatchesPlace } from './rowBatches.js';

/** What both stages have in common. */
export interface LoopSettings {
  /** Rows of a batch. */
  readonly batch: number;
  /** Most updates. */
  readonly updates: number;
  /** Updates between two validations; once through the rows by default. */
  readonly validateEvery?: number;
  /** Validations in a row without improvement that end the training. */
  readonly patience: number;
  readonly learningRate: number;
  /** Share of `updates` over which the learning rate grows from 0; 0 by default. */
  readonly warmup?: number;
  /** `cosine`: the learning rate then falls to 0 along half a cosine until the last update; constant by default, as published. */
  readonly decay?: 'constant' | 'cosine';
}

/** Factor on the learning rate in an update, which counts from 1. */
export function rateFactor(
  update: number,
  { updates, warmup = 0, decay = 'constant' }: Pick<LoopSettings, 'updates' | 'warmup' | 'decay'>,
): number {
  const rising = warmup * updates;
  if (update <= rising) return update / rising;
  if (decay === 'constant') return 1;
  return (1 + Math.cos((Math.PI * (update - 1 - rising)) / (updates - rising))) / 2;
}

/** One validation. */
export interface LoopProgress {
  readonly updates: number;
  /** Means since the last validation. */
  readonly monitors: Readonly<Record<string, number>>;
  /** Share of validation tokens that are right. */
  readonly accuracy: number;
  readonly improved: boolean;
}

/** A loop between two updates. */
export interface LoopState<State, Learnt> extends StageProgress {
  readonly updates: number;
  readonly present: State;
  /** Of the best validation. */
  readonly best: Learnt;
  readonly stopping: StoppingState;
  /** Sums of the monitors since the last validation, and over how many updates. */
  readonly sums: Readonly<Record<string, number>>;
  readonly since: number;
  readonly batches: BatchesPlace;
}

export interface LoopCallbacks<State, Learnt> extends Partial<ResumableStage<LoopState<State, Learnt>>> {
  readonly onProgress?: (progress: LoopProgress) => void;
  /** Aborts between updates with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A model in training. */
export interface TrainedSteps<State, Learnt> {
  /** Copies a state in. */
  load(state: State): void;
  /** Updates on the given rows, one batch, at `factor` times the learning rate (1 by default); returns its monitors. */
  update(rows: Uint32Array, factor?: number): Promise<Readonly<Record<string, number>>>;
  /** Kind of every row: batches hold rows of one kind as far as possible, which costs less where kinds are unlike in size. */
  readonly kinds?: Uint8Array;
  /** Validation accuracy of the present state. */
  accuracy(): Promise<number>;
  /** Copies the present state out. */
  state(): State;
  /** Copies out what of the present state a trained model is: all but the optimiser's moments. */
  learnt(): Learnt;
}

/**
 * Updates until the validation accuracy stops growing or the updates are used up. The first validation comes after the
 * first `validateEvery` updates.
 *
 * @param initial state to start from, where the loop does not resume
 * @param random order of the batches; whatever else the steps draw from it goes on with it
 * @returns what the best validation was of
 * @throws TrainingFailure when a loss is no finite number
 */
export async function trainedState<State, Learnt>(
  steps: TrainedSteps<State, Learnt>,
  initial: () => State,
  rows: number,
  settings: LoopSettings,
  random: ResumableRandom,
  { onProgress, signal, resume, keep }: LoopCallbacks<State, Learnt>,
): Promise<Learnt> {
  steps.load(resume?.present ?? initial());
  const batches = rowBatches(rows, settings.batch, random, steps.kinds);
  if (resume !== undefined) batches.moveTo(resume.batches);
  const every = settings.validateEvery ?? Math.ceil(rows / settings.batch);
  const stopping = earlyStopping(settings.patience, resume?.stopping);
  let best = resume?.best ?? steps.learnt();
  let sums: Record<string, number> = { ...resume?.sums };
  let since = resume?.since ?? 0;
  let round = resume?.round ?? 0;
  for (let updates = (resume?.updates ?? 0) + 1; updates <= settings.updates && !stopping.over(); updates++) {
    signal?.throwIfAborted();
    const monitors = await steps.update(batches.next(), rateFactor(updates, settings));
    for (const [name, value] of Object.entries(monitors)) {
      if (!Number.isFinite(value)) throw new TrainingFailure(`${name} became ${value} at update ${updates}`);
      sums[name] = (sums[name] ?? 0) + value;
    }
    since++;
    if (updates % every === 0 || updates === settings.updates) {
      const accuracy = await steps.accuracy();
      const improved = stopping.improved(accuracy);
      if (improved) best = steps.learnt();
      const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / since]));
      round++;
      onProgress?.({ updates, monitors: means, accuracy, improved });
      sums = {};
      since = 0;
    }
    await keep?.(() => ({
      round,
      updates,
      present: steps.state(),
      best,
      stopping: stopping.state(),
      sums,
      since,
      batches: batches.place(),
    }));
  }
  return best;
}
