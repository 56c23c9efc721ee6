import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { auroc } from '../../src/stats/auroc.js';
import { applyBins, fitBins } from '../../src/stats/featureBins.js';
import type { FeatureTable } from '../../src/stats/featureTable.js';
import { trainForest } from '../../src/stats/histogramForest.js';
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
