import type { MetricDescriptor, Result } from '../metrics/contract.js';
import { NORMAL_975 } from '../stats/normal.js';
import type { Expectation } from './expectation.js';

/** A result of the ladder with the two ends that it is judged by. */
export interface Observed {
  readonly result: Result;
  readonly floor: number | null;
  readonly ceiling: number | null;
  /** The same metric about a copy of train. */
  readonly ofCopy: Result;
}

/**
 * Standard errors that an honest metric may be off. A grid has about a thousand cells, so that at 1.96 fifty of them would be called
 * wrong by chance; at 4 it is one grid in sixteen, with normal errors and independent cells.
 */
const EQUAL_WITHIN = 4;

/** Standard errors of a difference beyond which a value counts as worse than the ceiling: two-sided 95 %. */
const WORSE_BEYOND = NORMAL_975;

/** A lost dependence of this many standard errors is seen with 98 % power. */
const SEEN_WITH_POWER = WORSE_BEYOND + 2;

/** Rounding of float64 sums over float32 values in another order. */
const ROUNDING = 1e-9;

/**
 * How bad a value is, in units of the metric: 0 at the ideal of a target, the value or its negative otherwise. Larger is worse.
 */
function badnessOf({ direction, ideal }: MetricDescriptor, value: number): number {
  if (direction === 'target') return Math.abs(value - (ideal ?? 0));
  return direction === 'lower' ? value : -value;
}

/** Standard error behind a 95 % interval; the wider side counts, since intervals are clipped at the range. null = no interval. */
function standardErrorOf(result: Result): number | null {
  if (result.state !== 'ok' || result.ciLow === null || result.ciHigh === null) return null;
  return Math.max(result.value - result.ciLow, result.ciHigh - result.value) / NORMAL_975;
}

/** Whether floor and ceiling of this metric are so far apart on these data that a value at the floor is seen to be worse. */
export function dependenceVisible(
  descriptor: MetricDescriptor,
  { result, floor, ceiling }: Observed,
): boolean {
  if (floor === null || ceiling === null) return false;
  const noise = (standardErrorOf(result) ?? 0) * Math.SQRT2;
  return badnessOf(descriptor, floor) - badnessOf(descriptor, ceiling) > SEEN_WITH_POWER * noise;
}

/**
 * Whether an observed result is what was expected.
 *
 * The ceiling is an estimate from as many patients as the value, so a difference to it has √2 times the value's standard
 * error; both share the holdout, which makes that an upper bound.
 */
export function fulfils(descriptor: MetricDescriptor, observed: Observed, expectation: Expectation): boolean {
  const { result, ceiling } = observed;
  if (expectation.kind === 'undefined')
    return (
      (result.state === 'undefined' || result.state === 'skipped') &&
      expectation.codes.includes(reasonCode(result.reason))
    );
  if (expectation.kind === 'unless-undefined')
    return (
      fulfils(descriptor, observed, { kind: 'undefined', codes: expectation.codes }) ||
      fulfils(descriptor, observed, expectation.said)
    );
  if (expectation.kind === 'as-copy') return likeCopy(result, observed.ofCopy, expectation.within);
  if (result.state !== 'ok' || !coherent(descriptor, result)) return false;
  const { value } = result;
  const standardError = standardErrorOf(result) ?? 0;
  const rounding = ROUNDING * Math.max(1, Math.abs(value));
  switch (expectation.kind) {
    case 'exactly-ceiling':
      return ceiling !== null && Math.abs(value - ceiling) <= rounding;
    case 'ideal':
      return descriptor.ideal !== null && Math.abs(value - descriptor.ideal) <= rounding;
    case 'not-ideal':
      return (
        descriptor.ideal !== null &&
        badnessOf(descriptor, value) - badnessOf(descriptor, descriptor.ideal) > rounding
      );
    case 'worst': {
      const [low, high] = descriptor.range;
      const end = descriptor.direction === 'higher' ? low : high;
      return end !== null && Math.abs(value - end) <= rounding;
    }
    case 'near':
      return (
        Math.abs(value - expectation.value) <= EQUAL_WITHIN * standardError + expectation.within + rounding
      );
    case 'any-value':
      return true;
    case 'one-of':
      return expectation.values.some((known) => Math.abs(value - known) <= rounding);
    case 'between':
      return value >= expectation.low && value <= expectation.high;
    case 'ceiling':
    case 'not-worse':
    case 'not-better': {
      if (ceiling === null) return false;
      const tolerance =
        EQUAL_WITHIN * Math.SQRT2 * standardError +
        ('within' in expectation ? (expectation.within ?? 0) : 0) +
        rounding;
      const worse = badnessOf(descriptor, value) - badnessOf(descriptor, ceiling);
      // On either side of a target's ideal a value is as good as the ceiling at the same distance.
      if (expectation.kind === 'ceiling')
        return Math.min(Math.abs(value - ceiling), Math.abs(worse)) <= tolerance;
      return expectation.kind === 'not-worse' ? worse <= tolerance : worse >= -tolerance;
    }
    case 'fresh-to-copy': {
      const { ofCopy } = observed;
      if (ceiling === null || ofCopy.state !== 'ok') return false;
      const badness = badnessOf(descriptor, value);
      const ends = [badnessOf(descriptor, ceiling), badnessOf(descriptor, ofCopy.value)];
      const noise =
        EQUAL_WITHIN *
          Math.max(Math.SQRT2 * standardError, Math.hypot(standardError, standardErrorOf(ofCopy) ?? 0)) +
        rounding;
      return badness >= Math.min(...ends) - noise && badness <= Math.max(...ends) + noise;
    }
    case 'alarm':
      return (
        (descriptor.ideal === null || value > descriptor.ideal) &&
        fulfils(descriptor, observed, { kind: 'bad' })
      );
    case 'bad': {
      if (ceiling === null) return false;
      if (expectation.seen === true && !dependenceVisible(descriptor, observed))
        return fulfils(descriptor, observed, { kind: 'not-better' });
      const worse = badnessOf(descriptor, value) - badnessOf(descriptor, ceiling);
      const noise = WORSE_BEYOND * Math.SQRT2 * standardError;
      return worse > Math.max(noise, expectation.margin ?? 0, rounding);
    }
  }
}

/** Whether a value lies within the metric's range and its interval, but for rounding; no expectation is right about one that does not. */
function coherent({ range: [lowest, highest] }: MetricDescriptor, result: Result): boolean {
  if (result.state !== 'ok') return false;
  const { value, ciLow, ciHigh } = result;
  const rounding = ROUNDING * Math.max(1, Math.abs(value));
  return (
    (lowest === null || value >= lowest - rounding) &&
    (highest === null || value <= highest + rounding) &&
    (ciLow === null || ciLow <= value + rounding) &&
    (ciHigh === null || ciHigh >= value - rounding)
  );
}

function likeCopy(result: Result, ofCopy: Result, within: number | undefined): boolean {
  if (result.state !== 'ok' || ofCopy.state !== 'ok')
    return (
      result.state !== 'ok' &&
      ofCopy.state !== 'ok' &&
      reasonCode(result.reason) === reasonCode(ofCopy.reason)
    );
  const rounding = ROUNDING * Math.max(1, Math.abs(ofCopy.value));
  const noise =
    within === undefined ? 0 : EQUAL_WITHIN * Math.SQRT2 * (standardErrorOf(result) ?? 0) + within;
  return Math.abs(result.value - ofCopy.value) <= noise + rounding;
}

/** The short code before the colon of a reason. */
export function reasonCode(reason: string): string {
  return reason.slice(0, Math.max(0, reason.indexOf(':')));
}
