import type { RoundEvent, WarningEvent } from '../contract.js';

/** Fewer active units of the code than this, or less latent variance than this share of the real one, is a collapse. */
const leastActiveUnits = 2;
const leastVarianceRatio = 0.2;

/** Warnings about a stage two that collapsed: it ignores its code, or draws nearly the same for everybody. */
export function collapseWarnings(
  lastRound: Pick<RoundEvent, 'monitors'> | undefined,
  varianceRatio: number,
): WarningEvent[] {
  const warnings: WarningEvent[] = [];
  const active = lastRound?.monitors?.['activeUnits'];
  if (active !== undefined && active < leastActiveUnits)
    warnings.push({
      kind: 'warning',
      message: `the TCVAE collapsed: ${active.toFixed(1)} active units of its code, at least ${leastActiveUnits} are needed; lower beta, set freeBits, or train longer`,
    });
  if (varianceRatio < leastVarianceRatio)
    warnings.push({
      kind: 'warning',
      message: `the TCVAE collapsed: its latents vary ${varianceRatio.toFixed(3)} times as much as real ones, at least ${leastVarianceRatio} is needed; train longer or check the learning rate`,
    });
  return warnings;
}
