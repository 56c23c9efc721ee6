import type { Random } from '../../../engine/random.js';
import { TrainingFailure } from '../../../federation/trainingFailure.js';
import { earlyStopping } from './earlyStopping.js';

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

export interface LoopCallbacks {
  readonly onProgress?: (progress: LoopProgress) => void;
  /** Aborts between updates with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A model in training. */
export interface TrainedSteps<State> {
  /** Updates on the given rows, one batch, at `factor` times the learning rate (1 by default); returns its monitors. */
  update(rows: Uint32Array, factor?: number): Promise<Readonly<Record<string, number>>>;
  /** Kind of every row: batches hold rows of one kind as far as possible, which costs less where kinds are unlike in size. */
  readonly kinds?: Uint8Array;
  /** Validation accuracy of the present state. */
  accuracy(): Promise<number>;
  /** Copies the present state out. */
  state(): State;
}

/**
 * Endless batches of row numbers: once through all in random order, then again; the last of a pass may be shorter.
 *
 * @param kinds [rows] with it, rows are dealt to batches kind by kind, and the batches come in random order
 */
export function rowBatches(
  rows: number,
  batch: number,
  random: Random,
  kinds?: Uint8Array,
): () => Uint32Array {
  if (rows === 0) throw new Error('a training without rows');
  let batches: Uint32Array[] = [];
  const pass = (): Uint32Array[] => {
    const order = new Uint32Array(random.permutation(rows));
    const dealt = (of: Uint32Array): Uint32Array[] =>
      Array.from({ length: Math.ceil(of.length / batch) }, (_, i) => of.subarray(i * batch, (i + 1) * batch));
    if (kinds === undefined) return dealt(order).reverse();
    const sorted = dealt(Uint32Array.from(Array.from(order).sort((a, b) => kinds[a]! - kinds[b]!)));
    return Array.from(random.permutation(sorted.length), (at) => sorted[at]!);
  };
  return () => {
    if (batches.length === 0) batches = pass();
    return batches.pop()!;
  };
}

/**
 * Updates until the validation accuracy stops growing or the updates are used up. The first validation comes after the
 * first `validateEvery` updates.
 *
 * @returns the state of the best validation
 * @throws TrainingFailure when a loss is no finite number
 */
export async function trainedState<State>(
  steps: TrainedSteps<State>,
  rows: number,
  settings: LoopSettings,
  random: Random,
  { onProgress, signal }: LoopCallbacks,
): Promise<State> {
  const next = rowBatches(rows, settings.batch, random, steps.kinds);
  const every = settings.validateEvery ?? Math.ceil(rows / settings.batch);
  const stopping = earlyStopping(settings.patience);
  let best = steps.state();
  let sums: Record<string, number> = {};
  let since = 0;
  for (let updates = 1; updates <= settings.updates && !stopping.over(); updates++) {
    signal?.throwIfAborted();
    const monitors = await steps.update(next(), rateFactor(updates, settings));
    for (const [name, value] of Object.entries(monitors)) {
      if (!Number.isFinite(value)) throw new TrainingFailure(`${name} became ${value} at update ${updates}`);
      sums[name] = (sums[name] ?? 0) + value;
    }
    since++;
    if (updates % every !== 0 && updates !== settings.updates) continue;
    const accuracy = await steps.accuracy();
    const improved = stopping.improved(accuracy);
    if (improved) best = steps.state();
    const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / since]));
    onProgress?.({ updates, monitors: means, accuracy, improved });
    sums = {};
    since = 0;
  }
  return best;
}
