import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { attackScores, type MembershipScores } from '../../../src/metrics/privacy/attacks/attack.js';
import { attacks } from '../../../src/metrics/privacy/attacks/index.js';
import { patientHalves } from '../../../src/metrics/privacy/patientHalves.js';
import { auroc, delong } from '../../../src/stats/auroc.js';
import { bestThreshold, shareAtLeast } from '../../../src/stats/bestThreshold.js';
import { kernelLogDensity } from '../../../src/stats/kernelDensity.js';
import { simulateCohort, simulateSplit } from '../simulatedCohort.js';

interface Real {
  readonly train: Cohort;
  readonly holdout: Cohort;
  readonly reference: Cohort | null;
}

async function score(
  id: string,
  synthetic: Cohort,
  real: Real,
  parameters: MetricParameters = {},
  seed: number | string = 'membership',
): Promise<Result> {
  const inputs = { ...real, synthetic, label: null, resamples: 0 };
  return metricNamed(id).compute(inputs, parameters, random(seed));
}

function valueOf(result: Result): number {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

function scoresOf(name: string, synthetic: Cohort, real: Real): MembershipScores {
  const attack = attacks.find((one) => one.name === name)!;
  const scores = attackScores(attack, { ...real, synthetic }, 5);
  if ('reason' in scores) throw new Error(scores.reason);
  return scores;
}

const AUROCS = ['distance', 'calibrated', 'monte_carlo', 'logan', 'domias'].map(
  (name) => `privacy.mia_${name}_auroc`,
);
const NEEDING_REFERENCE = attacks.filter(({ needsReference }) => needsReference).map(({ name }) => name);
const split = simulateSplit([70, 50], 'membership');

describe.each(AUROCS)('%s', (id) => {
  it('finds copies, and nothing among fresh patients', async () => {
    expect(valueOf(await score(id, split.train, split))).toBeGreaterThan(0.85);
    const fresh = await score(id, simulateCohort([70, 50], 'membership-fresh'), split);
    if (fresh.state !== 'ok') throw new Error(fresh.reason);
    expect(fresh.ciLow!).toBeLessThan(0.5);
    expect(fresh.ciHigh!).toBeGreaterThan(0.5);
  });

  it('states its threat model in the three parts of TAPAS', () => {
    const { threatModel } = metricNamed(id).descriptor;
    for (const part of ['knowledge', 'access', 'goal'] as const)
      expect(threatModel?.[part].length).toBeGreaterThan(10);
  });

  it('tells what it could have found: the power line', async () => {
    const result = await score(id, split.train, split);
    const standardError = Math.sqrt(241 / (12 * 120 * 120));
    expect(result).toMatchObject({
      detail: {
        members: 120,
        nonMembers: 120,
        nullStandardError: standardError,
        detectableAuroc: 0.5 + 2.801585 * standardError,
      },
    });
  });
});

describe('attacks with a reference', () => {
  it.each(NEEDING_REFERENCE)(
    '%s without a reference is undefined, never run on attacked patients',
    async (name) => {
      const id = `privacy.mia_${name}_auroc`;
      const without = { ...split, reference: null };
      expect(await score(id, split.train, without)).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining('no-reference') as string,
      });
      for (const metric of ['privacy.mia_tpr_at_fpr', 'privacy.mia_advantage'])
        expect(await score(metric, split.train, without, { attack: name, fpr: 0.1 })).toMatchObject({
          state: 'undefined',
          reason: expect.stringContaining('no-reference') as string,
        });
    },
  );

  it.each(NEEDING_REFERENCE)('%s: members and non-members are disjoint from the reference', async (name) => {
    const id = `privacy.mia_${name}_auroc`;
    for (const part of [split.train, split.holdout]) {
      const patients = [part.patients[3]!, ...split.reference.patients.slice(1)];
      const overlapping = { ...split, reference: { ...split.reference, patients } };
      expect(await score(id, split.train, overlapping)).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining('reference-overlap') as string,
      });
    }
  });

  it.each(['logan', 'domias'])('%s: nothing is fitted on members or non-members', (name) => {
    const others = simulateCohort([70, 50], 'membership-other-members');
    const synthetic = selectStays(split.train, [...Array(60).keys()]);
    const [first, second] = [split, { ...split, train: others }].map((real) =>
      scoresOf(name, synthetic, real),
    );
    expect([...second!.nonMembers]).toEqual([...first!.nonMembers]);
  });

  it.each(['calibrated', 'domias'])('%s: ties count ½, so that S = E says 0.5 exactly', async (name) => {
    expect(valueOf(await score(`privacy.mia_${name}_auroc`, split.reference, split))).toBe(0.5);
  });

  it('domias leaves too small a reference undefined', async () => {
    const reference = selectStays(split.reference, [...Array(19).keys()]);
    expect(await score('privacy.mia_domias_auroc', split.train, { ...split, reference })).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('small-reference') as string,
    });
  });
});

