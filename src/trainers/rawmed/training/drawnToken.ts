import type { Random } from '../../../engine/random.js';

/** Temperature and top-k of a draw. */
export interface TokenDraw {
  /** Divides the logits; above 0. */
  readonly temperature: number;
  /** Only the k greatest allowed logits can be drawn, the lower id first among equals; all by default. */
  readonly topK?: number;
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
  const sorted = allowed.slice().sort();
  const greatest = sorted[size - 1]!;
  if (!Number.isFinite(greatest)) throw new Error('the Transformer returned a logit that is no number');
  const kept = Math.min(topK ?? size, size);
  const threshold = sorted[size - kept]!;
  let above = 0;
  for (let i = size - kept; i < size; i++) if (sorted[i]! > threshold) above++;
  let equals = kept - above;
  const weights = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < size; i++) {
    const logit = allowed[i]!;
    if (logit < threshold || (logit === threshold && equals-- <= 0)) continue;
    total += weights[i] = Math.exp((logit - greatest) / temperature);
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
