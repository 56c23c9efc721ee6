import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { auroc } from '../../src/stats/auroc.js';
import type { FeatureTable } from '../../src/stats/featureTable.js';
import { trainBoosting, type BoostingOptions } from '../../src/stats/gradientBoosting.js';
import { boostingFixture } from '../metrics/utility/fixtures.js';
import { plantedData } from '../metrics/reference.js';

const OPTIONS: BoostingOptions = { trees: 100, maxLeaves: 31, minLeaf: 20, learningRate: 0.1, lambda: 0 };

function table(values: readonly number[], columns: number): FeatureTable {
  return {
    rows: values.length / columns,
    columns: Array.from({ length: columns }, (_, j) => `c${j}`),
    values: Float32Array.from(values),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** As numpy.round. */
function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** Best single threshold by trying all: highest ΣG²/H of both sides (lowest second-order loss). */
function bruteForceStump(data: FeatureTable, labels: Uint8Array, minLeaf: number): Float64Array {
  const rows = range(0, data.rows);
  const width = data.columns.length;
  const p = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  const start = Math.log(p / (1 - p));
  const value = (side: readonly number[]): number =>
    side.reduce((sum, row) => sum + labels[row]! - p, 0) / (side.length * p * (1 - p));
  const gain = (side: readonly number[]): number => value(side) ** 2 * side.length * p * (1 - p);
  let best = { gain: Number.NEGATIVE_INFINITY, low: rows, high: [] as number[] };
  for (let column = 0; column < width; column++) {
    const at = (row: number): number => data.values[row * width + column]!;
    for (const cut of new Set(rows.map(at))) {
      const low = rows.filter((row) => Number.isNaN(at(row)) || at(row) <= cut);
      const high = rows.filter((row) => !low.includes(row));
      if (Math.min(low.length, high.length) < minLeaf) continue;
      const found = gain(low) + gain(high);
      if (found > best.gain + 1e-12) best = { gain: found, low, high };
    }
  }
  const score = new Float64Array(data.rows);
  for (const side of [best.low, best.high])
    for (const row of side) score[row] = start + OPTIONS.learningRate * value(side);
  return score;
}

describe('gradient boosting', () => {
  it.each(boostingFixture)(
    'reaches the AUROC and log loss of scikit-learn: $planted, $trees trees of $leaves leaves',
    ({ planted, trees, leaves, auroc: expected, logLoss }) => {
      const { rows, columns, values, outcome } = plantedData.find((one) => one.planted === planted)!;
      const data = table(values, columns);
      const labels = Uint8Array.from(outcome);
      const test = range(rows, 2 * rows);
      const trained = trainBoosting(data, labels, range(0, rows), { ...OPTIONS, trees, maxLeaves: leaves });
      const scores = trained.score(data, test);
      const found = auroc(
        scores.filter((_, i) => labels[test[i]!] === 1),
        scores.filter((_, i) => labels[test[i]!] === 0),
      );
      const loss = test.reduce((sum, row, i) => {
        const margin = labels[row] === 1 ? scores[i]! : -scores[i]!;
        return sum + Math.log1p(Math.exp(-margin)) / rows;
      }, 0);
      expect(Math.abs(found - expected)).toBeLessThan(0.02);
      expect(Math.abs(loss - logLoss)).toBeLessThan(0.02 + 0.05 * logLoss);
    },
  );

  // scikit-learn keeps gradients in float32: over 100 trees on the linear data, a choice between nearly equal splits differs.
  it.each(boostingFixture.filter(({ planted, trees }) => planted !== 'linear' || trees < 100))(
    'is scikit-learn row by row where both have the same bins: $planted, $trees trees of $leaves leaves',
    ({ planted, trees, leaves, coarse }) => {
      const { rows, columns, values, outcome } = plantedData.find((one) => one.planted === planted)!;
      const data = table(
        values.map((v) => roundHalfEven(2 * v)),
        columns,
      );
      const trained = trainBoosting(data, Uint8Array.from(outcome), range(0, rows), {
        ...OPTIONS,
        trees,
        maxLeaves: leaves,
      });
      const scores = trained.score(data, range(rows, 2 * rows));
      const worst = Math.max(...coarse.map((expected, i) => Math.abs(expected - scores[i]!)));
      expect(worst).toBeLessThan(1e-4);
    },
  );

  it('one tree of two leaves is the best split of all', () => {
    for (let seed = 0; seed < 8; seed++) {
      const stream = random('stump', seed);
      const values = Array.from({ length: 60 * 3 }, () =>
        stream.uniform() < 0.1 ? Number.NaN : stream.integer(12),
      );
      const data = table(values, 3);
      const labels = Uint8Array.from({ length: 60 }, (_, i) =>
        stream.uniform() < (values[i * 3 + (seed % 3)]! > 5 ? 0.8 : 0.3) ? 1 : 0,
      );
      const trained = trainBoosting(data, labels, range(0, 60), {
        ...OPTIONS,
        trees: 1,
        maxLeaves: 2,
        minLeaf: 5,
      });
      const found = trained.score(data, range(0, 60));
      bruteForceStump(data, labels, 5).forEach((expected, i) => expect(found[i]).toBeCloseTo(expected, 9));
    }
  });

  it('does not see how a column is scaled', () => {
    const { rows, columns, values, outcome } = plantedData[0]!;
    const train = values.slice(0, rows * columns).map((v) => Math.round(v * 8));
    const run = (change: (v: number) => number): Float64Array => {
      const data = table(train.map(change), columns);
      return trainBoosting(data, Uint8Array.from(outcome), range(0, rows), OPTIONS).score(
        data,
        range(0, rows),
      );
    };
    const plain = run((v) => v);
    expect(run((v) => Math.exp(v / 4))).toEqual(plain);
    expect(run((v) => v ** 3 + 7)).toEqual(plain);
  });

  it('learns that a value is missing, and which class is rare', () => {
    const values = range(0, 400).map((i) => (i % 4 === 0 ? Number.NaN : (i * 37) % 11));
    const labels = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
    const scores = trainBoosting(table(values, 1), labels, range(0, 200), OPTIONS).score(
      table(values, 1),
      range(200, 400),
    );
    expect(scores.every((score, i) => (i % 4 === 0 ? score > 3 : score < -3))).toBe(true);
  });

  it('gives the training prevalence when no column varies, and refuses one class', () => {
    const data = table(new Array<number>(40).fill(7), 1);
    const labels = Uint8Array.from({ length: 40 }, (_, i) => (i < 10 ? 1 : 0));
    const scores = trainBoosting(data, labels, range(0, 40), OPTIONS).score(data, [0, 39]);
    for (const score of scores) expect(score).toBeCloseTo(Math.log(1 / 3), 9);
    expect(() => trainBoosting(data, new Uint8Array(40), range(0, 40), OPTIONS)).toThrow('both classes');
  });
});
