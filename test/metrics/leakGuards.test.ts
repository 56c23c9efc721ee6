import { describe, expect, it } from 'vitest';
import { selectStays } from '../../src/cohort/select.js';
import { leakGuards } from '../../src/metrics/leakGuards.js';
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
