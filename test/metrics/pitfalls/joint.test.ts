import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/index.js';
import { changed, cohortOf, simulateSplit } from '../simulatedCohort.js';

function score(
  id: string,
  synthetic: Cohort,
  real: { readonly train?: Cohort; readonly holdout: Cohort },
  parameters: MetricParameters = {},
  resamples = 0,
): Promise<Result> {
  const inputs = {
    train: real.train ?? real.holdout,
    holdout: real.holdout,
    reference: null,
    synthetic,
    label: null,
    resamples,
  };
  return Promise.resolve(metricNamed(id).compute(inputs, parameters, random('pitfall')));
}

function valueOf(result: Result): number {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

/** Stays with one feature and the given course each. */
function courses(...rows: readonly (readonly (number | null)[])[]): Cohort {
  return cohortOf(rows.map((row) => row.map((value) => [value])));
}

describe('joint.mmd', () => {
  it('does not depend on the scale of a feature, which a fixed kernel width would', async () => {
    const split = simulateSplit([40], 'mmd-scale');
    const scaled = (c: Cohort): Cohort =>
      changed(c, { values: c.values.map((v, i) => (i % 6 < 5 ? v * 1024 : v)) });
    const first = valueOf(await score('joint.mmd', split.reference, split));
    const second = valueOf(
      await score('joint.mmd', scaled(split.reference), {
        train: scaled(split.train),
        holdout: scaled(split.holdout),
      }),
    );
    expect(second).toBeCloseTo(first, 6);
  });

  it('is unbiased: about 0 for fresh patients however few, not above it as the V-statistic', async () => {
    const values: number[] = [];
    for (let k = 0; k < 60; k++) {
      const split = simulateSplit([12], `mmd-few-${k}`);
      values.push(valueOf(await score('joint.mmd', split.reference, split)));
    }
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    // The diagonal alone would add 2·(1 − mean kernel)/12, more than 0.03.
    expect(Math.abs(mean)).toBeLessThan((3 * sd) / Math.sqrt(values.length));
    expect(Math.abs(mean)).toBeLessThan(0.015);
  });

  it('of a sample against itself is below 0 rather than 0: a copy beats fresh patients', async () => {
    const { train } = simulateSplit([30], 'mmd-copy');
    expect(valueOf(await score('joint.mmd', train, { holdout: train }))).toBeLessThan(0);
  });

  it('is undefined when the median distance is 0, not a division by it', async () => {
    const constant = courses([1, 1], [1, 1], [1, 1]);
    expect(await score('joint.mmd', constant, { holdout: constant })).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('median-distance') as string,
    });
  });

  it('is undefined when all stays of a side are of one patient', async () => {
    const two = { ...courses([1, 2], [3, 4]), patients: ['a', 'a'] };
    const real = courses([1, 2], [3, 5], [2, 2]);
    expect(await score('joint.mmd', two, { holdout: real })).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('one-patient') as string,
    });
  });

  it('has a p-value with the +1, in detail only', async () => {
    const split = simulateSplit([20], 'mmd-p');
    const shifted = changed(split.reference, { values: split.reference.values.map((v) => v + 40) });
    const result = await score('joint.mmd', shifted, split, {}, 19);
    expect(result).toMatchObject({ detail: { pValue: 1 / 20, permutations: 19 } });
    expect(await score('joint.mmd', shifted, split)).toMatchObject({ detail: { pValue: null } });
  });

  it('sees a value where train is constant, and a feature that train never shows', async () => {
    const real = cohortOf([[[1, 5, null]], [[2, 5, null]], [[3, 5, null]], [[4, 5, null]]]);
    const same = valueOf(await score('joint.mmd', real, { holdout: real }));
    for (const other of [
      cohortOf([[[1, 6, null]], [[2, 6, null]], [[3, 6, null]], [[4, 6, null]]]),
      cohortOf([[[1, 5, 9]], [[2, 5, 9]], [[3, 5, 9]], [[4, 5, 9]]]),
    ])
      for (const space of ['summary', 'sequences'])
        expect(valueOf(await score('joint.mmd', other, { holdout: real }, { space }))).toBeGreaterThan(
          same + 0.1,
        );
  });

  it('spreads levels of a categorical feature, which have no order, over columns', async () => {
    const categorical = (levels: readonly number[]): Cohort => {
      const cohort = courses(...levels.map((level) => [level]));
      const schema = {
        ...cohort.schema,
        features: [{ name: 'rhythm', kind: 'categorical' as const, levels: ['a', 'b', 'c'] }],
      };
      return { ...cohort, schema };
    };
    const real = categorical([0, 1, 0, 2, 1, 2]);
    for (const space of ['summary', 'sequences']) {
      const swapped = valueOf(
        await score('joint.mmd', categorical([0, 0, 0, 0, 1, 1]), { holdout: real }, { space }),
      );
      const other = valueOf(
        await score('joint.mmd', categorical([0, 0, 0, 0, 2, 2]), { holdout: real }, { space }),
      );
      expect(swapped).toBeCloseTo(other, 9);
    }
  });

  it('refuses a space that it does not know', async () => {
    const { train } = simulateSplit([12], 'mmd-space');
    await expect(score('joint.mmd', train, { holdout: train }, { space: 'pixels' })).rejects.toThrow(
      'summary or sequences',
    );
  });
});
