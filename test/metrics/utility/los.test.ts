import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { changed, cohortOf, simulateSplit } from '../simulatedCohort.js';
import { readFixture } from './fixtures.js';

const rows = z.array(z.array(z.array(z.number().nullable())));
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        synthetic: rows,
        holdout: rows,
        patients: z.array(z.string()),
        expected: z.object({
          mae: z.number(),
          standardError: z.number(),
          medianMae: z.number(),
          testShareAtEnd: z.number(),
        }),
      }),
    ),
  })
  .parse(readFixture('los.json'));

function score(synthetic: Cohort, holdout: Cohort, stepHours = 8): Promise<Result> {
  const onGrid = (cohort: Cohort): Cohort => ({ ...cohort, schema: { ...cohort.schema, stepHours } });
  const inputs = {
    train: onGrid(holdout),
    holdout: onGrid(holdout),
    reference: null,
    synthetic: onGrid(synthetic),
    label: null,
    resamples: 0,
  };
  return Promise.resolve(metricNamed('utility.los_mae').compute(inputs, {}, random('unused')));
}

describe.each(cases)('utility.los_mae against scikit-learn: $name', (one) => {
  it('error, its interval, that of the median and the share cut by the grid', async () => {
    const holdout = { ...cohortOf(one.holdout), patients: one.patients };
    const result = await score(cohortOf(one.synthetic), holdout);
    if (result.state !== 'ok') throw new Error(result.reason);
    expect(Math.abs(result.value - one.expected.mae)).toBeLessThan(1e-9);
    expect((result.ciHigh! - result.value) / 1.959963984540054).toBeCloseTo(one.expected.standardError, 9);
    expect(result.detail?.['medianMae']).toBeCloseTo(one.expected.medianMae, 9);
    expect(result.detail?.['testShareAtEnd']).toBeCloseTo(one.expected.testShareAtEnd, 12);
  });
});

describe('utility.los_mae', () => {
  const { train, holdout } = simulateSplit([60], 'los-mae');

  it('has no value on a grid of a day, of steps longer than a day, or where nothing is to be foretold', async () => {
    const code = (text: string): object => ({
      state: 'undefined',
      reason: expect.stringContaining(text) as string,
    });
    expect(await score(train, holdout, 2)).toMatchObject(code('short-grid'));
    expect(await score(train, holdout, 48)).toMatchObject(code('coarse-grid'));
    const lasting = (length: number): Cohort => changed(train, { length: train.length.map(() => length) });
    expect(await score(train, lasting(6))).toMatchObject(code('one-length'));
    expect(await score(lasting(2), holdout)).toMatchObject(code('absent-on-one-side'));
    expect(await score(train, lasting(2))).toMatchObject(code('too-few-stays'));
  });

  it('reads nothing after the first day', async () => {
    const [steps, features] = [holdout.schema.steps, holdout.schema.features.length];
    const noise = random('after the first day');
    const later = changed(holdout, {
      values: holdout.values.map((value, cell) =>
        Math.floor(cell / features) % steps >= 3 ? value + 50 * noise.normal() : value,
      ),
    });
    expect(await score(train, later)).toEqual(await score(train, holdout));
  });

  it('of stays that the generator makes all equally long is that of always saying this length', async () => {
    const constant = changed(train, { length: train.length.map(() => 5) });
    const result = await score(constant, holdout);
    if (result.state !== 'ok') throw new Error(result.reason);
    expect(result.value).toBeCloseTo(Number(result.detail?.['medianMae']), 9);
  });
});
