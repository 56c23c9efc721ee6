import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/index.js';
import { patientDraws } from '../../../src/metrics/privacy/resampledNeighbours.js';
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
    const draws = patientDraws(twice, 40, random('draws'));
    for (const draw of draws) {
      for (let i = 0; i < 6; i++) expect(draw[i]).toBe(draw[i + 6]);
      expect(draw.reduce((sum, times) => sum + times, 0)).toBe(12);
    }
    expect(draws.some((draw) => draw.includes(0) && draw.includes(2))).toBe(true);
  });
});
