import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aurocOf, oneAgainstRest } from '../../../src/metrics/events/classScores.js';
import { nearestJaccard } from '../../../src/metrics/events/staySets.js';
import { trainBoostedClasses } from '../../../src/stats/boostedClasses.js';
import { trainBoostedRegression } from '../../../src/stats/boostedRegression.js';
import type { FeatureTable } from '../../../src/stats/featureTable.js';

interface Learnt {
  readonly name: string;
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly trees: number;
  readonly leaf: number;
}
interface Models {
  readonly regression: readonly (Learnt & { readonly expected: readonly number[] })[];
  readonly classes: readonly (Learnt & {
    readonly classes: number;
    readonly expected: readonly (readonly number[])[];
  })[];
  readonly scores: readonly {
    readonly name: string;
    readonly probabilities: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly expected: number;
  }[];
  readonly nearest: readonly {
    readonly name: string;
    readonly from: readonly (readonly number[])[];
    readonly to: readonly (readonly number[])[];
    readonly expected: readonly number[];
  }[];
}

const models = JSON.parse(
  readFileSync(new URL('../../fixtures/metrics/events/models.json', import.meta.url), 'utf8'),
) as Models;

const tableOf = (x: readonly (readonly number[])[]): FeatureTable => ({
  rows: x.length,
  columns: ['a', 'b', 'c'],
  values: Float32Array.from(x.flat()),
});
const options = ({ trees, leaf }: Learnt) =>
  ({ trees, maxLeaves: 16, maxDepth: 4, learningRate: 0.3, minLeaf: leaf, lambda: 1 }) as const;

describe('boosted trees against scikit-learn', () => {
  it.each(models.regression)('numbers: $name', (one) => {
    const rows = one.x.map((_, i) => i);
    const model = trainBoostedRegression(tableOf(one.x), Float64Array.from(one.y), rows, options(one));
    // scikit-learn keeps derivatives in float32.
    model.score(tableOf(one.x), rows).forEach((value, i) => {
      expect(value).toBeCloseTo(one.expected[i]!, 4);
    });
  });

  it.each(models.classes)('classes: $name', (one) => {
    const rows = one.x.map((_, i) => i);
    const model = trainBoostedClasses(tableOf(one.x), one.y, one.classes, rows, options(one));
    const found = model.probabilities(tableOf(one.x), rows);
    const logLoss = (share: (row: number, label: number) => number): number =>
      -rows.reduce((sum, row) => sum + Math.log(share(row, one.y[row]!)), 0) / rows.length;
    expect(logLoss((row, label) => found[row * one.classes + label]!)).toBeCloseTo(
      logLoss((row, label) => one.expected[row]![label]!),
      2,
    );
    // Among columns with ties many thresholds have equal gain, and rounding decides between them.
    if (one.name === 'ties') return;
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(one.expected[Math.floor(i / one.classes)]![i % one.classes]!, 3);
    });
  });

  it('gives a class without a training row probability 0, and a single class 1', () => {
    const table = tableOf([
      [0, 0, 0],
      [1, 0, 0],
    ]);
    const settings = { trees: 3, maxLeaves: 4, learningRate: 0.3, minLeaf: 1, lambda: 1 };
    expect([...trainBoostedClasses(table, [1, 1], 3, [0, 1], settings).probabilities(table, [0])]).toEqual([
      0, 1, 0,
    ]);
  });

  it('splits missing values off as a bin of their own', () => {
    const table: FeatureTable = {
      rows: 6,
      columns: ['a'],
      values: Float32Array.from([Number.NaN, Number.NaN, Number.NaN, 1, 2, 3]),
    };
    const settings = { trees: 60, maxLeaves: 4, maxDepth: 2, learningRate: 0.5, minLeaf: 1, lambda: 0 };
    const target = Float64Array.from([9, 9, 9, 1, 1, 1]);
    const model = trainBoostedRegression(table, target, [0, 1, 2, 3, 4, 5], settings);
    expect([...model.score(table, [0, 5])]).toEqual([expect.closeTo(9, 4), expect.closeTo(1, 4)]);
  });

  it('refuses to learn from nothing', () => {
    const table = tableOf([[0, 0, 0]]);
    const settings = { trees: 1, maxLeaves: 4, learningRate: 0.5, minLeaf: 1, lambda: 0 };
    expect(() => trainBoostedRegression(table, new Float64Array(1), [], settings)).toThrow('training rows');
    expect(() => trainBoostedClasses(table, [0], 2, [], settings)).toThrow('training rows');
  });
});

describe('AUROC of a task against scikit-learn', () => {
  it.each(models.scores)('B13, stays without a label are masked in every class: $name', (one) => {
    const classes = one.probabilities[0]!.length;
    const labels = Int8Array.from(one.labels);
    const rows = Uint32Array.from([...labels.keys()].filter((stay) => labels[stay]! >= 0));
    const own = Float64Array.from([...rows].flatMap((row) => one.probabilities[row]!));
    expect(aurocOf(oneAgainstRest(own, labels, rows, classes), null)).toBeCloseTo(one.expected, 9);
  });
});

describe('nearest Jaccard distance against Python sets', () => {
  it.each(models.nearest)('$name', (one) => {
    const sets = (all: readonly (readonly number[])[]): Uint32Array[] =>
      all.map((own) => Uint32Array.from(own));
    const found = nearestJaccard(sets(one.from), sets(one.to));
    one.expected.forEach((expected, i) => {
      expect(found[i]).toBeCloseTo(expected, 12);
    });
  });
});
