import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metrics } from '../../../src/metrics/index.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { inverseEntropies } from '../../../src/metrics/privacy/entropyWeights.js';
import { stayResamples } from '../../../src/stats/bootstrap.js';
import { cohortOf, simulateCohort, simulateSplit } from '../simulatedCohort.js';

async function score(
  id: string,
  synthetic: Cohort,
  real: { readonly train: Cohort; readonly holdout: Cohort; readonly reference?: Cohort | null },
  parameters: MetricParameters = {},
  resamples = 0,
): Promise<Result> {
  return metricNamed(id).compute(
    {
      train: real.train,
      holdout: real.holdout,
      reference: real.reference ?? null,
      synthetic,
      label: null,
      resamples,
    },
    parameters,
    random('privacy-pitfall'),
  );
}

function valueOf(result: Result): number {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

/** Stays of one feature that never changes within a stay. */
function levels(role: string, ...values: readonly number[]): Cohort {
  const cohort = cohortOf(values.map((value) => [[value], [value]]));
  return { ...cohort, patients: values.map((_, i) => `${role}-${i}`) };
}

describe('privacy.nnaa', () => {
  const split = simulateSplit([60, 40], 'nnaa');

  it('leaves a stay out as its own neighbour by its row, so that a duplicate is a neighbour', async () => {
    // Every training stay has a twin at distance 0: none lies strictly farther from the synthetic ones than from its twin
    // unless twins are skipped with the stay itself.
    const train = levels('r', 0, 0, 5, 5, 9, 9);
    const holdout = levels('h', 0, 0, 5, 5, 9, 9);
    const synthetic = levels('s', 0, 0, 5, 5, 9, 9);
    const result = await score('privacy.nnaa', synthetic, { train, holdout });
    expect(result).toMatchObject({ detail: { adversarialAccuracyTrain: 0, adversarialAccuracyHoldout: 0 } });
    const apart = await score('privacy.nnaa', levels('s', 1, 1, 6, 6, 8, 8), { train, holdout });
    expect(apart).toMatchObject({ detail: { adversarialAccuracyTrain: 1, adversarialAccuracyHoldout: 1 } });
  });

  it('leaves nothing out between sets: a copy is its own nearest neighbour in the other set', async () => {
    const result = await score('privacy.nnaa', split.train, split);
    expect(result).toMatchObject({ detail: { adversarialAccuracyTrain: 0 } });
    expect(valueOf(result)).toBeGreaterThan(0.35);
  });

  it('is signed: a copy of the holdout is as negative as a copy of train is positive', async () => {
    const swapped = { train: split.holdout, holdout: split.train };
    const leak = valueOf(await score('privacy.nnaa', split.train, split));
    expect(valueOf(await score('privacy.nnaa', split.train, swapped))).toBeCloseTo(-leak, 1);
    expect(valueOf(await score('privacy.nnaa', split.train, swapped))).toBeLessThan(-0.35);
  });

  it('paper mode shows the absolute loss, whose interval ends at 0 when the sign is open', async () => {
    const signed = await score('privacy.nnaa', split.reference, split, { loss: 'signed' }, 50);
    const absolute = await score('privacy.nnaa', split.reference, split, { loss: 'absolute' }, 50);
    if (signed.state !== 'ok' || absolute.state !== 'ok') throw new Error('no value');
    expect(signed.ciLow!).toBeLessThan(0);
    expect(absolute).toMatchObject({ value: Math.abs(signed.value), ciLow: 0 });
    expect(absolute.ciHigh).toBe(Math.max(-signed.ciLow!, signed.ciHigh!));
  });

  it('both adversarial accuracies of fresh patients are 0.5 up to noise and the loss is 0', async () => {
    const losses: number[] = [];
    const accuracies: number[] = [];
    let covered = 0;
    for (let k = 0; k < 20; k++) {
      const fresh = simulateSplit([50, 30], `nnaa-${k}`);
      const result = await score('privacy.nnaa', fresh.reference, fresh, {}, 60);
      if (result.state !== 'ok') throw new Error(result.state);
      losses.push(result.value);
      accuracies.push(Number(result.detail?.['adversarialAccuracyTrain']));
      if (result.ciLow! <= 0 && 0 <= result.ciHigh!) covered++;
    }
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean(accuracies) - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(mean(losses))).toBeLessThan(0.04);
    expect(covered).toBeGreaterThanOrEqual(17);
  });

  it('resamples patients, not stays', () => {
    const cohort = simulateCohort([12], 'two-stays-each');
    const twice = { ...cohort, patients: cohort.patients.map((_, i) => `p${i % 6}`) };
    const draws = stayResamples(twice.patients, 40, random('draws'));
    for (const draw of draws) {
      for (let i = 0; i < 6; i++) expect(draw[i]).toBe(draw[i + 6]);
      expect(draw.reduce((sum, times) => sum + times, 0)).toBe(12);
    }
    expect(draws.some((draw) => draw.includes(0) && draw.includes(2))).toBe(true);
  });
});

