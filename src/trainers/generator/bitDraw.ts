import type { Random } from '../../engine/random.js';
import type { FeatureColumns } from '../../federation/preprocessing/channels.js';
import { Scratch } from '../../stats/scratch.js';

/** What decides the bits of one step of some stays. */
export interface BitOdds {
  readonly columns: FeatureColumns;
  /** [bits × bits], what an earlier bit (row) that is 1 adds to the log odds of a later one (column) */
  readonly chain: Float32Array;
  /** [stays × bits], log odds before the chain */
  readonly logits: Float32Array;
  /** Stays that are drawn. */
  readonly inside: readonly number[];
  /** Shift of a mask's log odds, from those of all stays that are drawn. */
  readonly shift: (feature: number, odds: Float64Array) => number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const passing = new Scratch(Float64Array);

/**
 * Draws the bits of a step, one after the other for all stays: masks, continuous features first, then 0/1 values. A value
 * whose feature is not observed is 0; of the levels of an observed categorical feature exactly one is 1.
 *
 * @param bits [stays × bits], written for all stays: 0 for those that are not inside
 */
export function drawBits(
  { columns, chain, logits, inside, shift }: BitOdds,
  bits: Float32Array,
  random: Random,
): void {
  const continuous = columns.continuous.length;
  const masks = continuous + columns.discrete.length;
  const width = masks + columns.binary.length;
  const odds = new Float64Array(inside.length);
  // [inside × bits]: log odds with what the bits that are 1 so far add. Few are, so each adds its row once.
  const sums = passing.take(inside.length * width);
  for (let i = 0; i < inside.length; i++)
    for (let bit = 0, at = inside[i]! * width; bit < width; bit++) sums[i * width + bit] = logits[at + bit]!;
  const set = (i: number, bit: number): void => {
    bits[inside[i]! * width + bit] = 1;
    for (let later = bit + 1; later < width; later++) sums[i * width + later]! += chain[bit * width + later]!;
  };
  bits.fill(0);
  for (let bit = 0; bit < width; bit++) {
    for (let i = 0; i < inside.length; i++) odds[i] = sums[i * width + bit]!;
    const channel = columns.binary[bit - masks];
    if (channel === undefined) {
      const feature = bit < continuous ? columns.continuous[bit]! : columns.discrete[bit - continuous]!;
      const shifted = shift(feature, odds);
      for (let i = 0; i < inside.length; i++) if (random.uniform() < sigmoid(odds[i]! + shifted)) set(i, bit);
      continue;
    }
    const observed = continuous + columns.discrete.indexOf(channel.feature);
    const levels = columns.binary.flatMap(({ feature }, b) =>
      feature === channel.feature ? [masks + b] : [],
    );
    const last = levels.at(-1) === bit;
    for (let i = 0; i < inside.length; i++) {
      const at = inside[i]! * width;
      const drawn = random.uniform() < sigmoid(odds[i]!);
      if (bits[at + observed] === 0) continue;
      const taken = channel.level !== null && levels.some((level) => level < bit && bits[at + level] === 1);
      if (!taken && (drawn || (last && channel.level !== null))) set(i, bit);
    }
  }
}
