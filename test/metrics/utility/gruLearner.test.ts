import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import { fitCourseEncoder } from '../../../src/metrics/utility/courseEncoder.js';
import type { Examples } from '../../../src/metrics/utility/examples.js';
import { fitGru } from '../../../src/metrics/utility/gruLearner.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { patientSummary } from '../../../src/metrics/patientSummary.js';
import { auroc } from '../../../src/stats/auroc.js';
import { cohortOf, simulateCohort } from '../simulatedCohort.js';

/** Stays of noise with one jump up or down at a random step: the outcome is its direction, no level tells it. */
function jumps(stays: number, seed: string): Examples {
  const stream = random('jumps', seed);
  const outcome = Uint8Array.from({ length: stays }, () => stream.integer(2));
  const cohort: Cohort = cohortOf(
    [...outcome].map((up) => {
      const at = 3 + stream.integer(6);
      const level = stream.normal();
      return Array.from({ length: 12 }, (_, t) => {
        const pulse = t === at ? 1 : t === at + 1 ? -1 : 0;
        const value = level + (up === 1 ? 1.5 : -1.5) * pulse + 0.2 * stream.normal();
        return [stream.uniform() < 0.95 ? value : null];
      });
    }),
  );
  return { table: patientSummary(cohort), outcome, patients: cohort.patients, stays: () => cohort };
}

function reach(scores: Float64Array, { outcome }: Examples): number {
  return auroc(
    scores.filter((_, i) => outcome[i] === 1),
    scores.filter((_, i) => outcome[i] === 0),
  );
}

describe('GRU classifier', () => {
  const [training, test] = [jumps(600, 'train'), jumps(300, 'test')];

  it('reads the order of values, which summaries do not show', async () => {
    expect(reach(await fitGru(training, 0).then((score) => score(test)), test)).toBeGreaterThan(0.9);
  });

  it('gives the same bytes for the same seed and others for another', async () => {
    const run = async (seed: number): Promise<Float64Array> => (await fitGru(training, seed))(test);
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  it('is scored in presets full and paper, never in fast', () => {
    const { variants } = metricNamed('utility.tstr_auroc').descriptor;
    const has = (preset: 'fast' | 'full' | 'paper'): boolean =>
      (variants[preset] ?? []).some(({ model }) => model === 'gru');
    expect([has('fast'), has('full'), has('paper')]).toEqual([false, true, true]);
  });

  it('refuses rows that are no stays', async () => {
    const rows = { ...training, stays: null };
    await expect(fitGru(rows, 0)).rejects.toThrow('learns from a table');
  });
});

describe('course encoder', () => {
  it('writes carried values, masks, time since and the statics of training scale, time first', () => {
    const course = [
      [[1], [null], [3]],
      [[3], [1], [null]],
    ];
    const cohort = { ...cohortOf(course), length: Uint16Array.from([3, 2]) };
    const encoder = fitCourseEncoder(cohort);
    expect(encoder.inputs).toBe(4);
    const [x, last] = [new Float32Array(3 * 2 * 4).fill(9), new Float32Array(6)];
    encoder.write(cohort, [0, 1], 2, x, last);
    // Observed values 1, 3, 3, 1: mean 2, sd 1. Columns: value, mask, since, time.
    const third = Math.fround(1 / 3);
    expect([...x.subarray(0, 8)]).toEqual([-1, 1, 0, 0, 1, 1, 0, 0]);
    expect([...x.subarray(8, 16)]).toEqual([-1, 0, third, third, -1, 1, 0, third]);
    expect([...x.subarray(16, 24)]).toEqual([1, 1, 0, Math.fround(2 / 3), 0, 0, 0, 0]);
    expect([...last]).toEqual([0, 0, 0, 1, 1, 0]);
  });

  it('does not see the test side', () => {
    const [training, test] = [simulateCohort([40], 'encoder-train'), simulateCohort([40], 'encoder-test')];
    const encoder = fitCourseEncoder(training);
    const write = (cohort: Cohort): Float32Array => {
      const x = new Float32Array(12 * encoder.inputs);
      encoder.write(cohort, [0], 1, x, new Float32Array(12));
      return x;
    };
    const far = { ...test, values: test.values.map((v, i) => (i < 72 ? v : 1e6)) };
    expect(write(far)).toEqual(write(test));
  });
});
