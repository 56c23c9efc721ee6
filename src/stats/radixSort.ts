import { Scratch } from './scratch.js';

/** Bits of a key that one pass sorts by; three passes cover 32 bits. */
const DIGIT = 11;
const DIGITS = 3;
const BUCKETS = 2 ** DIGIT;

const passing = {
  keys: new Scratch(Uint32Array),
  order: new Scratch(Uint32Array),
  nextKeys: new Scratch(Uint32Array),
  nextOrder: new Scratch(Uint32Array),
  counts: new Scratch(Uint32Array),
};

/**
 * Positions of 32-bit numbers in ascending order of their values; equal values keep their order, −0 equals 0. Time grows
 * with the number of values alone (radix sort), where comparing them would cost a misprediction each.
 *
 * @param values no NaN
 * @returns an array that the next sort in this thread overwrites
 */
export function ascendingOrder(values: Float32Array): Uint32Array {
  const n = values.length;
  let keys = orderedBits(values);
  const counts = digitCounts(keys);
  let order: Uint32Array = passing.order.take(n);
  for (let i = 0; i < n; i++) order[i] = i;
  let nextKeys: Uint32Array = passing.nextKeys.take(n);
  let nextOrder: Uint32Array = passing.nextOrder.take(n);
  for (let digit = 0; digit < DIGITS; digit++) {
    const start = counts.subarray(digit * BUCKETS, (digit + 1) * BUCKETS);
    const shift = digit * DIGIT;
    if (!startsOfBuckets(start, n)) continue;
    scatter(keys, order, shift, start, nextKeys, nextOrder);
    [keys, nextKeys] = [nextKeys, keys];
    [order, nextOrder] = [nextOrder, order];
  }
  return order;
}

/**
 * The values in ascending order; −0 and 0 keep their order.
 *
 * @param sorted is overwritten and returned; as long as `values` and not the same memory
 */
export function sortedFloats(
  values: Float32Array,
  sorted: Float32Array = new Float32Array(values.length),
): Float32Array {
  const order = ascendingOrder(values);
  for (let i = 0; i < order.length; i++) sorted[i] = values[order[i]!]!;
  return sorted;
}

function scatter(
  keys: Uint32Array,
  order: Uint32Array,
  shift: number,
  start: Uint32Array,
  nextKeys: Uint32Array,
  nextOrder: Uint32Array,
): void {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const to = start[(key >>> shift) & (BUCKETS - 1)]!++;
    nextKeys[to] = key;
    nextOrder[to] = order[i]!;
  }
}

/** Bits of the numbers, changed so that they order as unsigned numbers. */
function orderedBits(values: Float32Array): Uint32Array {
  const keys = passing.keys.take(values.length);
  new Float32Array(keys.buffer, keys.byteOffset, keys.length).set(values);
  for (let i = 0; i < keys.length; i++) {
    const raw = keys[i]! === 0x80000000 ? 0 : keys[i]!; // −0 equals 0
    keys[i] = raw >= 0x80000000 ? ~raw : raw | 0x80000000;
  }
  return keys;
}

/** [digit · BUCKETS] how many keys have which digit. */
function digitCounts(keys: Uint32Array): Uint32Array {
  const counts = passing.counts.take(DIGITS * BUCKETS).fill(0);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    counts[key & (BUCKETS - 1)]!++;
    counts[BUCKETS + ((key >>> DIGIT) & (BUCKETS - 1))]!++;
    counts[2 * BUCKETS + (key >>> (2 * DIGIT))]!++;
  }
  return counts;
}

/** Turns counts into the places where the buckets begin; false when one bucket holds everything. */
function startsOfBuckets(counts: Uint32Array, n: number): boolean {
  let from = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = counts[bucket]!;
    if (count === n) return false;
    counts[bucket] = from;
    from += count;
  }
  return true;
}
