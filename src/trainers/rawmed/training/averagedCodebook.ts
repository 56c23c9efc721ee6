import type { EventAutoencoderState } from './eventAutoencoderSteps.js';

/** Laplace smoothing of usage, as in the compiled update. */
const SMOOTHING = 1e-5;

/**
 * Codes that follow from averages of usage and sums, e.g. after those of several hospitals were averaged: S_k over
 * (N_k + 1e-5)/(ΣN + K·1e-5)·ΣN.
 * @returns [K · width]
 */
export function codebookOf({
  usage,
  codeSums,
}: Pick<EventAutoencoderState, 'usage' | 'codeSums'>): Float32Array {
  const total = usage.reduce((sum, one) => sum + one, 0);
  if (!(total > 0)) throw new Error('a codebook that was never used has no codes of its own');
  const width = codeSums.length / usage.length;
  return codeSums.map((sum, i) => {
    const smoothed = (usage[Math.floor(i / width)]! + SMOOTHING) / (total + usage.length * SMOOTHING);
    return sum / (smoothed * total);
  });
}
