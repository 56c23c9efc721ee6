import { describe, expect, it } from 'vitest';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import {
  discriminate,
  groupedFolds,
  joinedByPatient,
} from '../../../src/metrics/joint/discriminatorAuroc.js';
import { delong } from '../../../src/stats/auroc.js';
import { patientAuroc } from '../../../src/stats/clusteredAuroc.js';
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

/** Stays of one step and two features at the given places. */
function places(...points: readonly (readonly [number, number])[]): Cohort {
  return cohortOf(points.map((point) => [point]));
}

describe('precision, recall, density and coverage', () => {
  const NAMES = ['joint.precision', 'joint.recall', 'joint.density', 'joint.coverage'];

  it('leave a stay out of its own ball: the radius is that of the k-th other stay', async () => {
    // On a line at 0…5 the ball around 0 reaches to 5 with itself left out, to 4 with itself counted.
    const real = places(...[0, 1, 2, 3, 4, 5].map((x): [number, number] => [x, 0]));
    const far = places(...[5, 5, 5, 5, 5, 5].map((x): [number, number] => [x, 0]));
    // Every ball holds 5: those around 0 and 5 reach 5, those in the middle reach 4, 3, 3, 4.
    expect(valueOf(await score('joint.density', far, { holdout: real }))).toBeCloseTo(6 / 5, 12);
  });

  it('are undefined with at most k stays', async () => {
    const five = places([0, 0], [1, 0], [2, 0], [3, 0], [4, 0]);
    for (const id of NAMES)
      expect(await score(id, five, { holdout: five })).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining('few-stays') as string,
      });
  });

  it('see which set is which: a collapsed generator is precise and does not cover', async () => {
    const { train } = simulateSplit([60], 'collapsed');
    const one = selectStays(train, new Array<number>(60).fill(7));
    const collapsed = changed(one, {});
    const of = async (id: string, s: Cohort, r: Cohort): Promise<number> =>
      valueOf(await score(id, s, { train, holdout: r }));
    expect(await of('joint.precision', collapsed, train)).toBe(1);
    expect(await of('joint.recall', collapsed, train)).toBeLessThan(0.05);
    expect(await of('joint.coverage', collapsed, train)).toBeLessThan(0.3);
    expect(await of('joint.precision', train, collapsed)).toBeLessThan(0.05);
    expect(await of('joint.recall', train, collapsed)).toBe(1);
  });

  it('see equal numbers of stays on both sides', () => {
    for (const id of NAMES) expect(metricNamed(id).sampling).toBe('equal');
  });

  it('give a copy 1, duplicated stays included', async () => {
    // Seven times the same stay: its ball has radius 0, and the copy lies in it.
    const real = places([1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [2, 5], [3, 4]);
    for (const id of NAMES.filter((name) => name !== 'joint.density'))
      expect(valueOf(await score(id, real, { holdout: real }))).toBe(1);
  });

  it('have intervals as wide as the spread over fresh samples, which balls taken as given do not', async () => {
    const found = new Map<string, { values: number[]; widths: number[] }>();
    for (let k = 0; k < 30; k++) {
      const split = simulateSplit([60], `prdc-width-${k}`);
      const shifted = changed(split.reference, {
        values: split.reference.values.map((v, i) => (i % 6 < 5 ? v + 8 : v)),
      });
      for (const id of NAMES) {
        const result = await score(id, shifted, split, {}, 1);
        if (result.state !== 'ok') throw new Error(result.state);
        const entry = found.get(id) ?? { values: [], widths: [] };
        entry.values.push(result.value);
        entry.widths.push((result.ciHigh! - result.ciLow!) / (2 * 1.96));
        found.set(id, entry);
      }
    }
    for (const [id, { values, widths }] of found) {
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
      const width = widths.reduce((sum, v) => sum + v, 0) / widths.length;
      expect(width / sd, id).toBeGreaterThan(0.75);
      expect(width / sd, id).toBeLessThan(2);
    }
  });
});

