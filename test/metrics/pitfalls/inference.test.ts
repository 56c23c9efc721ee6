import { describe, expect, it } from 'vitest';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { attackRisk } from '../../../src/metrics/privacy/attackRisk.js';
import { sensitiveAttributes } from '../../../src/metrics/privacy/sensitiveAttributes.js';
import { shadowAttack, type ShadowGame } from '../../../src/metrics/privacy/shadowAttack.js';
import { changed, cohortOf, simulateCohort, simulateSplit } from '../simulatedCohort.js';

async function score(
  id: string,
  synthetic: Cohort,
  real: { readonly train: Cohort; readonly holdout: Cohort },
  parameters: MetricParameters = {},
): Promise<Result> {
  const inputs = { ...real, reference: null, synthetic, label: null, resamples: 0 };
  return metricNamed(id).compute(inputs, parameters, random('inference'));
}

function levels(role: string, ...values: readonly number[]): Cohort {
  const cohort = cohortOf(values.map((value) => [[value], [value]]));
  return { ...cohort, patients: values.map((_, i) => `${role}-${i}`) };
}

const split = simulateSplit([90, 60], 'inference');

describe('privacy.attribute_inference', () => {
  it('the control is the same attack on the holdout: what can be guessed about anybody is no risk', async () => {
    const fresh = await score('privacy.attribute_inference', split.reference, split);
    if (fresh.state !== 'ok') throw new Error(fresh.reason);
    expect(fresh.ciLow).toBe(0);
    expect(fresh.detail).toMatchObject({ sensitive: ['sex', 'ventilated'] });
    const copied = await score('privacy.attribute_inference', changed(split.train, {}), split);
    expect(copied).toMatchObject({
      value: 1,
      detail: { attack: 1, attackNoBetterThanNaive: false, attackF1: 1 },
    });
  });

  it('warns when the attack is no better than always guessing the majority', async () => {
    const noise = await score('privacy.attribute_inference', simulateCohort([20], 'few'), split);
    if (noise.state !== 'ok') throw new Error(noise.reason);
    const { attack, naive, attackNoBetterThanNaive } = noise.detail ?? {};
    expect(attackNoBetterThanNaive).toBe(Number(attack) <= Number(naive));
  });

  it('is (attack − control)/(1 − control), clipped, its interval shown', () => {
    const risk = attackRisk({ share: 0.8, trials: 100 }, { share: 0.6, trials: 100 })!;
    expect(risk.value).toBeCloseTo(0.5, 12);
    expect(risk.interval.low).toBeGreaterThan(0.2);
    expect(risk.interval.high).toBeLessThan(0.75);
    const none = attackRisk({ share: 0.5, trials: 100 }, { share: 0.6, trials: 100 })!;
    expect(none).toMatchObject({ value: 0, interval: { low: 0 } });
    expect(none.unclipped).toBeCloseTo(-0.25, 12);
    expect(attackRisk({ share: 1, trials: 9 }, { share: 1, trials: 9 })).toBeNull();
  });

  it('never knows a column of a sensitive variable', async () => {
    // The one feature is sensitive: without its own columns the attacker knows the length only, which is the same everywhere.
    const train = levels('r', 0, 0, 0, 9, 9, 9);
    const result = await score('privacy.attribute_inference', levels('s', 0, 0, 0, 9, 9, 9, 9), {
      train,
      holdout: levels('h', 0, 0, 0, 9, 9, 9),
    });
    expect(result).toMatchObject({ value: 0, detail: { attack: 0.5, control: 0.5, naive: 0.5 } });
  });

  it('without a binary attribute takes continuous features above the median of train, named', () => {
    const names = (cohort: Cohort): string[] => sensitiveAttributes(cohort).map(({ name }) => name);
    expect(names(cohortOf([[[1, 5]], [[2, 6]], [[3, 7]], [[4, 8]]]))).toEqual(['f0']);
    const attribute = sensitiveAttributes(cohortOf([[[1, 5]], [[2, 6]], [[3, 7]], [[4, 8]]]))[0]!;
    expect([...attribute.valuesIn(cohortOf([[[3, 0]], [[2.75, 0]], [[null, 0]]]))]).toEqual([1, 1, NaN]);
  });

  it('an attribute with one value in train is none', async () => {
    const constant = levels('r', 3, 3, 3);
    expect(
      await score('privacy.attribute_inference', constant, {
        train: constant,
        holdout: levels('h', 3, 3, 3),
      }),
    ).toMatchObject({
      state: 'undefined',
      reason: expect.stringContaining('no-sensitive-attribute') as string,
    });
  });
});

