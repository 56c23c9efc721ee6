import type { Random } from '../engine/random.js';
import { BINS, type BinnedTable } from './featureBins.js';
import { Scratch } from './scratch.js';

/** A binary tree in flat arrays; node 0 is the root, children of a node are `left` and `left + 1`, 0 marks a leaf. */
export interface Tree {
  readonly column: Uint16Array;
  /** Bin codes up to and including this one go left. */
  readonly threshold: Uint8Array;
  readonly left: Uint32Array;
  /** Share of class 1 among the training rows of the node. */
  readonly share: Float64Array;
}

export interface TreeOptions {
  readonly minLeaf: number;
  readonly maxDepth: number;
  /** Columns tried at every split; √columns by default. */
  readonly columnsTried?: number;
}

/** One number holds both counts of a bin: rows in the low 26 bits, rows of class 1 above them. */
const ONE_POSITIVE = 2 ** 26;

interface Split {
  column: number;
  threshold: number;
  gain: number;
}

const passing = {
  drawn: new Scratch(Uint32Array),
  packed: new Scratch(Float64Array),
  buffer: new Scratch(Uint32Array),
  column: new Scratch(Uint16Array),
  threshold: new Scratch(Uint8Array),
  left: new Scratch(Uint32Array),
  share: new Scratch(Float64Array),
};

/**
 * Grows one tree; row i counts `weights[i]` times (a bootstrap sample, or 1 for each). At every node columns that are not
 * constant there are tried in random order (as scikit-learn does), all thresholds of each by one histogram of class
 * counts.
 */
export function growTree(
  table: BinnedTable,
  labels: Uint8Array,
  weights: Uint32Array,
  options: TreeOptions,
  random: Random,
): Tree {
  const { rows, columns, code } = table;
  const drawn = passing.drawn.take(weights.length);
  const packed = passing.packed.take(weights.length);
  let size = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    drawn[size++] = row;
    packed[row] = weights[row]! * (1 + ONE_POSITIVE * labels[row]!);
  }
  const sample = drawn.subarray(0, size);
  const buffer = passing.buffer.take(sample.length);
  const capacity = 2 * sample.length + 1;
  const column = passing.column.take(capacity).fill(0);
  const threshold = passing.threshold.take(capacity).fill(0);
  const left = passing.left.take(capacity).fill(0);
  const share = passing.share.take(capacity);
  const candidates = Uint16Array.from({ length: columns }, (_, i) => i);
  const tries = options.columnsTried ?? Math.max(1, Math.floor(Math.sqrt(columns)));
  const histogram = new Float64Array(BINS);
  const filled = new Int32Array(BINS / 32);
  const best: Split = { column: -1, threshold: 0, gain: 0 };

  interface Open {
    readonly node: number;
    readonly from: number;
    readonly to: number;
    readonly depth: number;
  }
  const open: Open[] = [{ node: 0, from: 0, to: sample.length, depth: 0 }];
  let nodes = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, from, to, depth } = next;
    let counts = 0;
    for (let i = from; i < to; i++) counts += packed[sample[i]!]!;
    const ones = Math.floor(counts / ONE_POSITIVE);
    const total = counts - ones * ONE_POSITIVE;
    share[node] = ones / total;
    if (ones === 0 || ones === total || depth >= options.maxDepth || total < 2 * options.minLeaf) continue;

    best.column = -1;
    best.gain = 1e-12;
    for (let drawn = 0, tried = 0; drawn < columns && tried < tries; drawn++) {
      const pick = drawn + random.integer(columns - drawn);
      const candidate = candidates[pick]!;
      candidates[pick] = candidates[drawn]!;
      candidates[drawn] = candidate;
      fillHistogram(histogram, filled, code, candidate * rows, sample, packed, from, to);
      if (improveSplit(histogram, filled, candidate, total, ones, options.minLeaf, best)) tried++;
    }
    if (best.column < 0) continue;

    const end = partition(code, best.column * rows, best.threshold, sample, buffer, from, to);
    column[node] = best.column;
    threshold[node] = best.threshold;
    left[node] = nodes;
    open.push({ node: nodes, from, to: end, depth: depth + 1 });
    open.push({ node: nodes + 1, from: end, to, depth: depth + 1 });
    nodes += 2;
  }
  return {
    column: column.slice(0, nodes),
    threshold: threshold.slice(0, nodes),
    left: left.slice(0, nodes),
    share: share.slice(0, nodes),
  };
}

