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
  ids: readonly number[],
  { temperature, topK }: TokenDraw,
  random: Random,
): number {
  const allowed = Float32Array.from(ids, (id) => logits[id]!);
  const sorted = allowed.slice().sort();
  const greatest = sorted.at(-1)!;
  if (!Number.isFinite(greatest)) throw new Error('the Transformer returned a logit that is no number');
  const kept = Math.min(topK ?? ids.length, ids.length);
  const threshold = sorted[ids.length - kept]!;
  let above = 0;
  for (let i = ids.length - kept; i < ids.length; i++) if (sorted[i]! > threshold) above++;
  let equals = kept - above;
  const weights = Float64Array.from(allowed, (logit) => {
    if (logit < threshold || (logit === threshold && equals-- <= 0)) return 0;
    return Math.exp((logit - greatest) / temperature);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.uniform() * total;
  let last = 0;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = i;
    left -= weight;
    if (left < 0) break;
  }
  return ids[last]!;
}
