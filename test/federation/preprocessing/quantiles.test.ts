import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { decimalsOf, recordedDecimals } from '../../../src/federation/preprocessing/decimals.js';
import {
  binOf,
  clampedBinOf,
  evenGrid,
  quantilesOf,
  refinedGrid,
  type Histogram,
} from '../../../src/federation/preprocessing/histogram.js';
import {
  quantileTransform,
  scoreOf,
  valueOf,
} from '../../../src/federation/preprocessing/quantileTransform.js';
import { spreadCounts, stayGroups } from '../../../src/federation/preprocessing/stayGroups.js';

function countedOn(edges: Float64Array, values: readonly number[]): Histogram {
  const bins = Int32Array.from(values, (value) => clampedBinOf(edges, value));
  return {
    edges,
    counts: spreadCounts(
      stayGroups(
        bins,
        Uint32Array.from(values, (_, i) => i),
        edges.length - 1,
      ),
      edges.length - 1,
    ),
  };
}

/** Three passes of a narrowing grid, as the trainers do it. */
function histogramOf(
  values: readonly number[],
  range: readonly [number, number],
  decimals: number | null,
): Histogram {
  let histogram = countedOn(evenGrid(range, 256, decimals), values);
  for (let pass = 0; pass < 2; pass++) histogram = countedOn(refinedGrid(histogram, 256, decimals), values);
  return histogram;
}

const draw = random(1, 'quantiles');
const heavy = Array.from({ length: 3000 }, () => Math.round(40 * Math.exp(1.2 * draw.normal())));

describe('histograms on narrowing grids', () => {
  it('keep the quantiles of a heavy-tailed laboratory value in a very wide plausible range', () => {
    const histogram = histogramOf(heavy, [0, 100_000], 0);
    const sorted = [...heavy].sort((a, b) => a - b);
    for (const level of [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]) {
      const expected = sorted[Math.round(level * (sorted.length - 1))]!;
      const [found] = quantilesOf(histogram, [level]);
      expect(Math.abs(found! - expected)).toBeLessThan(0.05 * expected + 1);
    }
  });

  it('put edges half-way between values that can occur, so that atoms come back exactly', () => {
    const values = Array.from({ length: 600 }, () => [0.21, 0.4, 0.5, 1][draw.integer(4)]!);
    const histogram = histogramOf(values, [0, 1], 2);
    for (let i = 0; i < 200; i++) {
      const value = quantilesOf(histogram, [(i + 0.5) / 200])[0]!;
      expect([0.21, 0.4, 0.5, 1]).toContain(Math.round(value * 100) / 100);
    }
  });

  it('count both ends of the range', () => {
    const edges = evenGrid([0, 10], 5, null);
    expect(binOf(edges, 0)).toBe(0);
    expect(binOf(edges, 10)).toBe(4);
    expect(binOf(edges, 10.5)).toBe(-1);
    expect(binOf(edges, Number.NaN)).toBe(-1);
  });
});

describe('quantileTransform', () => {
  const transform = quantileTransform(histogramOf(heavy, [0, 100_000], 0))!;

  it('makes heavy tails normal', () => {
    const scores = heavy.map((value) => scoreOf(transform, value));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(variance - 1)).toBeLessThan(0.08);
  });

  it('is undone by its inverse, and constant outside', () => {
    for (const value of [5, 40, 41, 80, 300])
      expect(Math.abs(valueOf(transform, scoreOf(transform, value)) - value)).toBeLessThan(1);
    expect(valueOf(transform, 50)).toBe(valueOf(transform, 4));
    expect(scoreOf(transform, 1e9)).toBeLessThan(3.1);
  });

  it('is null where nothing was released', () => {
    const edges = evenGrid([0, 1], 4, null);
    expect(quantileTransform({ edges, counts: new Float64Array(4) })).toBeNull();
  });
});

describe('decimals', () => {
  it('are told apart after rounding to float32', () => {
    expect([80, 36.6, 7.35, 0.125, 1 / 3].map((value) => decimalsOf(Math.fround(value)))).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });

  it('are the fewest that write 99 % of the values', () => {
    expect(recordedDecimals(Float64Array.of(1000, 0, 0, 0, 0))).toBe(0);
    expect(recordedDecimals(Float64Array.of(900, 95, 5, 0, 0))).toBe(1);
    expect(recordedDecimals(Float64Array.of(10, 0, 0, 0, 500))).toBeNull();
    expect(recordedDecimals(new Float64Array(5))).toBeNull();
  });
});
