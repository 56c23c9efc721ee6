import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { changed, cohortOf, simulateSplit } from '../simulatedCohort.js';

const rows = z.array(z.array(z.array(z.number().nullable())));
const expected = z.object({
  value: z.number(),
  standardError: z.number().nullable(),
  nearestSyntheticToReal: z.number(),
  nearestRealToSynthetic: z.number(),
});
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        categorical: z.boolean(),
        train: rows,
        holdout: rows,
        synthetic: rows,
        againstHoldout: expected,
        againstTrain: expected,
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../fixtures/metrics/temporal/warping.json', import.meta.url), 'utf8'),
    ) as unknown,
  );

function score(
  synthetic: Cohort,
  { train, holdout }: { readonly train: Cohort; readonly holdout: Cohort },
  against = 'holdout',
): Promise<Result> {
  const inputs = { train, holdout, synthetic, reference: null, label: null, resamples: 0 };
  return Promise.resolve(
    metricNamed('temporal.dtw_set_distance').compute(inputs, { against }, random('warping')),
  );
}

function ok(result: Result): Extract<Result, { state: 'ok' }> {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result;
}

describe.each(cases)('temporal.dtw_set_distance against numpy: $name', (one) => {
  const cohort = (stays: typeof one.train): Cohort => {
    const made = cohortOf(stays);
    const last = made.schema.features.length - 1;
    const features = made.schema.features.map((feature, f) =>
      one.categorical && f === last
        ? { ...feature, kind: 'categorical' as const, levels: ['a', 'b', 'c'] }
        : feature,
    );
    return { ...made, schema: { ...made.schema, features } };
  };
  const real = { train: cohort(one.train), holdout: cohort(one.holdout) };

  it.each([
    ['holdout', one.againstHoldout],
    ['train', one.againstTrain],
  ] as const)('against %s', async (against, wanted) => {
    const { value, ciLow, ciHigh, detail } = ok(await score(cohort(one.synthetic), real, against));
    expect(Math.abs(value - wanted.value)).toBeLessThan(1e-9);
    if (wanted.standardError === null) expect([ciLow, ciHigh]).toEqual([null, null]);
    else expect((ciHigh! - value) / 1.959963984540054).toBeCloseTo(wanted.standardError, 9);
    for (const name of ['nearestSyntheticToReal', 'nearestRealToSynthetic'] as const)
      expect(detail?.[name]).toBeCloseTo(wanted[name], 9);
  });
});

describe('temporal.dtw_set_distance', () => {
  const split = simulateSplit([40], 'warping');

  it('compares sets, not the i-th with the i-th stay as TSGBench does', async () => {
    const first = ok(await score(split.reference, split));
    const shuffled = selectStays(split.reference, random('set').permutation(40));
    expect(ok(await score(shuffled, split)).value).toBeCloseTo(first.value, 10);
  });

  it('is about 0 for fresh patients, below for a copy, and sees a shift and lost dynamics', async () => {
    const values: number[] = [];
    for (let k = 0; k < 30; k++) {
      const fresh = simulateSplit([20], `warping-${k}`);
      values.push(ok(await score(fresh.reference, fresh)).value);
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    expect(Math.abs(mean)).toBeLessThan((3 * sd) / Math.sqrt(values.length));
    const copied = ok(await score(changed(split.train, {}), split, 'train'));
    expect(copied.value).toBeLessThan(0);
    expect(copied.detail?.['nearestSyntheticToReal']).toBe(0);
    const shifted = changed(split.reference, { values: split.reference.values.map((value) => value + 10) });
    const { ciLow } = ok(await score(shifted, split));
    expect(ciLow).toBeGreaterThan(ok(await score(split.reference, split)).value);
  });

  it('takes one stay a patient and at most 100, and fewer on long grids', async () => {
    const of = async (cohort: Cohort): Promise<unknown> =>
      ok(await score(cohort, { train: cohort, holdout: cohort })).detail?.['staysPerCohort'];
    const small = cohortOf(Array.from({ length: 130 }, (_, i) => [[i % 7], [i % 5]]));
    expect(await of(small)).toBe(100);
    expect(await of({ ...small, patients: small.patients.map((_, i) => `p${i % 13}`) })).toBe(13);
    const long = cohortOf(
      Array.from({ length: 40 }, (_, i) =>
        Array.from({ length: 180 }, (_, t) => Array.from({ length: 20 }, (_, f) => (i * t + f) % 7)),
      ),
    );
    expect(await of(long)).toBe(20);
  });

  it('is undefined with one patient on a side', async () => {
    const one = { ...split.reference, patients: split.reference.patients.map(() => 'p') };
    expect(await score(one, split)).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('one-patient') as string,
    });
  });
});
