import { describe, expect, it } from 'vitest';
import type { MetricDescriptor, Result } from '../../src/metrics/contract.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { fulfils } from '../../src/selftest/criterion.js';
import {
  alarm,
  anyValue,
  asCopy,
  bad,
  badWhereSeen,
  between,
  ceiling,
  exactlyCeiling,
  freshToCopy,
  half,
  ideal,
  near,
  notBetter,
  notIdeal,
  notWorse,
  oneOf,
  undefinedFor,
  worst,
  type Expectation,
} from '../../src/selftest/expectation.js';

const { descriptor: gap } = metricNamed('marginal.ks');
const { descriptor: agreement } = metricNamed('marginal.prevalence_r2');
const { descriptor: attack } = metricNamed('privacy.dcr_share');

const value = (at: number, standardError = 0.01): Result => ({
  state: 'ok',
  value: at,
  ciLow: at - 1.959964 * standardError,
  ciHigh: at + 1.959964 * standardError,
  n: 100,
});
const exact = (at: number): Result => ({ state: 'ok', value: at, ciLow: null, ciHigh: null, n: 100 });
const without = (reason: string): Result => ({ state: 'undefined', reason, n: 0 });

function says(
  descriptor: MetricDescriptor,
  result: Result,
  expectation: Expectation,
  ends: { ceiling: number | null; floor?: number; ofCopy?: Result } = { ceiling: 0.1 },
): boolean {
  return fulfils(
    descriptor,
    { result, ceiling: ends.ceiling, floor: ends.floor ?? null, ofCopy: ends.ofCopy ?? result },
    expectation,
  );
}

