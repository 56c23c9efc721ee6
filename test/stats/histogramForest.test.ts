import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { auroc } from '../../src/stats/auroc.js';
import { applyBins, fitBins } from '../../src/stats/featureBins.js';
import type { FeatureTable } from '../../src/stats/featureTable.js';
import { trainForest } from '../../src/stats/histogramForest.js';
import { growTree } from '../../src/stats/histogramTree.js';
import { plantedData } from '../metrics/reference.js';

const OPTIONS = { trees: 100, minLeaf: 3, maxDepth: 12 };

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

describe('histogram forest', () => {
  it.each(plantedData)(
    'finds a planted $planted signal as well as scikit-learn',
    ({ rows, columns, values, outcome, auroc: expected, sd }) => {
      const data = table(values, columns);
      const labels = Uint8Array.from(outcome);
      const test = range(rows, 2 * rows);
      const found = [0, 1, 2].map((seed) => {
        const forest = trainForest(data, labels, range(0, rows), OPTIONS, random('planted', seed));
        const scores = forest.score(data, test);
        return auroc(
          scores.filter((_, i) => labels[test[i]!] === 1),
          scores.filter((_, i) => labels[test[i]!] === 0),
        );
      });
      const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
      expect(Math.abs(mean - expected)).toBeLessThan(0.02 + 2 * sd);
    },
  );

  it('a tree of one split is the best split of all, by Gini impurity', () => {
    for (let seed = 0; seed < 8; seed++) {
      const stream = random('one-split', seed);
      const rows = range(0, 50);
      const data = table(
        Array.from({ length: 150 }, () => (stream.uniform() < 0.1 ? Number.NaN : stream.integer(9))),
        3,
      );
      const labels = Uint8Array.from(rows, (i) =>
        stream.uniform() < (data.values[i * 3 + (seed % 3)]! > 4 ? 0.8 : 0.3) ? 1 : 0,
      );
      const weights = Uint32Array.from(rows, () => stream.integer(3));
      const count = (side: readonly number[], value: (row: number) => number): number =>
        side.reduce((sum, row) => sum + weights[row]! * value(row), 0);
      const impurity = (side: readonly number[]): number => {
        const [n, ones] = [count(side, () => 1), count(side, (row) => labels[row]!)];
        return n === 0 ? Number.POSITIVE_INFINITY : (2 * ones * (n - ones)) / n;
      };
      let best = { impurity: impurity(rows), sides: [rows] };
      for (let column = 0; column < 3; column++) {
        for (let cut = -1; cut < 9; cut++) {
          const isLow = (row: number): boolean => !(data.values[row * 3 + column]! > cut);
          const sides = [rows.filter(isLow), rows.filter((row) => !isLow(row))];
          if (sides.some((side) => count(side, () => 1) < 4)) continue;
          const found = sides.reduce((sum, side) => sum + impurity(side), 0);
          if (found < best.impurity - 1e-9) best = { impurity: found, sides };
        }
      }
      const codes = applyBins(fitBins(data, rows), data, rows);
      const options = { minLeaf: 4, maxDepth: 1, columnsTried: 3 };
      const tree = growTree(codes, labels, weights, options, random('order', seed));
      expect(tree.left.length).toBe(best.sides.length === 1 ? 1 : 3);
      const leafOf = (row: number): number =>
        tree.left[0] === 0
          ? 0
          : tree.left[0]! + (codes.code[tree.column[0]! * 50 + row]! > tree.threshold[0]! ? 1 : 0);
      const reached = [0, 1, 2]
        .map((leaf) => rows.filter((row) => leafOf(row) === leaf))
        .filter((side) => side.length > 0)
        .reduce((sum, side) => sum + impurity(side), 0);
      expect(reached).toBeCloseTo(best.impurity, 9);
    }
  });

  it('does not see how a column is scaled', () => {
    const { rows, columns, values, outcome } = plantedData[0]!;
    const run = (change: (v: number) => number): Float64Array => {
      const data = table(
        values.slice(0, rows * columns).map((v) => change(Math.round(v * 8))),
        columns,
      );
      return trainForest(data, Uint8Array.from(outcome), range(0, rows), OPTIONS, random('scale')).score(
        data,
        range(0, rows),
      );
    };
    const plain = run((v) => v);
    expect(run((v) => Math.exp(v / 4))).toEqual(plain);
    expect(run((v) => v ** 3 + 7)).toEqual(plain);
  });

  it('uses that a value is missing', () => {
    const values = range(0, 200).map((i) => (i % 2 === 0 ? Number.NaN : (i * 37) % 11));
    const labels = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
    const data = table(values, 1);
    const scores = trainForest(data, labels, range(0, 100), OPTIONS, random('missing')).score(
      data,
      range(100, 200),
    );
    expect(scores.filter((_, i) => i % 2 === 0).every((score) => score === 1)).toBe(true);
    expect(scores.filter((_, i) => i % 2 === 1).every((score) => score === 0)).toBe(true);
  });

  it('gives the training share when no column varies', () => {
    const data = table(new Array<number>(40).fill(7), 2);
    const labels = Uint8Array.from({ length: 20 }, (_, i) => (i < 10 ? 1 : 0));
    const scores = trainForest(data, labels, range(0, 20), OPTIONS, random('constant')).score(data, [0, 19]);
    expect(scores[0]).toBe(scores[1]);
    expect(Math.abs(scores[0]! - 0.5)).toBeLessThan(0.05);
  });

  it('the same random stream gives the same scores', () => {
    const { values, columns, outcome, rows } = plantedData[0]!;
    const data = table(values, columns);
    const run = (): Float64Array =>
      trainForest(
        data,
        Uint8Array.from(outcome),
        range(0, rows),
        { ...OPTIONS, trees: 5 },
        random('same'),
      ).score(data, range(rows, rows + 50));
    expect(run()).toEqual(run());
  });

  it('bins keep the order of values, put the missing lowest and clamp what training did not show', () => {
    const data = table([...range(0, 1000), Number.NaN, -1e9, 1e9], 1);
    const code = applyBins(fitBins(data, range(0, 1000)), data, range(0, 1003)).code;
    for (let i = 1; i < 1000; i++) expect(code[i]!).toBeGreaterThanOrEqual(code[i - 1]!);
    expect([...code.slice(1000)]).toEqual([0, 1, code[999]]);
    expect(new Set(code.slice(0, 1000)).size).toBeGreaterThan(55);
    expect(Math.max(...code)).toBeLessThan(64);
  });
});
