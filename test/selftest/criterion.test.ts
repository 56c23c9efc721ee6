import { describe, expect, it } from 'vitest';
import type { MetricDescriptor, Result } from '../../src/metrics/contract.js';
import { metricNamed } from '../../src/metrics/index.js';
import { fulfils } from '../../src/selftest/criterion.js';
import {
  asCopy,
  bad,
  between,
  ceiling,
  exactlyCeiling,
  half,
  ideal,
  near,
  notBetter,
  notIdeal,
  notWorse,
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
});