describe('what fulfils an expectation', () => {
  it('exactly the ceiling: to rounding, whatever the interval', () => {
    expect(says(gap, value(0.1), exactlyCeiling)).toBe(true);
    expect(says(gap, value(0.100001), exactlyCeiling)).toBe(false);
    expect(says(gap, value(0.1), exactlyCeiling, { ceiling: null })).toBe(false);
  });

  it('the ceiling: four standard errors of the difference of two estimates', () => {
    expect(says(gap, value(0.1 + 0.056), ceiling)).toBe(true);
    expect(says(gap, value(0.1 + 0.058), ceiling)).toBe(false);
    expect(says(gap, value(0.1 - 0.058), ceiling)).toBe(false);
    expect(says(gap, exact(0.11), ceiling)).toBe(false);
    expect(says(gap, exact(0.11), { kind: 'ceiling', within: 0.02 })).toBe(true);
  });

  it('a target is as good as the ceiling at the same distance on the other side', () => {
    expect(says(attack, value(0.46), ceiling, { ceiling: 0.54 })).toBe(true);
    expect(says(attack, value(0.4), ceiling, { ceiling: 0.54 })).toBe(false);
  });

  it('bad: beyond the noise on the bad side only', () => {
    expect(says(gap, value(0.14), bad)).toBe(true);
    expect(says(gap, value(0.12), bad)).toBe(false);
    expect(says(gap, value(0.05), bad)).toBe(false);
    expect(says(agreement, value(0.5), bad, { ceiling: 0.9 })).toBe(true);
    expect(says(agreement, value(0.99), bad, { ceiling: 0.9 })).toBe(false);
    expect(says(gap, exact(0.12), { kind: 'bad', margin: 0.05 })).toBe(false);
  });

  it('no better and no worse than the ceiling', () => {
    expect(says(gap, value(0.9), notBetter)).toBe(true);
    expect(says(gap, value(0.01), notBetter)).toBe(false);
    expect(says(gap, value(0.01), notWorse)).toBe(true);
    expect(says(gap, value(0.9), notWorse)).toBe(false);
  });

  it('ideal, worst, known values and bounds', () => {
    expect(says(gap, value(1e-12), ideal)).toBe(true);
    expect(says(gap, value(1e-6), ideal)).toBe(false);
    expect(says(gap, value(0.01), notIdeal)).toBe(true);
    expect(says(gap, value(0), notIdeal)).toBe(false);
    expect(says(gap, value(1), worst)).toBe(true);
    expect(says(gap, value(0.99), worst)).toBe(false);
    expect(says(attack, value(0.53), half)).toBe(true);
    expect(says(attack, value(0.55), half)).toBe(false);
    expect(says(attack, exact(0.78), near(0.75, 0.05))).toBe(true);
    expect(says(attack, exact(0.81), near(0.75, 0.05))).toBe(false);
    expect(says(attack, exact(0.81), between(0.8, 0.9))).toBe(true);
    expect(says(attack, exact(0.91), between(0.8, 0.9))).toBe(false);
  });

  it('no value: the code of the reason counts; a value is not undefined, and no value is nothing else', () => {
    const expected = undefinedFor('empty-synthetic');
    expect(says(gap, without('empty-synthetic: no stays'), expected)).toBe(true);
    expect(says(gap, without('no-label: none'), expected)).toBe(false);
    expect(says(gap, value(0), expected)).toBe(false);
    expect(says(gap, { state: 'failed', reason: 'empty-synthetic: x', n: 0 }, expected)).toBe(false);
    for (const other of [ceiling, bad, ideal, half, notBetter, between(0, 1)])
      expect(says(gap, without('empty-synthetic: no stays'), other)).toBe(false);
  });

  it('as the copy: the same value or the same lack of one', () => {
    expect(says(gap, value(0.3), asCopy, { ceiling: 0.1, ofCopy: value(0.3, 1) })).toBe(true);
    expect(says(gap, value(0.31), asCopy, { ceiling: 0.1, ofCopy: value(0.3) })).toBe(false);
    expect(says(gap, without('a: b'), asCopy, { ceiling: 0.1, ofCopy: without('a: c') })).toBe(true);
    expect(says(gap, without('a: b'), asCopy, { ceiling: 0.1, ofCopy: value(0.3) })).toBe(false);
  });

  it('an alarm: worse than fresh patients, above the ideal', () => {
    expect(says(attack, value(0.6), alarm, { ceiling: 0.52 })).toBe(true);
    expect(says(attack, value(0.53), alarm, { ceiling: 0.52 })).toBe(false);
    expect(says(attack, value(0.4), alarm, { ceiling: 0.52 })).toBe(false);
  });

  it('changed copies: between fresh patients and a copy, in either order', () => {
    const ofCopy = value(0.3);
    for (const [at, right] of [
      [0.1, true],
      [0.2, true],
      [0.34, true],
      [0.4, false],
      [0.02, false],
    ] as const)
      expect(says(gap, value(at), freshToCopy, { ceiling: 0.1, ofCopy }), String(at)).toBe(right);
    expect(says(gap, value(0.2), freshToCopy, { ceiling: 0.3, ofCopy: value(0.1) })).toBe(true);
    expect(says(gap, value(0.2), freshToCopy, { ceiling: 0.1, ofCopy: without('a: b') })).toBe(false);
  });

  it('bad where it is seen: no better than the ceiling where floor and ceiling are equal', () => {
    expect(says(gap, value(0.12), badWhereSeen, { ceiling: 0.1, floor: 0.5 })).toBe(false);
    expect(says(gap, value(0.4), badWhereSeen, { ceiling: 0.1, floor: 0.5 })).toBe(true);
    expect(says(gap, value(0.1), badWhereSeen, { ceiling: 0.1, floor: 0.11 })).toBe(true);
    expect(says(gap, value(0), badWhereSeen, { ceiling: 0.1, floor: 0.11 })).toBe(false);
  });

  it('one of some values, about the copy, and any value', () => {
    expect(says(gap, exact(1), oneOf(0, 1))).toBe(true);
    expect(says(gap, exact(0.5), oneOf(0, 1))).toBe(false);
    const ofCopy = exact(0.5);
    expect(says(gap, exact(0.55), { kind: 'as-copy', within: 0.1 }, { ceiling: 0.1, ofCopy })).toBe(true);
    expect(says(gap, exact(0.65), { kind: 'as-copy', within: 0.1 }, { ceiling: 0.1, ofCopy })).toBe(false);
    expect(says(gap, exact(0.7), anyValue('nothing is known'))).toBe(true);
    expect(says(gap, without('a: b'), anyValue('nothing is known'))).toBe(false);
  });

  it('no value beyond the range of its metric or outside its own interval is right', () => {
    expect(says(gap, exact(1.2), bad)).toBe(false);
    expect(says(gap, { state: 'ok', value: 0.5, ciLow: 0.6, ciHigh: 0.7, n: 9 }, bad)).toBe(false);
  });
});