describe('density ratio', () => {
  it('has no underflow ties: far points keep different finite log densities', () => {
    const sample = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i));
    const points = Float64Array.from({ length: 20 }, (_, i) => 100 + i);
    const density = kernelLogDensity(points, sample, 1, 0.3);
    expect(Math.exp(density[0]!)).toBe(0);
    expect(Math.log(Math.exp(density[0]!) + 1e-30)).toBe(Math.log(Math.exp(density[5]!) + 1e-30));
    for (let i = 1; i < density.length; i++) {
      expect(Number.isFinite(density[i])).toBe(true);
      expect(density[i]!).toBeLessThan(density[i - 1]!);
    }
  });

  it('of two Gaussians is the log ratio of the Gaussians that the kernel widens', () => {
    const stream = random('gaussian-ratio');
    const [n, h] = [6000, 0.3];
    const draw = (mean: number): Float64Array =>
      Float64Array.from({ length: 2 * n }, () => mean + stream.normal());
    const [s, e] = [draw(0), draw(1)];
    const points = Float64Array.from({ length: 60 }, () => 0.5 + 0.8 * stream.normal());
    const found = kernelLogDensity(points, s, 2, h).map((p, i) => p - kernelLogDensity(points, e, 2, h)[i]!);
    found.forEach((ratio, i) => {
      const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
      const truth = ((x - 1) ** 2 + (y - 1) ** 2 - x * x - y * y) / (2 * (1 + h * h));
      expect(Math.abs(ratio - truth)).toBeLessThan(0.35);
    });
    const errors = found.map((ratio, i) => {
      const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
      return ratio - ((x - 1) ** 2 + (y - 1) ** 2 - x * x - y * y) / (2 * (1 + h * h));
    });
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(0.03);
  });
});

describe('one scale and one unit', () => {
  it('no attack scales members and non-members apart: swapping both groups mirrors the AUROC', () => {
    // Range of train sets the scale of distances; a train set and a holdout with the same ranges must mirror exactly.
    const both = {
      ...split,
      holdout: selectStays(split.train, [...Array(split.train.size).keys()].reverse()),
    };
    for (const name of ['distance', 'monte-carlo']) {
      const scores = scoresOf(name, split.reference, both);
      expect([...scores.members].sort()).toEqual([...scores.nonMembers].sort());
      expect(auroc(scores.members, scores.nonMembers)).toBe(0.5);
    }
  });

  it('four identical stays of a patient are one patient to the interval', () => {
    const stream = random('clusters');
    const draw = (n: number, mean: number): number[] =>
      Array.from({ length: n }, () => mean + stream.normal());
    const [members, others] = [draw(30, 0.4), draw(40, 0)];
    const fourfold = (values: readonly number[]): number[] => values.flatMap((v) => [v, v, v, v]);
    const owners = (values: readonly number[]): string[] => fourfold([...values.keys()]).map(String);
    const once = delong(members, others);
    const apart = delong(fourfold(members), fourfold(others));
    const together = delong(fourfold(members), fourfold(others), {
      positives: owners(members),
      negatives: owners(others),
    });
    expect(together.standardError).toBeCloseTo(once.standardError, 12);
    expect(apart.standardError).toBeLessThan(0.6 * once.standardError);
  });
});

