import type { Random } from '../../../engine/random.js';

/** Temperature and top-k of a draw. */
export interface TokenDraw {
  /** Divides the logits; above 0. */
  readonly temperature: number;
  /** Only the k greatest allowed logits can be drawn, the lower id first among equals; all by default. */
  readonly topK?: number;
}

/** The `count` greatest numbers, greatest first; NaN before all. */
function greatestOf(numbers: Float32Array, count: number): Float32Array {
  if (count === numbers.length) return numbers.slice().sort().reverse();
  // Few of many: cheaper than sorting all.
  const greatest = new Float32Array(count).fill(-Infinity);
  for (const number of numbers) {
    if (number <= greatest[count - 1]!) continue;
    let place = count - 1;
    for (; place > 0 && !(number <= greatest[place - 1]!); place--) greatest[place] = greatest[place - 1]!;
    greatest[place] = number;
  }
  return greatest;
}

/**
 * Draws one of the allowed ids with probability softmax(logit / temperature) over the k greatest of them.
 * @param logits of all ids
 * @param ids allowed ids, ascending, at least one
 */
export function drawnToken(
  logits: Float32Array,
  ids: ArrayLike<number>,
  { temperature, topK }: TokenDraw,
  random: Random,
): number {
  const size = ids.length;
  const allowed = new Float32Array(size);
  for (let i = 0; i < size; i++) allowed[i] = logits[ids[i]!]!;
  const greatest = greatestOf(allowed, Math.min(topK ?? size, size));
  const [most, threshold] = [greatest[0]!, greatest.at(-1)!];
  if (!Number.isFinite(most)) throw new Error('the Transformer returned a logit that is no number');
  let equals = greatest.length - greatest.indexOf(threshold);
  const weights = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < size; i++) {
    const logit = allowed[i]!;
    if (logit < threshold || (logit === threshold && equals-- <= 0)) continue;
    total += weights[i] = Math.exp((logit - most) / temperature);
  }
  let left = random.uniform() * total;
  let last = 0;
  for (let i = 0; i < size; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left < 0) break;
  }
  return ids[last]!;
}
