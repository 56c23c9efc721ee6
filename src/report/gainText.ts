import type { Judgement } from '../compare/judge.js';
import type { Interval } from '../stats/interval.js';
import { formatValue } from './numbers.js';

/** A number, or a dash where there is none. */
export const number = (value: number | null): string => (value === null ? '–' : formatValue(value));

/** A p value to four decimals. */
export const probability = (p: number | null): string => (p === null ? '–' : p.toFixed(4));

/** A difference with its sign. */
export const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${formatValue(value)}`;

export const intervalText = (interval: Interval | null): string =>
  interval === null ? '–' : `${signed(interval.low)} … ${signed(interval.high)}`;

/** A gain with its exact interval, where there is one. */
export const gainText = ({ gain, interval }: Judgement): string =>
  interval === null ? signed(gain) : `${signed(gain)} (${intervalText(interval)})`;