describe('copy checks', () => {
  const split = simulateSplit([50, 30], 'copy-checks');

  it.each(['privacy.dcr_quantile', 'privacy.nndr', 'privacy.epsilon_identifiability'])(
    '%s: 0 within its interval for fresh patients, above it for copies',
    async (id) => {
      const fresh = await score(id, split.reference, split, {}, 60);
      const copied = await score(id, split.train, split, {}, 60);
      if (fresh.state !== 'ok' || copied.state !== 'ok') throw new Error('no value');
      expect(fresh.ciLow!).toBeLessThan(0);
      expect(fresh.ciHigh!).toBeGreaterThan(0);
      expect(copied.ciLow!).toBeGreaterThan(0);
    },
  );

  it('nearest-neighbour ratios of two zero distances are 1 by the guard, not 0/0', async () => {
    const twins = levels('r', 1, 1, 9, 9);
    const result = await score('privacy.nndr', levels('s', 1, 9), { train: twins, holdout: twins });
    expect(result).toMatchObject({ state: 'ok', value: 0, detail: { towardsTrain: 1, towardsHoldout: 1 } });
  });

  it('distances are not normalised inside each set: the same gap in a wider holdout stays the same', async () => {
    const train = levels('r', 0, 10, 20, 30);
    const synthetic = levels('s', 1, 11, 21, 31);
    const near = await score('privacy.dcr_quantile', synthetic, {
      train,
      holdout: levels('h', 2, 12, 22, 32),
    });
    const wide = await score('privacy.dcr_quantile', synthetic, {
      train,
      holdout: levels('h', 2, 12, 22, 900),
    });
    if (near.state !== 'ok' || wide.state !== 'ok') throw new Error('no value');
    expect(wide.detail?.['towardsTrain']).toBe(near.detail?.['towardsTrain']);
    expect(wide.detail?.['towardsHoldout']).toBe(near.detail?.['towardsHoldout']);
  });

  it('ties of the distance to the closest record count ½ and are not safe', async () => {
    // Every synthetic stay is as close to train as to the holdout.
    const real = levels('r', 0, 4, 8);
    expect(
      valueOf(await score('privacy.dcr_share', levels('s', 2, 6, 2), { train: real, holdout: real })),
    ).toBe(0.5);
  });

  it('near-duplicates are found within their radius only and weigh against those of the holdout', async () => {
    const train = levels('r', 0, 50, 100);
    const holdout = levels('h', 20, 70, 90);
    const synthetic = levels('s', 0.5, 50.5, 70.5);
    const excess = async (within: number): Promise<number> =>
      valueOf(await score('privacy.duplicate_excess', synthetic, { train, holdout }, { within }));
    expect(await excess(0)).toBe(0);
    expect(await excess(0.01)).toBeCloseTo(2 / 3 - 1 / 3, 12);
    await expect(excess(-1)).rejects.toThrow('a number from 0 to 1');
  });
});

describe('privacy.epsilon_identifiability', () => {
  it('weights columns by their inverse entropy instead of overwriting the weights with ones', () => {
    // Two values in halves: ln 2. One in four different: less entropy, more weight. Constant: none.
    const values = [0, 0, 5, 0, 0, 5, 1, 0, 5, 1, 1, 5];
    const weights = inverseEntropies({
      rows: 4,
      columns: ['a', 'b', 'c'],
      values: Float32Array.from(values),
    });
    expect(weights[0]).toBeCloseTo(1 / Math.LN2, 12);
    expect(weights[1]).toBeCloseTo(1 / (-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75)), 12);
    expect(weights[2]).toBe(0);
  });

  it('a missing value is a value of its own to the entropy', () => {
    const weights = inverseEntropies({ rows: 2, columns: ['a'], values: Float32Array.from([3, NaN]) });
    expect(weights[0]).toBeCloseTo(1 / Math.LN2, 12);
  });

  it('divides by the number of stays of its own set', async () => {
    // All of train and a quarter of the holdout have a synthetic stay on them, none has another real one.
    const train = levels('r', 0, 10, 20);
    const holdout = levels('h', 40, 50, 60, 70);
    const result = await score('privacy.epsilon_identifiability', levels('s', 0, 10, 20, 40), {
      train,
      holdout,
    });
    expect(result).toMatchObject({ detail: { identifiableTrain: 1 } });
    if (result.state !== 'ok') throw new Error(result.reason);
    const share = Number(result.detail?.['identifiableHoldout']);
    expect(share * 4).toBe(Math.round(share * 4));
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  });
});

describe('a synthetic cohort that is the very train object', () => {
  const split = simulateSplit([40], 'same-object');
  /** Too few stays for a false-positive rate of 1 %; no guess of an F1. */
  const withoutValue = ['privacy.mia_tpr_at_fpr', 'privacy.mir_f1'];

  it.each([
    ...metrics.filter(({ descriptor }) => descriptor.family === 'privacy'),
    metricNamed('joint.authenticity'),
    metricNamed('joint.precision'),
    metricNamed('joint.recall'),
  ])('scores as a copy: $descriptor.id', async (metric) => {
    for (const parameters of Object.values(metric.descriptor.variants).flat()) {
      const of = (synthetic: Cohort): Result | Promise<Result> =>
        metric.compute({ ...split, synthetic, label: 'death', resamples: 5 }, parameters, random('same'));
      const [same, copy] = [await of(split.train), await of({ ...split.train })];
      if (!withoutValue.includes(metric.descriptor.id)) expect(copy.state).toBe('ok');
      expect(same).toEqual(copy);
    }
  });

  it('leaves its own stays neither out of its neighbours nor of their twins', async () => {
    const result = await score('privacy.nnaa', split.train, split);
    if (result.state !== 'ok') throw new Error(result.reason);
    expect(result.detail?.['adversarialAccuracyTrain']).toBe(0);
    const authentic = await score('joint.authenticity', split.train, split, { against: 'train' });
    expect(authentic).toMatchObject({ state: 'ok', value: 0 });
  });
});
