import type { ResumableRandom, StreamPlace } from '../../../engine/random.js';

/** Where batches stand; row numbers are not in it, they are dealt again. */
export interface BatchesPlace {
  /** Where the stream stood before the present pass was dealt; null before the first. */
  readonly dealtFrom: StreamPlace | null;
  /** Batches of the present pass that were taken. */
  readonly taken: number;
  /** Where the stream stands. */
  readonly stream: StreamPlace;
}

/** Endless batches of row numbers. */
export interface RowBatches {
  readonly next: () => Uint32Array;
  /** Also where the stream stands, which others draw from too. */
  place(): BatchesPlace;
  /** Goes on where earlier batches of the same rows stood, the stream too. */
  moveTo(place: BatchesPlace): void;
}

/**
 * Endless batches of row numbers: once through all in random order, then again; the last of a pass may be shorter.
 *
 * @param kinds [rows] with it, rows are dealt to batches kind by kind, and the batches come in random order
 */
export function rowBatches(
  rows: number,
  batch: number,
  random: ResumableRandom,
  kinds?: Uint8Array,
): RowBatches {
  if (rows === 0) throw new Error('a training without rows');
  let batches: Uint32Array[] = [];
  let dealtFrom: StreamPlace | null = null;
  let taken = 0;
  const pass = (): Uint32Array[] => {
    const order = new Uint32Array(random.permutation(rows));
    const dealt = (of: Uint32Array): Uint32Array[] =>
      Array.from({ length: Math.ceil(of.length / batch) }, (_, i) => of.subarray(i * batch, (i + 1) * batch));
    if (kinds === undefined) return dealt(order).reverse();
    const sorted = dealt(Uint32Array.from(Array.from(order).sort((a, b) => kinds[a]! - kinds[b]!)));
    return Array.from(random.permutation(sorted.length), (at) => sorted[at]!);
  };
  const deal = (): void => {
    dealtFrom = random.place();
    batches = pass();
    taken = 0;
  };
  return {
    next() {
      if (batches.length === 0) deal();
      taken++;
      return batches.pop()!;
    },
    place: () => ({ dealtFrom, taken, stream: random.place() }),
    moveTo(place) {
      if (place.dealtFrom !== null) {
        random.moveTo(place.dealtFrom);
        deal();
        taken = place.taken;
        batches.length -= taken;
      }
      random.moveTo(place.stream);
    },
  };
}
