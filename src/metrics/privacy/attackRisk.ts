import { wilsonInterval, type Interval } from '../../stats/interval.js';
import type { Proportion } from '../../stats/proportionDifference.js';

/** What an attack gains over the same attack on people who were not in the data. */
export interface AttackRisk {
  /** (attack − control)/(1 − control), clipped to [0, 1]. */
  readonly value: number;
  /** The same before clipping. */
  readonly unclipped: number;
  /** 95 % interval, clipped as the value is. */
  readonly interval: Interval;
}

/**
 * Risk of a guessing attack (anonymeter: Giomi et al. 2023): the share of what the control attack gets wrong that the
 * attack gets right. Interval: Wilson intervals of both success rates, combined by squares as small errors add.
 * Null when the control attack is always right, so that nothing is left to gain.
 */
export function attackRisk(attack: Proportion, control: Proportion): AttackRisk | null {
  const [a, c] = [attack.share, control.share];
  if (c >= 1) return null;
  const [ofAttack, ofControl] = [attack, control].map(({ share, trials }) =>
    wilsonInterval(share * trials, trials),
  );
  const unclipped = (a - c) / (1 - c);
  const [byAttack, byControl] = [1 / (1 - c), (1 - a) / (1 - c) ** 2];
  const clip = (value: number): number => Math.max(0, Math.min(1, value));
  return {
    value: clip(unclipped),
    unclipped,
    interval: {
      low: clip(unclipped - Math.hypot((a - ofAttack!.low) * byAttack, (ofControl!.high - c) * byControl)),
      high: clip(unclipped + Math.hypot((ofAttack!.high - a) * byAttack, (c - ofControl!.low) * byControl)),
    },
  };
}
