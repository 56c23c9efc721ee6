import { describe, expect, it } from 'vitest';
import { selectStays } from '../../src/cohort/select.js';
import type { Cohort } from '../../src/cohort/types.js';
import { leakGuards, markOf } from '../../src/metrics/leakGuards.js';
import { copyOf } from '../../src/trainers/references/copy.js';
import { simulateSplit } from './simulatedCohort.js';

describe('leak guards', () => {
  const split = simulateSplit([60], 'guards');

  it('find nothing in a clean split and in a copy with ids of its own', () => {
    expect(leakGuards(split, copyOf(split.train))).toEqual([]);
  });

  it('refuse a patient in two parts, without naming one', () => {
    const leaking = { ...split, holdout: { ...split.holdout, patients: split.train.patients } };
    expect(() => leakGuards(leaking)).toThrow('found 60 patients in both train and holdout');
    const few = { ...split, reference: selectStays(split.train, [0, 1]) };
    expect(() => leakGuards(few)).toThrow('found fewer than 11 patients in both train and reference');
    expect(() => leakGuards(few)).not.toThrow(split.train.patients[0]);
  });

  it('report identical records in two parts', () => {
    const twins = { ...copyOf(split.train), patients: split.holdout.patients };
    const findings = leakGuards({ ...split, holdout: twins });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ guard: 'duplicate-records' });
    expect(findings[0]!.message).toContain('60 records of train');
  });

  it('report ids of real patients in the synthetic cohort', () => {
    const findings = leakGuards(split, { ...split.reference });
    expect(findings.map(({ guard }) => guard)).toEqual(['real-patient-ids']);
  });
});

describe('leak guards that mark or warn', () => {
  const split = simulateSplit([60], 'guards');

  it('let an overlap pass only when it is allowed, and then mark every score', () => {
    const leaking = { ...split, reference: selectStays(split.train, [...Array(20).keys()]) };
    expect(() => leakGuards(leaking)).toThrow('--allow-overlap');
    const findings = leakGuards(leaking, undefined, { allowOverlap: true });
    expect(findings.find(({ guard }) => guard === 'patient-overlap')).toMatchObject({ marks: true });
    expect(markOf(findings)).toMatch(/^patient-overlap: 20 patients in both train and reference/);
    expect(markOf(leakGuards(split))).toBeNull();
  });

  it('find a holdout that was standardised by itself, and synthetic values that were never scaled back', () => {
    const scaled = standardised(split.holdout);
    expect(leakGuards({ ...split, holdout: scaled }).map(({ guard }) => guard)).toContain('scaler-scope');
    const findings = leakGuards(split, copyOf(standardised(split.reference)));
    expect(findings.map(({ message }) => message).join()).toContain('of the synthetic cohort');
    const both = { ...split, train: standardised(split.train) };
    expect(
      leakGuards(both, copyOf(both.train)).filter(({ message }) => message.includes('synthetic cohort')),
    ).toEqual([]);
  });

  it('find members and non-members that differ by more than membership', () => {
    const messages = (holdout: typeof split.holdout): string =>
      leakGuards({ ...split, holdout })
        .filter(({ guard }) => guard === 'member-balance')
        .map(({ message }) => message)
        .join();
    expect(messages(split.holdout)).toBe('');
    expect(messages({ ...split.holdout, labels: new Float32Array(60).fill(1) })).toContain(
      'prevalence of death',
    );
    expect(messages(selectStays(split.holdout, [...Array(11).keys()]))).toContain('equal numbers');
    const two = simulateSplit([40, 40], 'two-sites');
    const oneSided = { ...two, holdout: simulateSplit([40, 0], 'one-site').holdout };
    expect(
      leakGuards(oneSided)
        .map(({ message }) => message)
        .join(),
    ).toContain('1 hospital has stays in only one');
  });

  it('find synthetic records that repeat, as one seed for two batches gives', () => {
    const batch = [...Array(30).keys()];
    const twice = copyOf(selectStays(split.reference, [...batch, ...batch]));
    expect(leakGuards(split, twice).map(({ guard }) => guard)).toEqual(['repeated-records']);
  });
});

/** Every feature with mean 0 and deviation 1 over its own observed cells. */
function standardised(cohort: Cohort): Cohort {
  const width = cohort.schema.features.length;
  const values = cohort.values.slice();
  for (let f = 0; f < width; f++) {
    const own = [...cohort.values].filter((_, cell) => cell % width === f && cohort.observed[cell] === 1);
    const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / own.length);
    for (let cell = f; cell < values.length; cell += width)
      if (cohort.observed[cell] === 1) values[cell] = (values[cell]! - mean) / deviation;
  }
  return { ...cohort, values };
}
