import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import type { MetricInputs, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import type { Fitted } from '../../../src/metrics/utility/examples.js';
import {
  importances,
  permutedRankings,
  spearman,
} from '../../../src/metrics/utility/permutationImportance.js';
import { cohortOf } from '../simulatedCohort.js';
import { tasksFixture } from './fixtures.js';

describe.each(tasksFixture.nextStep)('next step against scikit-learn: $name', (fixture) => {
  const cohort = (stays: typeof fixture.train): MetricInputs['train'] =>
    cohortOf(stays, { kinds: fixture.kinds });
  const inputs: MetricInputs = {
    train: cohort(fixture.train),
    holdout: cohort(fixture.holdout),
    synthetic: cohort(fixture.synthetic),
    reference: null,
    label: null,
    resamples: 0,
  };
  const { expected } = fixture;

  it.each([
    ['utility.next_step_mae', expected.mae, expected.maeStandardError],
    ['utility.next_step_auroc', expected.auroc, expected.aurocStandardError],
  ] as const)('%s', async (id, values, standardError) => {
    const result: Result = await metricNamed(id).compute(inputs, {}, random('unused'));
    if (result.state !== 'ok') throw new Error(result.reason);
    const found = result.detail?.['values'] as readonly (number | null)[];
    values.forEach((value, f) => {
      if (value === null) expect(found[f]).toBeNull();
      else expect(Math.abs(found[f]! - value)).toBeLessThan(1e-9);
    });
    const known = values.flatMap((value) => (value === null ? [] : [value]));
    expect(result.value).toBeCloseTo(known.reduce((sum, v) => sum + v, 0) / known.length, 9);
    expect((result.ciHigh! - result.value) / 1.959963984540054).toBeCloseTo(standardError, 9);
  });
});

describe.each(tasksFixture.importance)(
  'permutation importance of linear models, $columns columns',
  (fixture) => {
    it('is the drop of the AUROC that scikit-learn sees', async () => {
      const outcome = Uint8Array.from(fixture.y);
      const columns = Array.from({ length: fixture.columns }, (_, j) => `c${j}`);
      const values = Float32Array.from(fixture.values, (v) => v ?? Number.NaN);
      const test = {
        table: { rows: outcome.length, columns, values },
        outcome,
        patients: fixture.y.map((_, i) => String(i)),
        stays: null,
      };
      const linear = (weights: readonly number[]): Fitted => ({
        predict: ({ table }) => {
          const scores = Float64Array.from({ length: table.rows }, (_, i) => {
            const eta = weights.reduce(
              (sum, w, j) => sum + w * (table.values[i * columns.length + j]! || 0),
              0,
            );
            return Math.round(eta * 1e9) / 1e9;
          });
          return Promise.resolve({ scores, probabilities: scores });
        },
      });
      const groups = fixture.groups.map((group, g) => ({ name: `g${g}`, columns: group }));
      const orders = fixture.orders.map((order) => Uint32Array.from(order));
      const found: Float64Array[] = [];
      for (const [k, weights] of fixture.weights.entries()) {
        const rankings = await permutedRankings(linear(weights), test, groups, orders);
        const drops = importances(
          rankings,
          fixture.y.map(() => 1),
        )!;
        fixture.importances[k]!.forEach((expected, g) => expect(drops[g]).toBeCloseTo(expected, 9));
        found.push(drops.map((drop) => Math.round(drop * 1e12) / 1e12));
      }
      expect(spearman(found[0]!, found[1]!)).toBeCloseTo(fixture.spearman, 9);
    });
  },
);

describe('Spearman correlation', () => {
  it('of a constant is undefined', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1, 5, 5, 9], [2, 3, 3, 4])).toBeCloseTo(1, 12);
  });
});
