import { describe, expect, it } from 'vitest';
import { selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { computeBounds } from '../../../src/metrics/bounds.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metricNamed, metrics, metricsOf } from '../../../src/metrics/index.js';
import { classifierNamed } from '../../../src/metrics/utility/classifiers.js';
import { matchedClassRatio } from '../../../src/metrics/utility/classRatio.js';
import { labelTask } from '../../../src/metrics/utility/tasks.js';
import { testResamples } from '../../../src/metrics/utility/testResamples.js';
import { changed, simulateSplit } from '../simulatedCohort.js';

interface Real {
  readonly train: Cohort;
  readonly holdout: Cohort;
}

async function score(
  id: string,
  synthetic: Cohort,
  { train, holdout }: Real,
  parameters: MetricParameters = {},
  resamples = 0,
): Promise<Result> {
  return metricNamed(id).compute(
    { train, holdout, reference: null, synthetic, label: 'death', resamples },
    parameters,
    random('pitfall'),
  );
}

function ok(result: Result): Extract<Result, { state: 'ok' }> {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result;
}

const split = simulateSplit([150], 'utility-pitfalls');
const copy = changed(split.train, {});
const oneClass = changed(split.train, { labels: new Float32Array(split.train.size) });
const prevalence = split.holdout.labels.reduce((sum, y) => sum + y, 0) / split.holdout.size;

const ON_SYNTHETIC = metrics
  .filter(({ descriptor }) => descriptor.family === 'utility' && descriptor.needs.includes('synthetic'))
  .map(({ descriptor }) => descriptor.id);

describe('the test set is not rebalanced', () => {
  it('every score says the natural prevalence of its test side, the AUPRC as its baseline', async () => {
    for (const id of ['utility.tstr_auroc', 'utility.tstr_brier', 'utility.tstr_gap'])
      expect(ok(await score(id, copy, split)).detail).toMatchObject({ testPrevalence: prevalence });
    expect(ok(await score('utility.tstr_auprc', copy, split)).detail?.['baseline']).toBeCloseTo(
      prevalence,
      12,
    );
  });

  it('the AUPRC of HALO, on a test set rebalanced 50/50, is inflated and in preset paper only', async () => {
    const rare = { ...split, holdout: withPrevalence(split.holdout, 0.1) };
    const natural = ok(await score('utility.tstr_auprc', copy, rare));
    const balanced = ok(await score('utility.tstr_auprc', copy, rare, { test: 'balanced' }));
    expect(balanced.detail?.['baseline']).toBe(0.5);
    expect(balanced.value).toBeGreaterThan(natural.value + 0.2);
    const { variants, definition } = metricNamed('utility.tstr_auprc').descriptor;
    for (const [preset, sets] of Object.entries(variants))
      expect(sets.some((parameters) => parameters['test'] === 'balanced')).toBe(preset === 'paper');
    expect(definition).toContain('FLAW');
  });

  it('matched class ratios change the training side, never the test side', async () => {
    const rare = changed(withPrevalence(split.train, 0.12), {});
    for (const classRatio of ['generated', 'matched']) {
      const { detail } = ok(await score('utility.tstr_auroc', rare, split, { classRatio }));
      expect(detail?.['testPrevalence']).toBe(prevalence);
      const ofTraining = classRatio === 'matched' ? split.train.labels : rare.labels;
      const expected = ofTraining.reduce((sum, y) => sum + y, 0) / ofTraining.length;
      expect(Math.abs(Number(detail?.['trainingPrevalence']) - expected)).toBeLessThan(0.03);
    }
  });
});

describe('single-class labels', () => {
  it.each(ON_SYNTHETIC)(
    '%s: one class in the synthetic cohort is undefined, not 0, not −1, no label flipped',
    async (id) => {
      // Real and synthetic stays together still have both classes, so a gain has a value there.
      if (id === 'utility.augmentation_gain') return;
      for (const parameters of metricNamed(id).descriptor.variants.full ?? []) {
        const result = await score(id, oneClass, split, parameters);
        expect(result).toMatchObject({
          state: 'undefined',
          reason: expect.stringMatching(/^single-class-(train|test): /) as string,
        });
      }
    },
  );

  it('augmentation with one class has a value, since the real stays have both', async () => {
    expect(ok(await score('utility.augmentation_gain', oneClass, split)).value).toBeLessThan(0.05);
  });

  it('classes that are only in the test set stay there: the reason is the training side, not the test side', async () => {
    expect(await score('utility.trtr_auroc', copy, { ...split, train: oneClass })).toMatchObject({
      reason: expect.stringContaining('single-class-train') as string,
    });
    const healthy = changed(split.holdout, { labels: new Float32Array(split.holdout.size) });
    expect(await score('utility.trtr_auroc', copy, { ...split, holdout: healthy })).toMatchObject({
      reason: expect.stringContaining('single-class-test') as string,
    });
  });
});

describe('encoders on the training side only', () => {
  it.each(['logistic', 'forest', 'boosting', 'forest-reference'])(
    '%s: what else is on the test side does not change the score of a stay',
    async (model) => {
      const task = labelTask('death');
      if ('reason' in task) throw new Error(task.reason);
      const fitted = await classifierNamed(model).fit(task.examples(split.train), 0);
      const far = changed(split.holdout, {
        values: split.holdout.values.map((v, i) => (i % 2 === 0 ? v : 1e4)),
      });
      const [whole, alone] = await Promise.all(
        [split.holdout, selectStays(split.holdout, [7])].map((cohort) =>
          fitted.predict(task.examples(cohort)),
        ),
      );
      expect(alone!.scores[0]).toBe(whole!.scores[7]);
      const withFar = await fitted.predict(
        task.examples(
          selectStays(
            far,
            Array.from({ length: far.size }, (_, i) => i),
          ),
        ),
      );
      expect(withFar.scores).toHaveLength(far.size);
      expect((await fitted.predict(task.examples(split.holdout))).scores).toEqual(whole!.scores);
    },
  );
});

describe('arms of equal number', () => {
  it('a class ratio is matched by subsampling both arms to the same numbers of either class', () => {
    const outcome = (ones: number, zeros: number): Uint8Array =>
      Uint8Array.from([...Array<number>(ones).fill(1), ...Array<number>(zeros).fill(0)]);
    const count = (all: Uint8Array, rows: readonly number[]): number[] =>
      [0, 1].map((label) => rows.filter((row) => all[row] === label).length);
    for (const [real, synthetic] of [
      [outcome(20, 80), outcome(50, 50)],
      [outcome(50, 50), outcome(10, 90)],
      [outcome(30, 70), outcome(30, 70)],
    ] as const) {
      const rows = matchedClassRatio(real, synthetic);
      expect(count(real, rows.real)).toEqual(count(synthetic, rows.synthetic));
      const [zeros, ones] = count(real, rows.real);
      const share = real.reduce((sum, y) => sum + y, 0) / real.length;
      expect(Math.abs(ones! / (ones! + zeros!) - share)).toBeLessThan(0.02);
    }
    expect(matchedClassRatio(outcome(20, 80), outcome(50, 50)).real).toHaveLength(63);
    const same = matchedClassRatio(outcome(30, 70), outcome(30, 70));
    expect(same.real).toEqual(same.synthetic);
  });
});

describe('augmentation gain', () => {
  it('of a copy with a penalty per stay is 0, and its ceiling is that of fresh patients, not of a copy', async () => {
    const result = ok(await score('utility.augmentation_gain', copy, split, { alpha: 1 }, 20));
    expect(Math.abs(result.value)).toBeLessThan(1e-3);
    const bounds = await computeBounds(split, {
      selections: metricsOf(['utility.augmentation_gain', 'utility.trts_auroc']),
      resamples: 0,
      label: 'death',
      seed: 1,
      sites: ['pooled'],
    });
    const fresh = ok(await score('utility.augmentation_gain', split.reference, split));
    expect(bounds.entries.find(({ metric }) => metric === 'utility.augmentation_gain')?.ceiling).toBe(
      fresh.value,
    );
    // Testing a model on the stays it learned from would be no ceiling.
    const trtr = ok(await score('utility.trtr_auroc', copy, split));
    const trts = bounds.entries.filter(({ metric }) => metric === 'utility.trts_auroc');
    expect(trts[0]?.ceiling).toBe(trtr.value);
  });
});

describe('two sources of variance stay apart', () => {
  it('the spread over evaluation seeds is a detail and no part of the interval', async () => {
    const parameters = { model: 'forest', seeds: 4 };
    const result = ok(await score('utility.tstr_auroc', copy, split, parameters, 50));
    expect(result.detail?.['seedSd']).toBeGreaterThan(0);
    const half = (result.ciHigh! - result.ciLow!) / 2;
    const single = ok(await score('utility.tstr_auroc', copy, split, { model: 'forest' }, 50));
    expect(single.detail).not.toHaveProperty('seedSd');
    expect(Math.abs(half / ((single.ciHigh! - single.ciLow!) / 2) - 1)).toBeLessThan(0.25);
  });

  it('models without chance are trained once, whatever the number of seeds', async () => {
    const [one, five] = await Promise.all(
      [1, 5].map((seeds) => score('utility.tstr_auroc', copy, split, { model: 'boosting', seeds })),
    );
    expect(ok(five!).value).toBe(ok(one!).value);
    expect(ok(five!).detail).not.toHaveProperty('seedSd');
  });
});

describe('patients are the unit of resampling', () => {
  it('stays of one patient come and go together, and no resample loses a class', () => {
    const patients = Array.from({ length: 40 }, (_, i) => `p${Math.floor(i / 2)}`);
    const outcome = Uint8Array.from({ length: 40 }, (_, i) => (i < 6 ? 1 : 0));
    for (const weights of testResamples({ outcome, patients }, 30, random('together'))) {
      for (let i = 0; i < 40; i += 2) expect(weights[i]).toBe(weights[i + 1]);
      expect(weights.slice(0, 6).reduce((sum, w) => sum + w, 0)).toBe(6);
      expect(weights.reduce((sum, w) => sum + w, 0)).toBe(40);
    }
  });

  it('an interval over patients with twin stays is wider than one that takes stays for independent', async () => {
    const twice = (cohort: Cohort): number[] => Array.from({ length: 2 * cohort.size }, (_, i) => i >> 1);
    const twins = selectStays(split.holdout, twice(split.holdout));
    const strangers = { ...twins, patients: twins.patients.map((_, i) => `stay-${i}`) };
    for (const id of ['utility.tstr_auroc', 'utility.tstr_gap', 'utility.tstr_auprc']) {
      const width = async (holdout: Cohort): Promise<number> => {
        const result = ok(await score(id, split.reference, { ...split, holdout }, {}, 200));
        return result.ciHigh! - result.ciLow!;
      };
      const ratio = (await width(twins)) / (await width(strangers));
      expect(ratio, id).toBeGreaterThan(1.2);
      expect(ratio, id).toBeLessThan(1.7);
    }
  });
});

/** Positive stays are left out until their share is about the one wanted. */
function withPrevalence(cohort: Cohort, share: number): Cohort {
  const rows = Array.from({ length: cohort.size }, (_, i) => i);
  const negatives = rows.filter((row) => cohort.labels[row] === 0);
  const positives = rows.filter((row) => cohort.labels[row] === 1);
  const kept = positives.slice(0, Math.round((share / (1 - share)) * negatives.length));
  return selectStays(
    cohort,
    [...negatives, ...kept].sort((a, b) => a - b),
  );
}