describe('joint.authenticity', () => {
  it('reads the radius of the nearest real stay, not of the real stay in the synthetic stay’s row', async () => {
    // Range 100. r0 = 0 and r1 = 1 are 1 apart, r2 = 100 is 99 from r1.
    const real = places([0, 0], [1, 0], [100, 0]);
    // All near r2, 10 away: within its radius of 99, beyond the radii of r0 and r1, whose row numbers s0 and s1 share.
    const synthetic = places([90, 0], [90, 0], [90, 0]);
    expect(valueOf(await score('joint.authenticity', synthetic, { holdout: real }))).toBe(0);
    // Near r0, 2 away: beyond its radius.
    const authentic = places([-2, 0], [-2, 0], [-2, 0]);
    expect(valueOf(await score('joint.authenticity', authentic, { holdout: real }))).toBe(1);
  });

  it('does not need as many synthetic as real stays', async () => {
    const split = simulateSplit([30], 'authenticity-sizes');
    const fewer = selectStays(split.reference, [...Array(20).keys()]);
    expect((await score('joint.authenticity', fewer, split)).state).toBe('ok');
  });

  it('is 0 for a copy, also of stays that come twice', async () => {
    const real = places([0, 0], [0, 0], [1, 1], [5, 2]);
    expect(valueOf(await score('joint.authenticity', changed(real, {}), { holdout: real }))).toBe(0);
  });

  it('compares with train unless told otherwise', async () => {
    const split = simulateSplit([30], 'authenticity-train');
    expect(valueOf(await score('joint.authenticity', changed(split.train, {}), split))).toBe(0);
    expect(
      valueOf(await score('joint.authenticity', split.train, split, { against: 'holdout' })),
    ).toBeGreaterThan(0.1);
  });
});

describe('joint.alpha_precision and joint.beta_recall', () => {
  it('name their variant in every row and in their definition', () => {
    for (const id of ['joint.alpha_precision', 'joint.beta_recall']) {
      const { descriptor } = metricNamed(id);
      for (const parameters of Object.values(descriptor.variants).flat())
        expect(parameters).toMatchObject({ embedding: 'naive' });
      expect(descriptor.definition).toContain('OneClass embedding of the paper, which is not implemented');
    }
  });

  it('refuse the embedding that is not implemented', async () => {
    const { train } = simulateSplit([12], 'one-class');
    for (const id of ['joint.alpha_precision', 'joint.beta_recall'])
      await expect(score(id, train, { holdout: train }, { embedding: 'one-class' })).rejects.toThrow('naive');
  });

  it('do not need as many synthetic as real stays', async () => {
    const split = simulateSplit([30], 'supports-sizes');
    const fewer = selectStays(split.reference, [...Array(20).keys()]);
    for (const id of ['joint.alpha_precision', 'joint.beta_recall'])
      expect((await score(id, fewer, split)).state).toBe('ok');
  });

  it('are 1 for a copy against what it copies', async () => {
    const { train } = simulateSplit([40], 'supports-copy');
    for (const id of ['joint.alpha_precision', 'joint.beta_recall'])
      expect(valueOf(await score(id, changed(train, {}), { holdout: train }))).toBeGreaterThan(0.97);
  });
});

describe('joint metrics', () => {
  const IDS = [
    'joint.mmd',
    'joint.precision',
    'joint.recall',
    'joint.density',
    'joint.coverage',
    'joint.authenticity',
    'joint.alpha_precision',
    'joint.beta_recall',
  ];

  it.each(IDS)('%s depends on the order of neither patients nor features', async (id) => {
    const split = simulateSplit([40], 'joint-order');
    const shuffled = (c: Cohort, role: string): Cohort =>
      selectStays(c, random('order', role).permutation(c.size));
    const order = [5, 2, 0, 4, 1, 3];
    const reordered = (c: Cohort): Cohort => {
      const source = (cell: number): number => cell - (cell % 6) + order[cell % 6]!;
      return {
        ...c,
        schema: { ...c.schema, features: order.map((f) => c.schema.features[f]!) },
        values: c.values.map((_, cell) => c.values[source(cell)]!),
        observed: c.observed.map((_, cell) => c.observed[source(cell)]!),
      };
    };
    const value = async (change: (c: Cohort, role: string) => Cohort): Promise<number> =>
      valueOf(
        await score(id, change(split.reference, 's'), {
          train: change(split.train, 'r'),
          holdout: change(split.holdout, 'h'),
        }),
      );
    const first = await value((c) => c);
    expect(await value(shuffled)).toBeCloseTo(first, 9);
    expect(await value(reordered)).toBeCloseTo(first, 9);
  });
});

