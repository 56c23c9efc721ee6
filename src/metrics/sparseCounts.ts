import { Chunks } from './chunks.js';

/**
 * What every stay adds to a few of very many columns (levels, codes, pairs of codes, each perhaps at every step): only
 * what occurs takes memory, so a variable of a million levels costs no more than its observed cells.
 */
export interface SparseCounts {
  /** Numbers of the columns that occur. */
  readonly columns: Float64Array;
  /** [stays + 1] where the entries of each stay begin. */
  readonly start: Uint32Array;
  /** Position in `columns` of every entry. */
  readonly position: Uint32Array | Uint16Array;
  /** What the stay adds to this column; null = 1 every time. */
  readonly amount: Float64Array | null;
}

/** Memory of counts. */
export const countsBytes = ({ columns, start, position, amount }: SparseCounts): number =>
  columns.byteLength + start.byteLength + position.byteLength + (amount?.byteLength ?? 0);

/** Up to this many possible columns are looked up in an array, more in a map. */
const LARGEST_ARRAY = 2 ** 21;

/** Positions up to this one fit in 16 bits. */
const LARGEST_SHORT = 0xffff;

/** Room for positions among this many columns. */
export function shortestPositions(length: number, columns: number): SparseCounts['position'] {
  return columns <= LARGEST_SHORT + 1 ? new Uint16Array(length) : new Uint32Array(length);
}

/** Collects counts stay by stay. */
export class SparseCountsBuilder {
  readonly #dense: Int32Array | null;
  readonly #map = new Map<number, number>();
  readonly #columns: number[] = [];
  readonly #start: number[] = [0];
  #sums = new Float64Array(64);
  #lastStay = new Int32Array(64).fill(-1);
  #touched = new Uint32Array(64);
  #touchedCount = 0;
  readonly #positions = new Chunks(Uint32Array);
  readonly #amounts = new Chunks(Float64Array);
  /** Whether an amount other than 1 was seen; until then none is stored. */
  #varies = false;

  /** @param space columns are numbered 0…space−1 */
  constructor(space: number) {
    if (space > Number.MAX_SAFE_INTEGER)
      throw new RangeError('too many combinations of levels to be numbered');
    this.#dense = space <= LARGEST_ARRAY ? new Int32Array(space) : null;
  }

  /** Adds to a column of the current stay. */
  add(column: number, amount: number): void {
    const at = this.#positionOf(column);
    const stay = this.#start.length;
    if (this.#lastStay[at] === stay) {
      this.#sums[at]! += amount;
      return;
    }
    this.#lastStay[at] = stay;
    this.#sums[at] = amount;
    if (this.#touchedCount === this.#touched.length) this.#touched = grown(this.#touched, Uint32Array);
    this.#touched[this.#touchedCount++] = at;
  }

  /** Ends the current stay and begins the next. */
  endStay(): void {
    for (let k = 0; k < this.#touchedCount; k++) {
      const at = this.#touched[k]!;
      const amount = this.#sums[at]!;
      if (!this.#varies && amount !== 1) {
        this.#varies = true;
        for (let known = 0; known < this.#positions.length; known++) this.#amounts.push(1);
      }
      this.#positions.push(at);
      if (this.#varies) this.#amounts.push(amount);
    }
    this.#touchedCount = 0;
    this.#start.push(this.#positions.length);
  }

  /** The counts of all stays; the builder is empty afterwards. */
  build(): SparseCounts {
    return {
      columns: Float64Array.from(this.#columns),
      start: Uint32Array.from(this.#start),
      position:
        this.#columns.length <= LARGEST_SHORT + 1
          ? this.#positions.take(Uint16Array)
          : this.#positions.take(Uint32Array),
      amount: this.#varies ? this.#amounts.take(Float64Array) : null,
    };
  }

  #positionOf(column: number): number {
    const known = this.#dense === null ? this.#map.get(column) : this.#dense[column]! - 1;
    if (known !== undefined && known >= 0) return known;
    const at = this.#columns.push(column) - 1;
    if (this.#dense === null) this.#map.set(column, at);
    else this.#dense[column] = at + 1;
    if (at === this.#sums.length) {
      this.#sums = grown(this.#sums, Float64Array);
      this.#lastStay = grown(this.#lastStay, Int32Array);
    }
    return at;
  }
}

function grown<T extends { readonly length: number; set(from: T): void }>(
  array: T,
  make: new (length: number) => T,
): T {
  const larger = new make(array.length * 2);
  larger.set(array);
  return larger;
}

/** Two cohorts' counts on one ascending list of columns: those that occur in either. */
export interface AlignedCounts {
  readonly columns: Float64Array;
  readonly first: SparseCounts;
  readonly second: SparseCounts;
}

export function alignCounts(first: SparseCounts, second: SparseCounts): AlignedCounts {
  const both = new Float64Array(first.columns.length + second.columns.length);
  both.set(first.columns);
  both.set(second.columns, first.columns.length);
  both.sort();
  const columns = both.filter((column, k) => k === 0 || column !== both[k - 1]);
  const placed = (counts: SparseCounts): SparseCounts => {
    const place = Uint32Array.from(counts.columns, (column) => placeOf(columns, column));
    return { ...counts, columns, position: renumbered(counts.position, place, columns.length) };
  };
  return { columns, first: placed(first), second: placed(second) };
}

/** Positions after renumbering; the same array when every one keeps its number. */
function renumbered(
  position: SparseCounts['position'],
  place: Uint32Array,
  columns: number,
): SparseCounts['position'] {
  if (place.every((at, k) => at === k)) return position;
  const moved = shortestPositions(position.length, columns);
  for (let k = 0; k < moved.length; k++) moved[k] = place[position[k]!]!;
  return moved;
}

/** Position of a value in an ascending array that holds it. */
function placeOf(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Sum of every column over the stays.
 *
 * @param multiplicity how often each stay counts; null = once
 * @param totals is overwritten and returned; as long as `counts.columns`
 */
export function columnTotals(
  { start, position, amount }: SparseCounts,
  multiplicity: Uint16Array | null,
  totals: Float64Array,
): Float64Array {
  totals.fill(0);
  if (amount === null) addOnes(start, position, multiplicity, totals);
  else addAmounts(start, position, amount, multiplicity, totals);
  return totals;
}

function addOnes(
  start: Uint32Array,
  position: SparseCounts['position'],
  multiplicity: Uint16Array | null,
  totals: Float64Array,
): void {
  for (let i = 0; i + 1 < start.length; i++) {
    const times = multiplicity === null ? 1 : multiplicity[i]!;
    if (times === 0) continue;
    const end = start[i + 1]!;
    for (let k = start[i]!; k < end; k++) totals[position[k]!]! += times;
  }
}

function addAmounts(
  start: Uint32Array,
  position: SparseCounts['position'],
  amount: Float64Array,
  multiplicity: Uint16Array | null,
  totals: Float64Array,
): void {
  for (let i = 0; i + 1 < start.length; i++) {
    const times = multiplicity === null ? 1 : multiplicity[i]!;
    if (times === 0) continue;
    const end = start[i + 1]!;
    for (let k = start[i]!; k < end; k++) totals[position[k]!]! += times * amount[k]!;
  }
}
