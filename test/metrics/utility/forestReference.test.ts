import { describe, expect, it } from 'vitest';
import { auroc } from '../../../src/stats/auroc.js';
import { classifierNamed } from '../../../src/metrics/utility/classifiers.js';
import { rowsByClass, type Examples } from '../../../src/metrics/utility/examples.js';
import { plantedData } from '../reference.js';

describe('forests on small samples', () => {
  it.each(plantedData)(
    'the histogram forest is at least as good as ml-random-forest: $planted',
    async ({ rows, columns, values, outcome, auroc: expected }) => {
      const side = (from: number): Examples => ({
        table: {
          rows,
          columns: Array.from({ length: columns }, (_, j) => `c${j}`),
          values: Float32Array.from(values.slice(from * columns, (from + rows) * columns)),
        },
        outcome: Uint8Array.from(outcome.slice(from, from + rows)),
        patients: Array.from({ length: rows }, (_, i) => String(i)),
        stays: null,
      });
      const test = side(rows);
      const reach = async (model: string): Promise<number> => {
        const { scores } = await (await classifierNamed(model).fit(side(0), 1)).predict(test);
        const [negatives, positives] = rowsByClass(test.outcome);
        return auroc(
          positives.map((row) => scores[row]!),
          negatives.map((row) => scores[row]!),
        );
      };
      const [own, reference] = [await reach('forest'), await reach('forest-reference')];
      // ml-random-forest sees 250 of the rows and a tenth of the columns a tree: it may lose to, not beat, its peers.
      if (expected > 0.6) expect(own).toBeGreaterThan(reference - 0.02);
      else expect(Math.abs(own - reference)).toBeLessThan(0.1);
      expect(Math.abs(own - expected)).toBeLessThan(0.03);
    },
  );
});