describe('joint.discriminator_auroc and its legacy columns', () => {
  it('keep all stays of a patient in one fold, through shared records as well', () => {
    const keys = joinedByPatient(['a', 'b', 'c', 'b', 'd'], ['p', 'p', 'q', 'q', 'r']);
    // Rows 0 and 1 share a patient, 1 and 3 a record, 2 and 3 a patient.
    expect(new Set(keys.slice(0, 4)).size).toBe(1);
    expect(keys[4]).toBe('d');
    const outcome = Uint8Array.from({ length: 60 }, (_, i) => (i < 30 ? 1 : 0));
    const patients = Array.from({ length: 60 }, (_, i) => `p${i % 30 < 15 ? Math.floor(i / 3) : i}`);
    const rows = Array.from({ length: 60 }, (_, i) => String(i));
    const folds = groupedFolds(joinedByPatient(rows, patients), outcome, 5, random('folds'));
    patients.forEach((patient, i) => expect(folds[i]).toBe(folds[patients.indexOf(patient)]));
  });

  it('do not score well because a patient’s other stay was in the training folds', async () => {
    // One law; every real patient has four stays, nearly equal.
    const repeated = (name: string): Cohort => {
      const { train } = simulateSplit([30], name);
      const four = selectStays(
        train,
        Array.from({ length: 120 }, (_, i) => Math.floor(i / 4)),
      );
      const stream = random('repeated', name);
      return { ...four, values: four.values.map((v, i) => (i % 6 < 5 ? v + 0.01 * stream.normal() : v)) };
    };
    const result = await score('joint.discriminator_auroc', repeated('stays-s'), {
      holdout: repeated('stays-h'),
    });
    expect(Math.abs(valueOf(result) - 0.5)).toBeLessThan(0.25);
  });

  it('have DeLong’s interval with one stay a patient, a wider one for stays that come four times', async () => {
    const split = simulateSplit([40], 'clustered');
    const once = await score('joint.discriminator_auroc', split.reference, split);
    if (once.state !== 'ok') throw new Error(once.reason);
    const scores = discriminate(split.reference, split.holdout, random('pitfall'));
    if (!(scores instanceof Float64Array)) throw new Error(scores.reason);
    const [low, high] = [once.ciLow!, once.ciHigh!];
    const expected = delong(scores.subarray(0, 40), scores.subarray(40));
    expect([once.value, low, high]).toEqual([expected.value, expected.low, expected.high]);
    // The same out-of-fold scores four times over tell no more than once: the interval must not shrink.
    const four = Array.from({ length: 4 }, () => [...scores]).flat();
    const outcome = Uint8Array.from(four, (_, row) => (row % 80 < 40 ? 1 : 0));
    const clustered = patientAuroc(
      [Float64Array.from(four)],
      outcome,
      four.map((_, row) => `p${row % 80}`),
    );
    expect(clustered.value).toBeCloseTo(once.value, 12);
    expect(clustered.standardError).toBeCloseTo(expected.standardError, 2);
    const repeat = (cohort: Cohort): Cohort =>
      selectStays(
        cohort,
        Array.from({ length: 160 }, (_, i) => i % 40),
      );
    const [synthetic, holdout] = [repeat(split.reference), repeat(split.holdout)];
    const result = await score('joint.discriminator_auroc', synthetic, { holdout });
    const own = discriminate(synthetic, holdout, random('pitfall'));
    if (result.state !== 'ok' || !(own instanceof Float64Array)) throw new Error('no value');
    const asIfSingle = delong(own.subarray(0, 160), own.subarray(160));
    expect(result.value).toBeCloseTo(asIfSingle.value, 12);
    expect(result.ciHigh! - result.ciLow!).toBeGreaterThan(1.3 * (asIfSingle.high - asIfSingle.low));
  });

  it('tell the spread over deals of the folds with seeds, whose mean is the value', async () => {
    const split = simulateSplit([40], 'fold-seeds');
    const id = 'joint.discriminator_auroc';
    const result = await score(id, split.reference, split, { seeds: 3 });
    if (result.state !== 'ok') throw new Error(result.reason);
    const stream = random('pitfall');
    const bySeed = [0, 1, 2].map(() => {
      const scores = discriminate(split.reference, split.holdout, stream);
      if (!(scores instanceof Float64Array)) throw new Error(scores.reason);
      return delong(scores.subarray(0, 40), scores.subarray(40)).value;
    });
    const mean = bySeed.reduce((sum, value) => sum + value, 0) / 3;
    expect(result.value).toBeCloseTo(mean, 12);
    const sd = Math.sqrt(bySeed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    expect(sd).toBeGreaterThan(0);
    expect(result.detail).toEqual({ seedSd: expect.closeTo(sd, 12) as number });
    expect(await score(id, split.reference, split)).not.toHaveProperty('detail.seedSd');
    expect(metricNamed(id).descriptor.variants.full).toContainEqual({ against: 'holdout', seeds: 5 });
  });

  it('are |accuracy − ½| and the accuracy of the same classifier, in preset paper only', async () => {
    const split = simulateSplit([60], 'legacy');
    const shifted = changed(split.reference, { values: split.reference.values.map((v) => v + 12) });
    const id = 'joint.discriminative_score';
    const accuracy = valueOf(await score(id, shifted, split, { measure: 'accuracy' }));
    expect(accuracy).toBeGreaterThan(0.7);
    expect(valueOf(await score(id, shifted, split, { measure: 'distance' }))).toBeCloseTo(accuracy - 0.5, 12);
    expect(Object.keys(metricNamed(id).descriptor.variants)).toEqual(['paper']);
  });
});
