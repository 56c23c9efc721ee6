import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectStays } from '../../src/cohort/select.js';
import type { Cohort, Variable } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import type { Result } from '../../src/metrics/contract.js';
import { metrics } from '../../src/metrics/index.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { mixedCohort } from './mixedCohort.js';
import { scoreOf } from './scoring.js';

const LOOSE = { minJoint: 3 };
const levels = (count: number): string[] => Array.from({ length: count }, (_, l) => `l${l}`);
const features: readonly Variable[] = [
  { name: 'lab', kind: 'continuous' },
  { name: 'drug', kind: 'binary' },
  { name: 'rhythm', kind: 'categorical', levels: levels(3) },
  { name: 'unit', kind: 'categorical', levels: levels(4) },
  { name: 'flow', kind: 'continuous' },
];
const schema = {
  steps: 3,
  features,
  statics: [features[0]!, features[2]!],
  labels: [features[1]!, features[3]!],
};

function cellOf({ kind, levels: names }: Variable): fc.Arbitrary<number | null> {
  const value =
    kind === 'continuous'
      ? fc.integer({ min: -6, max: 6 }).map((v) => v / 2)
      : fc.nat(kind === 'binary' ? 1 : names!.length - 1);
  return fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 4, arbitrary: value });
}
const row = (variables: readonly Variable[]): fc.Arbitrary<(number | null)[]> =>
  fc.tuple(...variables.map(cellOf));

/** Eight stays of one to three steps, some of the same patient. */
const cohort: fc.Arbitrary<Cohort> = fc
  .array(
    fc.record({
      steps: fc.array(row(features), { minLength: 1, maxLength: 3 }),
      statics: row(schema.statics),
      labels: row(schema.labels),
      patient: fc.nat(12),
    }),
    { minLength: 8, maxLength: 8 },
  )
  .map((stays) =>
    mixedCohort(schema, {
      rows: stays.map((stay) => stay.steps),
      statics: stays.map((stay) => stay.statics),
      labels: stays.map((stay) => stay.labels),
      patients: stays.map((stay) => `p${stay.patient}`),
    }),
  );

function reordered(from: Cohort, order: readonly number[]): Cohort {
  const count = order.length;
  const source = (cell: number): number => cell - (cell % count) + order[cell % count]!;
  return {
    ...from,
    schema: { ...from.schema, features: order.map((f) => from.schema.features[f]!) },
    values: from.values.map((_, cell) => from.values[source(cell)]!),
    observed: from.observed.map((_, cell) => from.observed[source(cell)]!),
  };
}

function expectSame(first: Result, second: Result): void {
  expect(second.state).toBe(first.state);
  if (first.state === 'ok' && second.state === 'ok') expect(second.value).toBeCloseTo(first.value, 9);
}

const MIXED = metrics
  .map(({ descriptor }) => descriptor.id)
  .filter((id) => /^(marginal|pairwise)\./.test(id));

describe.each(MIXED)('%s on cohorts of every kind of variable', (id) => {
  it('does not depend on the order of patients or features', async () => {
    await fc.assert(
      fc.asyncProperty(cohort, cohort, cohort, fc.nat(1000), async (train, real, synthetic, seed) => {
        const [mixed, mixedReal, mixedTrain] = [synthetic, real, train].map((one, role) =>
          reordered(selectStays(one, random('order', role, seed).permutation(one.size)), [3, 0, 4, 2, 1]),
        );
        expectSame(
          await scoreOf(id, synthetic, real, LOOSE, { train }),
          await scoreOf(id, mixed!, mixedReal!, LOOSE, { train: mixedTrain! }),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('stays within its range, its interval around it, and is ideal for equal cohorts', async () => {
    const { range, ideal } = metricNamed(id).descriptor;
    await fc.assert(
      fc.asyncProperty(cohort, cohort, cohort, async (train, real, synthetic) => {
        const same = await scoreOf(id, { ...real }, real, LOOSE, { train });
        if (same.state === 'ok') expect(same.value).toBeCloseTo(ideal!, 9);
        const result = await scoreOf(id, synthetic, real, LOOSE, { train, resamples: 8 });
        expect(['ok', 'undefined']).toContain(result.state);
        if (result.state !== 'ok') return;
        expect(result.value).toBeGreaterThanOrEqual(range[0] ?? Number.NEGATIVE_INFINITY);
        expect(result.value).toBeLessThanOrEqual(range[1] ?? Number.POSITIVE_INFINITY);
        if (result.ciLow === null || result.ciHigh === null) return;
        expect(result.ciLow).toBeLessThanOrEqual(result.value + 1e-12);
        expect(result.ciHigh).toBeGreaterThanOrEqual(result.value - 1e-12);
      }),
      { numRuns: 25 },
    );
  });
});
