import type { Random } from '../engine/random.js';
import { BINS, type BinnedTable } from './featureBins.js';

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
}

/**
 * Grows one tree on a bootstrap sample of the rows. At every node √columns columns that are not constant there are
 * tried (as scikit-learn does), all thresholds of each by one histogram of class counts.
 */
export function growTree(table: BinnedTable, labels: Uint8Array, options: TreeOptions, random: Random): Tree {
  const { rows, columns, code } = table;
  const sample = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) sample[i] = random.integer(rows);
  const buffer = new Uint32Array(rows);
  const capacity = 2 * rows + 1;
  const column = new Uint16Array(capacity);
  const threshold = new Uint8Array(capacity);
  const left = new Uint32Array(capacity);
  const share = new Float64Array(capacity);
  const candidates = Uint16Array.from({ length: columns }, (_, i) => i);
  const tries = Math.max(1, Math.floor(Math.sqrt(columns)));
  const all = new Uint32Array(BINS);
  const positive = new Uint32Array(BINS);

  interface Open {
    readonly node: number;
    readonly from: number;
    readonly to: number;
    readonly depth: number;
  }
  const open: Open[] = [{ node: 0, from: 0, to: rows, depth: 0 }];
  let nodes = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, from, to, depth } = next;
    const total = to - from;
    let ones = 0;
    for (let i = from; i < to; i++) ones += labels[sample[i]!]!;
    share[node] = ones / total;
    if (ones === 0 || ones === total || depth >= options.maxDepth || total < 2 * options.minLeaf) continue;

    let bestGain = 1e-12;
    let bestColumn = -1;
    let bestThreshold = 0;
    const before = (ones * ones + (total - ones) * (total - ones)) / total;
    for (let drawn = 0, tried = 0; drawn < columns && tried < tries; drawn++) {
      const pick = drawn + random.integer(columns - drawn);
      const candidate = candidates[pick]!;
      candidates[pick] = candidates[drawn]!;
      candidates[drawn] = candidate;
      all.fill(0);
      positive.fill(0);
      const base = candidate * rows;
      for (let i = from; i < to; i++) {
        const row = sample[i]!;
        const bin = code[base + row]!;
        all[bin]!++;
        positive[bin]! += labels[row]!;
      }
      let below = 0;
      let onesBelow = 0;
      let varies = false;
      for (let bin = 0; bin < BINS - 1; bin++) {
        if (all[bin] === 0) continue;
        below += all[bin]!;
        onesBelow += positive[bin]!;
        if (below === total) break;
        varies = true;
        const above = total - below;
        if (below < options.minLeaf || above < options.minLeaf) continue;
        const onesAbove = ones - onesBelow;
        const zerosBelow = below - onesBelow;
        const zerosAbove = above - onesAbove;
        const gain =
          (onesBelow * onesBelow + zerosBelow * zerosBelow) / below +
          (onesAbove * onesAbove + zerosAbove * zerosAbove) / above -
          before;
        if (gain > bestGain) {
          bestGain = gain;
          bestColumn = candidate;
          bestThreshold = bin;
        }
      }
      if (varies) tried++;
    }
    if (bestColumn < 0) continue;

    let end = from;
    let kept = 0;
    const base = bestColumn * rows;
    for (let i = from; i < to; i++) {
      const row = sample[i]!;
      if (code[base + row]! <= bestThreshold) sample[end++] = row;
      else buffer[kept++] = row;
    }
    sample.set(buffer.subarray(0, kept), end);
    column[node] = bestColumn;
    threshold[node] = bestThreshold;
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
