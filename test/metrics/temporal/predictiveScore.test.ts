import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { carriedCourses } from '../../../src/metrics/temporal/carriedCourses.js';
import { cohortOf } from '../simulatedCohort.js';

function score(
  synthetic: Cohort,
  real: { readonly train: Cohort; readonly holdout: Cohort },
  parameters: MetricParameters = {},
): Promise<Result> {
  const inputs = { ...real, synthetic, reference: null, label: null, resamples: 0 };
  return Promise.resolve(
    metricNamed('temporal.predictive_score').compute(inputs, parameters, random('predictive')),
  );
}

function ok(result: Result): Extract<Result, { state: 'ok' }> {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result;
}

/** Stays of three uniform features; the last one repeats what the first one was a step ago, or nothing. */
function linked(stays: number, isLinked: boolean, name: string): Cohort {
  const stream = random('linked', name);
  return cohortOf(
    Array.from({ length: stays }, () => {
      const first = Array.from({ length: 8 }, () => stream.uniform());
      return first.map((value, t) => [
        value,
        stream.uniform(),
        isLinked && t > 0 ? first[t - 1]! : stream.uniform(),
      ]);
    }),
  );
}

describe('temporal.predictive_score', () => {
  const real = { train: linked(60, true, 'train'), holdout: linked(60, true, 'holdout') };

  it('is small where the last feature follows from the others, and that of a constant where nothing is learned', async () => {
    const right = ok(await score(linked(60, true, 'right'), real, { iterations: 1000 }));
    const wrong = ok(await score(linked(60, false, 'wrong'), real, { iterations: 1000 }));
    // The mean distance of uniform numbers from their median is ¼.
    expect(wrong.value).toBeGreaterThan(0.22);
    expect(wrong.value).toBeLessThan(0.29);
    expect(wrong.detail?.['medianMae']).toBeCloseTo(0.25, 1);
    expect(right.value).toBeLessThan(0.12);
    expect(right.ciLow).toBeGreaterThan(0);
    expect(right.ciHigh! - right.ciLow!).toBeLessThan(0.05);
  }, 120_000);

  it('is the same for the same seed, and tests on the side that it is told', async () => {
    const synthetic = linked(20, true, 'seeded');
    const first = ok(await score(synthetic, real, { iterations: 20 }));
    const second = ok(await score({ ...synthetic }, real, { iterations: 20 }));
    expect(second).toEqual(first);
    const onTrain = ok(await score(synthetic, real, { iterations: 20, against: 'train' }));
    expect(onTrain.value).not.toBe(first.value);
  });

  it('does not read the step that it foretells, nor anything after it', async () => {
    // Only the last step differs, and of it only what the forecast may not read: the other features.
    const changedLast: Cohort = {
      ...real.holdout,
      values: real.holdout.values.map((value, cell) => (cell % 24 >= 21 && cell % 3 < 2 ? 9 : value)),
    };
    const synthetic = linked(20, true, 'blind');
    const of = async (holdout: Cohort): Promise<number> =>
      ok(await score(synthetic, { ...real, holdout }, { iterations: 20 })).value;
    expect(await of(changedLast)).toBe(await of(real.holdout));
  });

  it('fills missing cells with the last value, the mean of train before the first, and scales by train', () => {
    const train = cohortOf([
      [
        [2, 0],
        [4, 1],
      ],
      [
        [6, null],
        [null, 1],
      ],
    ]);
    const courses = carriedCourses(train);
    expect(courses.names).toEqual(['f0', 'f1']);
    expect([...courses.spread]).toEqual([4, 1]);
    const gaps = cohortOf([
      [
        [null, 1],
        [8, null],
      ],
    ]);
    expect([...courses.course(gaps, 0)]).toEqual([0.5, 1, 1.5, 1]);
  });

  it('has no value without another feature, a target that varies, or stays of two steps', async () => {
    const code = (text: string): object => ({
      state: 'undefined',
      reason: expect.stringContaining(text) as string,
    });
    const alone = cohortOf([
      [[1], [2]],
      [[3], [4]],
    ]);
    expect(await score(alone, { train: alone, holdout: alone })).toMatchObject(code('no-input'));
    const flat = cohortOf([
      [
        [1, 5],
        [2, 5],
      ],
      [
        [3, 5],
        [4, 5],
      ],
    ]);
    expect(await score(flat, { train: flat, holdout: flat })).toMatchObject(code('no-target'));
    const short: Cohort = { ...real.train, length: real.train.length.map(() => 1) };
    expect(await score(short, real)).toMatchObject(code('too-few-stays'));
    expect(await score(real.train, { ...real, holdout: short })).toMatchObject(code('too-few-stays'));
  });

  it('is a labelled legacy column of preset paper', () => {
    const { variants, definition } = metricNamed('temporal.predictive_score').descriptor;
    expect(Object.keys(variants)).toEqual(['paper']);
    expect(definition).toContain('Flaws:');
  });
});
