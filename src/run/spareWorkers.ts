/** How many threads one training spreads its hospitals over; `idle` = its own and the workers that no job needs. */
export type HospitalWorkers = number | 'idle';

/** A number of workers that no job needs, in memory that all threads of a run share. */
export class SpareWorkers {
  readonly #count: Int32Array;

  /** @param shared one Int32 */
  constructor(readonly shared: SharedArrayBuffer) {
    this.#count = new Int32Array(shared);
  }

  /** Changes the number; below 0 while jobs wait for a worker. */
  add(workers: number): void {
    Atomics.add(this.#count, 0, workers);
  }

  /** Takes at most `wanted` of them. @returns how many were taken, to be given back with `add` */
  take(wanted: number): number {
    for (;;) {
      const spare = Atomics.load(this.#count, 0);
      const taken = Math.max(0, Math.min(wanted, spare));
      if (Atomics.compareExchange(this.#count, 0, spare, spare - taken) === spare) return taken;
    }
  }
}

/** Runs a training with its lanes; workers that it took from the spare ones are given back at the end. */
export async function withLanes<Result>(
  wanted: HospitalWorkers,
  spare: SpareWorkers,
  hospitals: number,
  train: (lanes: number) => Promise<Result>,
): Promise<Result> {
  if (wanted !== 'idle') return train(Math.min(wanted, hospitals));
  const taken = spare.take(hospitals - 1);
  try {
    return await train(1 + taken);
  } finally {
    spare.add(taken);
  }
}