/** Rows up to which the bins that they fill are marked, so that the empty ones are not visited. */
const FEW_ROWS = 64;

/**
 * Writes the counts of the rows' bins, and marks in `filled` (32 bins a number) those to look at: with few rows the filled
 * ones, otherwise all.
 */
function fillHistogram(
  histogram: Float64Array,
  filled: Int32Array,
  code: Uint8Array,
  base: number,
  sample: Uint32Array,
  packed: Float64Array,
  from: number,
  to: number,
): void {
  histogram.fill(0);
  let low = -1;
  let high = -1;
  if (to - from <= FEW_ROWS) {
    low = 0;
    high = 0;
    for (let i = from; i < to; i++) {
      const row = sample[i]!;
      const bin = code[base + row]!;
      histogram[bin]! += packed[row]!;
      const bit = 1 << (bin & 31);
      const isHigh = bin >>> 5;
      low |= bit & (isHigh - 1);
      high |= bit & -isHigh;
    }
  } else {
    for (let i = from; i < to; i++) {
      const row = sample[i]!;
      histogram[code[base + row]!]! += packed[row]!;
    }
  }
  filled[0] = low;
  filled[1] = high;
}

/**
 * Puts the best threshold of a column into `best` when it beats what is there: the decrease of Gini impurity, up to
 * constants of the node. False when the column is constant in the node.
 */
function improveSplit(
  histogram: Float64Array,
  filled: Int32Array,
  column: number,
  total: number,
  ones: number,
  minLeaf: number,
  best: Split,
): boolean {
  const before = (ones * ones + (total - ones) * (total - ones)) / total;
  let below = 0;
  let onesBelow = 0;
  let varies = false;
  let left = filled[0]!;
  let offset = 0;
  for (;;) {
    if (left === 0) {
      if (offset > 0) break;
      left = filled[1]!;
      offset = 32;
      continue;
    }
    const bin = offset + 31 - Math.clz32(left & -left);
    left &= left - 1;
    const counts = histogram[bin]!;
    if (counts === 0) continue;
    const onesHere = Math.floor(counts / ONE_POSITIVE);
    below += counts - onesHere * ONE_POSITIVE;
    onesBelow += onesHere;
    if (below === total) break;
    varies = true;
    const above = total - below;
    if (below < minLeaf || above < minLeaf) continue;
    const onesAbove = ones - onesBelow;
    const zerosBelow = below - onesBelow;
    const zerosAbove = above - onesAbove;
    const gain =
      (onesBelow * onesBelow + zerosBelow * zerosBelow) / below +
      (onesAbove * onesAbove + zerosAbove * zerosAbove) / above -
      before;
    if (gain > best.gain) {
      best.gain = gain;
      best.column = column;
      best.threshold = bin;
    }
  }
  return varies;
}

/** Puts rows at or below the threshold first, in their order; the place where the others begin. */
export function partition(
  code: Uint8Array,
  base: number,
  threshold: number,
  sample: Uint32Array,
  buffer: Uint32Array,
  from: number,
  to: number,
): number {
  let end = from;
  let kept = 0;
  for (let i = from; i < to; i++) {
    const row = sample[i]!;
    if (code[base + row]! <= threshold) sample[end++] = row;
    else buffer[kept++] = row;
  }
  sample.set(buffer.subarray(0, kept), end);
  return end;
}
