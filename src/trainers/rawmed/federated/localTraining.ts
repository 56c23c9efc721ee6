import type { ResumableRandom } from '../../../engine/random.js';
import { TrainingFailure } from '../../../federation/trainingFailure.js';
import { rowBatches, type BatchesPlace, type RowBatches } from '../training/rowBatches.js';
import type { TrainedSteps } from '../training/trainingLoop.js';

/** A compiled model as a hospital keeps it between rounds. */
export interface HeldSteps<State> extends Pick<
  TrainedSteps<State, unknown>,
  'load' | 'update' | 'accuracy' | 'state'
> {
  dispose(): Promise<void>;
}

/** What a checkpoint keeps of a hospital's model between rounds. */
export interface LocalMemory<State> {
  readonly state: State;
  readonly batches: BatchesPlace;
}

/** What a round of local training came to. */
export interface LocalRound {
  readonly steps: number;
  /** Means over the updates, and how often the rows were gone through. */
  readonly monitors: Readonly<Record<string, number>>;
}

/** A hospital's model between rounds: batches go on where the last round left off. */
export class LocalTraining<State> {
  readonly #steps: HeldSteps<State>;
  readonly #rows: number;
  readonly #batch: number;
  readonly #batches: RowBatches;

  /** @param random order of the batches; whatever else the steps draw from it goes on with it */
  constructor(steps: HeldSteps<State>, rows: number, batch: number, random: ResumableRandom) {
    this.#steps = steps;
    this.#rows = rows;
    this.#batch = batch;
    this.#batches = rowBatches(rows, batch, random);
  }

  /** Goes on from another state. Returns its accuracy on the rows that only watch. */
  async adopt(state: State): Promise<number> {
    this.#steps.load(state);
    return this.#steps.accuracy();
  }

  state(): State {
    return this.#steps.state();
  }

  memory(): LocalMemory<State> {
    return { state: this.#steps.state(), batches: this.#batches.place() };
  }

  recall({ state, batches }: LocalMemory<State>): void {
    this.#steps.load(state);
    this.#batches.moveTo(batches);
  }

  /** Updates of once through the rows. */
  get pass(): number {
    return Math.ceil(this.#rows / this.#batch);
  }

  /**
   * @param factor on the learning rate in an update of the round, which counts from 1
   * @throws TrainingFailure when a loss is no finite number
   */
  async run(steps: number, factor: (update: number) => number): Promise<LocalRound> {
    const sums: Record<string, number> = {};
    let seen = 0;
    for (let update = 1; update <= steps; update++) {
      const rows = this.#batches.next();
      seen += rows.length;
      for (const [name, value] of Object.entries(await this.#steps.update(rows, factor(update)))) {
        if (!Number.isFinite(value))
          throw new TrainingFailure(`${name} became ${value} at local update ${update}`);
        sums[name] = (sums[name] ?? 0) + value;
      }
    }
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / steps] as const);
    return { steps, monitors: { ...Object.fromEntries(means), passes: seen / this.#rows } };
  }

  dispose(): Promise<void> {
    return this.#steps.dispose();
  }
}
