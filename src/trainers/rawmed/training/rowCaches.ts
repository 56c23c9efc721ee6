import type { Arrays } from '../../../engine/contract.js';
import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import { cacheLengths, cacheShape } from '../../../models/eventTransformerStep.js';

/** What a position that a sequence may not look at adds to its score. */
const FORBIDDEN = -1e9;

/** Rows of a block: enough that one run's fixed cost is small per row, few enough that rows of a block are alike in length. */
const BLOCK_ROWS = 32;

/** What a run costs beside its attention, in positions of the caches that it could have attended to. */
const RUN_COST = 170;

/** Tokens between two looks at whether other blocks would cost less, and the share of the cost that a change must save. */
const LOOK_EVERY = 16;
const WORTH = 0.15;

/** Rows that are run together: the step's inputs but for its weights. */
export interface CacheBlock {
  /** Positions that the caches hold. */
  readonly length: number;
  /** Row at every place; −1 where there is none. */
  readonly rows: Int32Array;
  readonly inputs: Arrays & { readonly token: Float32Array; readonly position: Float32Array };
}

/** Keys and values of rows that are at different positions. */
export interface RowCaches {
  /** Rows of every block. */
  readonly blockRows: number;
  /** Forgets everything; rows 0…active − 1 are about to begin. */
  reset(active: number): void;
  /**
   * The blocks to run for one more token of every row, with room for it.
   * @param positions position of every row's token; −1 for rows that have ended for good
   */
  arranged(positions: Int32Array): readonly CacheBlock[];
  /** Puts the keys and values [layers · block rows · heads, width of a head] of the token at a place of a block in. */
  write(block: CacheBlock, place: number, position: number, keys: Float32Array, values: Float32Array): void;
  /** Forgets what a row read from a position on. */
  forget(row: number, position: number): void;
}

interface Block extends CacheBlock {
  readonly past: Float32Array;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
}

/**
 * Caches in blocks of rows. A block is only as long as its longest row needs; rows are sorted into blocks by their positions
 * whenever that saves enough, and blocks without rows are not run: short sequences do not pay for long ones beside them.
 */
export function rowCaches(options: EventTransformerOptions, rows: number): RowCaches {
  const { heads, layers } = options;
  const extent = options.width / heads;
  const blockRows = Math.min(rows, BLOCK_ROWS);
  const lengths = cacheLengths(options);
  const lengthFor = (position: number): number =>
    lengths.find((length) => length > position) ?? lengths.at(-1)!;
  const blockOf: (Block | undefined)[] = [];
  const placeOf = new Int32Array(rows);
  let blocks: Block[] = [];
  let looks = 0;

  const fresh = (length: number): Block => {
    const size = cacheShape(options, blockRows, length).reduce((product, n) => product * n, 1);
    const arrays = (): Float32Array[] => Array.from({ length: layers }, () => new Float32Array(size));
    const [keys, values] = [arrays(), arrays()];
    const past = new Float32Array(blockRows * length).fill(FORBIDDEN);
    const named = (name: string, caches: readonly Float32Array[]): Arrays =>
      Object.fromEntries(caches.map((cache, layer) => [`${name}_${layer}`, cache]));
    return {
      length,
      rows: new Int32Array(blockRows).fill(-1),
      past,
      keys,
      values,
      inputs: {
        ...named('keys', keys),
        ...named('values', values),
        past,
        token: new Float32Array(blockRows),
        position: new Float32Array(blockRows),
      },
    };
  };
  const settle = (row: number, block: Block, place: number): void => {
    block.rows[place] = row;
    blockOf[row] = block;
    placeOf[row] = place;
  };
  /** Puts rows with their pasts into a new block, in the given order. */
  const moved = (members: readonly number[], positions: Int32Array): Block => {
    const block = fresh(lengthFor(members.reduce((most, row) => Math.max(most, positions[row]!), 0)));
    members.forEach((row, place) => {
      const from = blockOf[row]!;
      const kept = positions[row]!;
      for (let head = 0; head < heads; head++) {
        const source = (placeOf[row]! * heads + head) * from.length * extent;
        const target = (place * heads + head) * block.length * extent;
        for (let layer = 0; layer < layers; layer++) {
          block.keys[layer]!.set(from.keys[layer]!.subarray(source, source + kept * extent), target);
          block.values[layer]!.set(from.values[layer]!.subarray(source, source + kept * extent), target);
        }
      }
      block.past.fill(0, place * block.length, place * block.length + kept);
    });
    members.forEach((row, place) => settle(row, block, place));
    return block;
  };
  const membersOf = (block: Block, positions: Int32Array): number[] =>
    [...block.rows].filter((row) => row >= 0 && positions[row]! >= 0);
  const costOf = (runs: readonly { readonly length: number }[]): number =>
    runs.reduce((sum, { length }) => sum + RUN_COST + length, 0);

  return {
    blockRows,
    reset(active) {
      blocks = [];
      looks = 0;
      for (let first = 0; first < active; first += blockRows) {
        const block = fresh(lengths[0]!);
        for (let row = first; row < Math.min(first + blockRows, active); row++)
          settle(row, block, row - first);
        blocks.push(block);
      }
    },
    arranged(positions) {
      blocks = blocks.flatMap((block) => {
        const members = membersOf(block, positions);
        if (members.length === 0) return [];
        const longest = members.reduce((most, row) => Math.max(most, positions[row]!), 0);
        return [longest < block.length ? block : moved(members, positions)];
      });
      if (looks++ % LOOK_EVERY === 0) {
        const sorted = blocks
          .flatMap((block) => membersOf(block, positions))
          .sort((a, b) => positions[a]! - positions[b]! || a - b);
        const dealt = Array.from({ length: Math.ceil(sorted.length / blockRows) }, (_, i) =>
          sorted.slice(i * blockRows, (i + 1) * blockRows),
        );
        const wanted = dealt.map((members) => ({ length: lengthFor(positions[members.at(-1)!]!) }));
        if (costOf(wanted) < (1 - WORTH) * costOf(blocks))
          blocks = dealt.map((members) => moved(members, positions));
      }
      return blocks;
    },
    write(block, place, position, keys, values) {
      const { length, past, keys: keyCaches, values: valueCaches } = block as Block;
      past[place * length + position] = 0;
      for (let layer = 0; layer < layers; layer++) {
        const [keyCache, valueCache] = [keyCaches[layer]!, valueCaches[layer]!];
        for (let group = place * heads; group < (place + 1) * heads; group++) {
          const from = (layer * blockRows * heads + group) * extent;
          const at = (group * length + position) * extent;
          for (let i = 0; i < extent; i++) {
            keyCache[at + i] = keys[from + i]!;
            valueCache[at + i] = values[from + i]!;
          }
        }
      }
    },
    forget(row, position) {
      const { past, length } = blockOf[row]!;
      past.fill(FORBIDDEN, placeOf[row]! * length + position, (placeOf[row]! + 1) * length);
    },
  };
}
