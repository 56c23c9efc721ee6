import { binStart } from '../text/timeDigits.js';

/** What happens at a time before the one in front of it. */
export type TimeOrder =
  /** The stay ends there. */
  | 'cut'
  /** The event takes the latest time so far. */
  | 'running-max';

/**
 * Times of a generated stay, floored to ten minutes. The stay ends at the first time that is none, negative or beyond the
 * window; then times are put in order.
 *
 * @param minutes [events] null is no time
 * @returns non-decreasing times of the events that remain, which are the first ones
 */
export function orderedTimes(
  minutes: readonly (number | null)[],
  { window, order }: { readonly window: number; readonly order: TimeOrder },
): number[] {
  const times: number[] = [];
  for (const minute of minutes) {
    if (minute === null || !(minute >= 0)) break;
    const time = binStart(minute);
    if (time > window) break;
    const latest = times.at(-1) ?? 0;
    if (time < latest && order === 'cut') break;
    times.push(Math.max(time, latest));
  }
  return times;
}