describe('thresholds', () => {
  it('advantage is unbiased: maximised and measured on the same scores it is above 0 without a leak', async () => {
    const [unbiased, biased]: [number[], number[]] = [[], []];
    for (let k = 0; k < 25; k++) {
      const fresh = simulateSplit([60], `advantage-${k}`);
      const result = await score('privacy.mia_advantage', fresh.reference, fresh, { attack: 'distance' }, k);
      if (result.state !== 'ok') throw new Error(result.reason);
      unbiased.push(result.value);
      biased.push(Number(result.detail?.['maximumOnSameScores']));
    }
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean(unbiased))).toBeLessThan(0.05);
    expect(mean(biased)).toBeGreaterThan(0.08);
    expect(Math.min(...biased)).toBeGreaterThan(0);
  });

  it('advantage of a copy is 1', async () => {
    const result = await score('privacy.mia_advantage', split.train, split, { attack: 'distance' });
    expect(valueOf(result)).toBeGreaterThan(0.95);
  });

  it('the best threshold is the one that trying all of them finds', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const gain = (threshold: number): number =>
          shareAtLeast(positives, threshold) - shareAtLeast(negatives, threshold);
        const best = Math.max(0, ...[...positives, ...negatives].map(gain));
        expect(gain(bestThreshold(positives, negatives))).toBeCloseTo(best, 12);
      }),
    );
  });

  it('halves hold whole patients and do not depend on the order of rows', () => {
    const patients = ['c', 'a', 'b', 'a', 'd', 'c'];
    const halves = patientHalves(patients, random('halves'));
    expect(halves[1]).toBe(halves[3]);
    expect(halves[0]).toBe(halves[5]);
    const reversed = patientHalves([...patients].reverse(), random('halves'));
    expect([...reversed].reverse()).toEqual([...halves]);
    expect([halves[0]!, halves[1]!, halves[2]!, halves[4]!].reduce((a, b) => a + b, 0)).toBe(2);
  });

  it('one in a thousand needs a thousand non-members; the reason tells the rate at the next coarser one', async () => {
    const result = await score('privacy.mia_tpr_at_fpr', split.train, split, {
      attack: 'distance',
      fpr: 0.001,
    });
    expect(result).toMatchObject({
      state: 'undefined',
      reason: expect.stringMatching(
        /resolve a false-positive rate of 0\.00833, .* true-positive rate is/u,
      ) as string,
    });
  });

  it('an unknown attack is an input error that names the known ones', async () => {
    await expect(score('privacy.mia_tpr_at_fpr', split.train, split, { attack: 'gan' })).rejects.toThrow(
      'distance or calibrated or monte-carlo or logan or domias',
    );
  });
});

describe('attacks with a reference do not depend on the order of patients', () => {
  it.each(['privacy.mia_calibrated_auroc', 'privacy.mia_domias_auroc'])('%s', async (id) => {
    const mixed = (cohort: Cohort, role: string): Cohort =>
      selectStays(cohort, random('order', role).permutation(cohort.size));
    const synthetic = selectStays(split.train, [...Array(80).keys()]);
    const first = valueOf(await score(id, synthetic, split));
    const second = await score(id, mixed(synthetic, 's'), {
      train: mixed(split.train, 'r'),
      holdout: mixed(split.holdout, 'h'),
      reference: mixed(split.reference, 'e'),
    });
    expect(valueOf(second)).toBeCloseTo(first, 9);
  });
});
