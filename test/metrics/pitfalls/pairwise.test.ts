import { describe, expect, it } from 'vitest';
import type { Cohort, Variable } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { correlationBin } from '../../../src/metrics/pairwise/correlationAgreement.js';
import { mixedCohort } from '../mixedCohort.js';
import { cohortOf, simulateSplit } from '../simulatedCohort.js';
import { detailOf, halfWidthOf, scoreOf, valueOf } from '../scoring.js';

const few = { minJoint: 10 };
const number = (name: string): Variable => ({ name, kind: 'continuous' });
const category = (name: string, count = 3): Variable => ({
  name,
  kind: 'categorical',
  levels: Array.from({ length: count }, (_, l) => `l${l}`),
});

/** `count` stays of one step each. */
function steps(
  features: readonly Variable[],
  count: number,
  row: (i: number) => readonly (number | null)[],
): Cohort {
  return mixedCohort({ steps: 1, features }, { rows: Array.from({ length: count }, (_, i) => [row(i)]) });
}

describe('pairwise fidelity', () => {
  it('pairs without an association dilute the mean; strong pairs are scored apart', async () => {
    const features = ['x', 'y', 'a', 'b', 'c', 'd'].map(number);
    const stream = random('noise-pairs');
    const noise = (): number[] => Array.from({ length: 4 }, () => stream.normal());
    const real = steps(features, 400, () => {
      const x = stream.normal();
      return [x, x + 0.3 * stream.normal(), ...noise()];
    });
    const broken = steps(features, 400, () => [stream.normal(), stream.normal(), ...noise()]);
    const all = await scoreOf('pairwise.association_gap', broken, real, few);
    const strong = await scoreOf('pairwise.association_gap', broken, real, { ...few, above: 0.3 });
    expect(valueOf(all)).toBeLessThan(0.2);
    expect(valueOf(strong)).toBeGreaterThan(0.8);
    expect([detailOf(all, 'compared'), detailOf(strong, 'compared')]).toEqual([15, 1]);
    expect(await scoreOf('pairwise.association_gap', real, broken, { ...few, above: 0.3 })).toMatchObject({
      state: 'undefined',
    });
  });

  it('constants neither raise nor become NaN or 0: their pairs are left out and named', async () => {
    const features = [number('x'), number('y'), category('c'), category('d')];
    const stream = random('constants');
    const free = (): number[] => [stream.normal(), stream.normal(), stream.integer(3), stream.integer(3)];
    const real = steps(features, 60, free);
    const constant = steps(features, 60, () => {
      const [, y, , d] = free();
      return [36.6, y!, 1, d!];
    });
    const found = await scoreOf('pairwise.association_gap', constant, real, few, { resamples: 10 });
    expect(found.state).toBe('ok');
    expect(detailOf(found, 'undefinedInReal')).toBe(0);
    expect(detailOf(found, 'undefinedPairsInSynthetic')).toEqual([
      ['x', 'y'],
      ['c', 'x'],
      ['c', 'y'],
      ['d', 'x'],
      ['c', 'd'],
      ['d', 'c'],
    ]);
    expect(detailOf(found, 'compared')).toBe(1);
    const only = steps([number('x'), category('c')], 60, (i) => [36.6, i % 3]);
    expect(await scoreOf('pairwise.association_gap', only, only, few)).toMatchObject({ state: 'undefined' });
  });

  it('pairs with too few joint observations are left out and named', async () => {
    const features = [number('x'), number('y'), category('c')];
    const cohort = steps(features, 60, (i) => [i % 7, (i * 5) % 11, i < 9 ? i % 3 : null]);
    const found = await scoreOf('pairwise.association_gap', cohort, cohort, few);
    expect(detailOf(found, 'undefinedPairsInReal')).toEqual([
      ['c', 'x'],
      ['c', 'y'],
    ]);
  });

  it('nothing is subsampled: values do not depend on the seed', async () => {
    const { train, holdout } = simulateSplit([60], 'no-subsample');
    for (const id of [
      'pairwise.association_gap',
      'pairwise.correlation_agreement',
      'pairwise.cooccurrence_r2',
    ]) {
      const found = await Promise.all(
        [1, 2].map((seed) => scoreOf(id, train, holdout, few, { seed, resamples: 20 })),
      );
      expect(found[0]!.state, id).toBe(found[1]!.state);
      if (found[0]!.state === 'ok') expect(valueOf(found[0]!), id).toBe(valueOf(found[1]!));
    }
  });

  it('the gap is a mean over pairs: it does not grow with their number as a Frobenius norm does', async () => {
    const made = (copies: number, sign: number): Cohort =>
      cohortOf(
        Array.from({ length: 60 }, (_, i) => [
          Array.from({ length: copies }, () => i % 7).flatMap((v) => [v, sign * v]),
        ]),
      );
    // One pair of opposite sign among one; nine of fifteen pairs change their sign among three twins.
    expect(valueOf(await scoreOf('pairwise.association_gap', made(1, 1), made(1, -1), few))).toBeCloseTo(
      2,
      9,
    );
    expect(valueOf(await scoreOf('pairwise.association_gap', made(3, 1), made(3, -1), few))).toBeCloseTo(
      (2 * 9) / 15,
      9,
    );
  });

  it('59 columns take seconds, not minutes', { timeout: 60_000 }, async () => {
    const features = Array.from({ length: 59 }, (_, f) => (f < 40 ? number(`n${f}`) : category(`c${f}`)));
    const stream = random('wide');
    const made = (): Cohort =>
      steps(features, 300, () =>
        features.map(({ kind }) => (kind === 'continuous' ? stream.normal() : stream.integer(3))),
      );
    const used = process.cpuUsage();
    const found = await scoreOf('pairwise.association_gap', made(), made(), {}, { resamples: 20 });
    const { user, system } = process.cpuUsage(used);
    expect(detailOf(found, 'pairs')).toBe((40 * 39) / 2 + 19 * 40 + 19 * 18);
    expect((user + system) / 1e6).toBeLessThan(20);
  });

  it('the diagonal is left out', async () => {
    const real = steps([category('c'), category('d')], 60, (i) => [i % 3, i % 3]);
    const independent = steps([category('c'), category('d')], 60, (i) => [i % 3, Math.floor(i / 3) % 2]);
    expect(valueOf(await scoreOf('pairwise.association_gap', independent, real, few))).toBeCloseTo(1, 12);
  });

  it('Theil’s U keeps both directions', async () => {
    const features = [category('fine', 4), category('coarse', 2)];
    // The fine level tells the coarse one; the coarse one tells half of the fine one.
    const nested = steps(features, 80, (i) => [i % 4, Math.floor((i % 4) / 2)]);
    const independent = steps(features, 80, (i) => [i % 4, Math.floor(i / 4) % 2]);
    const found = await scoreOf('pairwise.association_gap', independent, nested, few);
    expect(detailOf(found, 'pairs')).toBe(2);
    expect(valueOf(found)).toBeCloseTo((0.5 + 1) / 2, 12);
  });

  it('without categorical features the default is the correlation gap', async () => {
    const { train, holdout } = simulateSplit([80], 'same-gap');
    const [mixed, plain] = await Promise.all(
      ['pairwise.association_gap', 'pairwise.correlation_gap'].map((id) =>
        scoreOf(id, train, holdout, few, { resamples: 30 }),
      ),
    );
    expect(valueOf(mixed!)).toBeCloseTo(valueOf(plain!), 12);
    expect(halfWidthOf(mixed!)).toBeCloseTo(halfWidthOf(plain!), 12);
  });

  it('seven bins: one around 0, ends belonging to the weaker one', () => {
    for (const cut of [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5])
      for (const rounding of [-1e-15, 1e-15])
        expect(correlationBin(cut + rounding)).toBe(correlationBin(cut));
    expect([-1, -0.5, -0.3, -0.1, 0, 0.1, 0.3, 0.5, 1].map((r) => correlationBin(r) + 0)).toEqual([
      -3, -2, -1, 0, 0, 0, 1, 2, 3,
    ]);
  });

  it('co-occurrence is within a step, and a bias costs although Pearson² stays 1', async () => {
    const features = ['a', 'b', 'c'].map((name): Variable => ({ name, kind: 'binary' }));
    const apart = mixedCohort(
      { steps: 2, features },
      {
        rows: [
          [
            [1, 0, 0],
            [0, 1, 0],
          ],
          [
            [0, 1, 0],
            [0, 0, 1],
          ],
        ],
      },
    );
    expect(await scoreOf('pairwise.cooccurrence_r2', apart, apart)).toMatchObject({ state: 'undefined' });
    const pairs = (ab: number, ac: number, bc: number): Cohort =>
      steps(features, 100, (i) => {
        if (i < ab) return [1, 1, 0];
        if (i < ab + ac) return [1, 0, 1];
        return i < ab + ac + bc ? [0, 1, 1] : [0, 0, 0];
      });
    const found = await scoreOf('pairwise.cooccurrence_r2', pairs(20, 25, 35), pairs(10, 15, 25));
    expect(detailOf(found, 'squaredPearson')).toBeCloseTo(1, 12);
    const mean = 0.5 / 3;
    const total = [0.1, 0.15, 0.25].reduce((sum, p) => sum + (p - mean) ** 2, 0);
    expect(valueOf(found)).toBeCloseTo(1 - 0.03 / total, 12);
  });

  it('one feature has no pair', async () => {
    const one = steps([number('x')], 60, (i) => [i % 7]);
    for (const id of [
      'pairwise.association_gap',
      'pairwise.correlation_agreement',
      'pairwise.cooccurrence_r2',
    ])
      expect(await scoreOf(id, one, one, few), id).toMatchObject({ state: 'undefined' });
  });

  it('intervals of Spearman’s gap, with ranks kept, are as wide as the spread over fresh samples', async () => {
    const stream = random('spearman-width');
    const sample = (weight: number): Cohort =>
      steps([number('x'), number('y')], 120, () => {
        const x = stream.normal();
        return [x, Math.exp(weight * x + stream.normal())];
      });
    const found = [];
    for (let k = 0; k < 80; k++)
      found.push(
        await scoreOf(
          'pairwise.association_gap',
          sample(0.3),
          sample(1.5),
          { numeric: 'spearman' },
          { resamples: 60 },
        ),
      );
    const gaps = found.map(valueOf);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const sd = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1));
    const width = found.map(halfWidthOf).reduce((sum, half) => sum + half, 0) / found.length / 1.96;
    expect(width / sd).toBeGreaterThan(0.75);
    expect(width / sd).toBeLessThan(1.35);
  });
});
