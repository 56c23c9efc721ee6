import type { TrainingStep } from '../../engine/contract.js';
import type { MeanMonitors } from './meanMonitors.js';

/** More batches in one call gain nothing that can be measured. */
const longest = 16;
/** Numbers of a series, 8 MB: more would drive the model out of the processor's caches. */
const largest = 1 << 21;

/** Batches of these numbers each that are trained on in one call. */
export const batchesInSeries = (numbers: number): number =>
  Math.max(1, Math.min(longest, Math.floor(largest / numbers)));

/** Batches that lie one after the other in memory, so that the engine trains on all of them in one call. */
export class BatchSeries<Name extends string> {
  /** [batches · size] by name */
  readonly #arrays: Readonly<Record<Name, Float32Array>>;
  readonly #places: readonly Readonly<Record<Name, Float32Array>>[];
  readonly #weights: number[] = [];

  /** @param sizes numbers of one batch, by input of the training step */
  constructor(
    private readonly training: Pick<TrainingStep, 'runSeries'>,
    private readonly sizes: Readonly<Record<Name, number>>,
  ) {
    const total = Object.values<number>(sizes).reduce((sum, size) => sum + size, 0);
    const batches = batchesInSeries(total);
    this.#arrays = this.#byName((size) => new Float32Array(batches * size));
    this.#places = Array.from({ length: batches }, (_, at) =>
      this.#byName((size, name) => this.#arrays[name].subarray(at * size, (at + 1) * size)),
    );
  }

  #byName(of: (size: number, name: Name) => Float32Array): Record<Name, Float32Array> {
    return Object.fromEntries(
      Object.entries<number>(this.sizes).map(([name, size]) => [name, of(size, name as Name)]),
    ) as Record<Name, Float32Array>;
  }

  /** No place is left for another batch. */
  get full(): boolean {
    return this.#weights.length === this.#places.length;
  }

  /**
   * The arrays of the next batch, which hold what an earlier batch left there.
   *
   * @param weight of the batch in the means of the monitors
   */
  next(weight: number): Readonly<Record<Name, Float32Array>> {
    const place = this.#places[this.#weights.length];
    if (place === undefined) throw new Error('the series of batches is full and was not trained on');
    this.#weights.push(weight);
    return place;
  }

  /** One update for every batch that is waiting, in their order; none is waiting then. */
  async train(learningRate: number, monitors: MeanMonitors): Promise<void> {
    const count = this.#weights.length;
    if (count === 0) return;
    const batches = this.full
      ? this.#arrays
      : this.#byName((size, name) => this.#arrays[name].subarray(0, count * size));
    const found = Object.entries(await this.training.runSeries(batches, learningRate, count));
    this.#weights.forEach((weight, at) =>
      monitors.add(Object.fromEntries(found.map(([name, values]) => [name, values[at]!])), weight),
    );
    this.#weights.length = 0;
  }
}
