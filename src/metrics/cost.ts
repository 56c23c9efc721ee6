import type { MetricDescriptor } from './contract.js';

/**
 * A value as a cost in the metric's own unit, smaller is better whatever the direction: negated where higher is better, the
 * distance from the ideal of a target.
 *
 * @throws RangeError for a target without an ideal
 */
export function costOf(
  { direction, ideal }: Pick<MetricDescriptor, 'direction' | 'ideal'>,
  value: number,
): number {
  if (direction === 'lower') return value;
  if (direction === 'higher') return -value;
  return Math.abs(value - idealOf({ ideal }));
}

/** The ideal of a metric whose direction is `target`. */
export function idealOf({ ideal }: Pick<MetricDescriptor, 'ideal'>): number {
  if (ideal === null) throw new RangeError('a metric with a target needs an ideal');
  return ideal;
}