describe('paper definitions keep their labelled flaws', () => {
  it('the separate scaling of MIR hides a leak that the AUROC finds', async () => {
    // Every member is ten times closer than every non-member, in the same proportions.
    const train = levels('r', 0, 100, 200, 300, 1000);
    const synthetic = levels('s', 0, 101, 202, 303);
    const holdout = levels('h', 0, 110, 220, 330);
    const members = { train: selectStays(train, [0, 1, 2, 3]), holdout };
    const mir = await score('privacy.mir_f1', synthetic, members);
    expect(mir).toMatchObject({ detail: { accusedMembers: 0.25, accusedNonMembers: 0.25 } });
    const auroc = await score('privacy.mia_distance_auroc', synthetic, members);
    if (auroc.state !== 'ok') throw new Error(auroc.reason);
    expect(auroc.value).toBeGreaterThan(0.6);
  });

  it('the strict median threshold loses tied distances: a copy of all members is only half a leak', async () => {
    const train = levels('r', 0, 10, 20, 30);
    const holdout = levels('h', 0, 10, 20, 30);
    expect(
      await score('privacy.mia_median_accuracy', levels('s', 0, 10, 20, 30), { train, holdout }),
    ).toMatchObject({
      value: 0.5,
    });
  });

  it('are scored in preset paper only and say what is wrong with them', () => {
    for (const id of ['privacy.mir_f1', 'privacy.mia_median_accuracy']) {
      const { variants, definition } = metricNamed(id).descriptor;
      expect(Object.keys(variants)).toEqual(['paper']);
      expect(definition).toContain('Flaw');
    }
  });
});

describe('shadow attack', () => {
  const targets = simulateCohort([40], 'shadow-targets');
  /** Games that copy a share of their members and draw everybody else fresh. */
  function games(count: number, copied: number): ShadowGame[] {
    return Array.from({ length: count }, (_, game) => {
      const order = random('shadow', game).permutation(40);
      const members = new Uint8Array(40);
      for (const row of order.slice(0, 20)) members[row] = 1;
      const fresh = simulateCohort([40], `shadow-fresh-${game}`);
      const rows = [...order.slice(0, Math.round(copied * 20))];
      const cells = targets.values.length / 40;
      rows.forEach((from, to) => {
        fresh.values.set(targets.values.subarray(from * cells, (from + 1) * cells), to * cells);
        fresh.observed.set(targets.observed.subarray(from * cells, (from + 1) * cells), to * cells);
        fresh.length[to] = targets.length[from]!;
        fresh.statics.set(targets.statics.subarray(from * 2, from * 2 + 2), to * 2);
      });
      return { synthetic: fresh, members };
    });
  }

  it('finds a planted leak and counts it in the terms of TAPAS', () => {
    const report = shadowAttack(targets, games(12, 1));
    expect(report.auroc).toBeGreaterThan(0.99);
    expect(report.accuracy).toBeGreaterThan(0.97);
    expect(report.advantage).toBeCloseTo(report.truePositiveRate - report.falsePositiveRate, 12);
    expect(report.privacyGain).toBeCloseTo(1 - report.advantage, 12);
    expect(report.members.length + report.nonMembers.length + report.unscored).toBe(12 * 40);
  });

  it('half a leak is half found', () => {
    const { auroc, truePositiveRate } = shadowAttack(targets, games(12, 0.5));
    expect(auroc).toBeGreaterThan(0.65);
    expect(auroc).toBeLessThan(0.9);
    expect(truePositiveRate).toBeLessThan(0.8);
  });

  it('finds nothing where nothing leaks: no game is attacked with its own mask', () => {
    const { auroc, advantage } = shadowAttack(targets, games(16, 0));
    expect(Math.abs(auroc - 0.5)).toBeLessThan(0.08);
    expect(Math.abs(advantage)).toBeLessThan(0.12);
  });

  it('says what it needs', () => {
    expect(() => shadowAttack(targets, games(2, 1))).toThrow('at least 3 games');
    const wrong = games(3, 1).map((game) => ({ ...game, members: new Uint8Array(3) }));
    expect(() => shadowAttack(targets, wrong)).toThrow('one entry a target');
    const never = games(3, 1).map((game) => ({ ...game, members: new Uint8Array(40) }));
    expect(() => shadowAttack(targets, never)).toThrow('both a member and a non-member');
  });
});
