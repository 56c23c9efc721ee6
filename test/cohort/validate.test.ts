import { describe, expect, it } from 'vitest';

import { contentHash } from '../../src/cohort/contentHash.js';
import { firstSteps } from '../../src/cohort/firstSteps.js';
import { didYouMean, nearestName } from '../../src/cohort/nearestName.js';
import { selectStays } from '../../src/cohort/select.js';
import type { Cohort } from '../../src/cohort/types.js';
import { requireConsistent, requireLabel, requireUsable } from '../../src/cohort/validate.js';
import { smallCohort, smallSchema } from './smallCohort.js';

const copy = (cohort: Cohort): Cohort => structuredClone(cohort);

describe('requireUsable', () => {
  it('wants two patients at every hospital and something observed', () => {
    const cohort = smallCohort(40);
    expect(() => requireUsable(cohort, 'x')).not.toThrow();
    const one = selectStays(cohort, [0, 2, 4, 1]);
    expect(() => requireUsable(one, 'x')).toThrow(
      /x, hospital B's: expected at least 2 patients, found fewer\./,
    );
    const twice = { ...selectStays(cohort, [0, 2, 4, 1, 3]), patients: ['a', 'b', 'c', 'd', 'd'] };
    expect(() => requireUsable(twice, 'x')).toThrow(/hospital B's: .*found fewer\./);
    expect(() => requireUsable({ ...cohort, observed: cohort.observed.map(() => 0) }, 'x')).toThrow(
      /found none/,
    );
  });
});

describe('requireLabel', () => {
  it('wants a binary label with both classes', () => {
    const cohort = smallCohort(40);
    expect(requireLabel(cohort, 'died', 'x')).toBe(0);
    expect(() => requireLabel(cohort, 'dies', 'x')).toThrow(/found "dies"\. Did you mean "died"/);
    const alive = { ...cohort, labels: cohort.labels.map(() => 0) };
    expect(() => requireLabel(alive, 'died', 'x')).toThrow(
      /label died: expected both classes 0 and 1, found only class 0/,
    );
    const unknown = { ...cohort, labelsObserved: cohort.labelsObserved.map(() => 0) };
    expect(() => requireLabel(unknown, 'died', 'x')).toThrow(/found no known value/);
    const schema = { ...smallSchema, labels: [{ name: 'died', kind: 'continuous' as const }] };
    expect(() => requireLabel({ ...cohort, schema }, 'died', 'x')).toThrow(
      /expected a binary label, found a continuous one/,
    );
  });
});

describe('requireConsistent', () => {
  it('finds what breaks the schema in memory', () => {
    const cohort = smallCohort(40);
    expect(() => requireConsistent(cohort, 'x')).not.toThrow();
    const first = cohort.observed.indexOf(1, 0);
    const hr = cohort.observed.findIndex((one, at) => one === 1 && at % 4 === 0);
    const changed = (change: (one: Cohort) => void): (() => void) => {
      const one = copy(cohort);
      change(one);
      return () => requireConsistent(one, 'x');
    };
    expect(changed((one) => (one.values[first] = Number.NaN))).toThrow(/1 NaN or infinite/);
    expect(changed((one) => (one.values[hr] = 351))).toThrow(/x, variable HR: .*1 above its range.*clamp/);
    expect(changed((one) => (one.values[hr] = -1))).toThrow(/1 below its range/);
    expect(changed((one) => (one.values[cohort.observed.indexOf(0)] = 5))).toThrow(
      /1 not 0 though not observed/,
    );
    expect(changed((one) => (one.length[3] = 6))).toThrow(/1 to 5 steps/);
    expect(changed((one) => (one.length[cohort.length.indexOf(5)] = 0))).toThrow(/1 to 5 steps/);
    expect(changed((one) => (one.hospital[3] = 2))).toThrow(/index into hospitals/);
    const short = cohort.length.findIndex((length) => length < 5);
    expect(changed((one) => (one.observed[(short + 1) * 20 - 1] = 1))).toThrow(/beyond the length/);
    expect(() => requireConsistent({ ...cohort, size: 39 }, 'x')).toThrow(
      /values: expected 780 entries, found 800/,
    );
    const sex = copy(cohort);
    const at = sex.staticsObserved.findIndex((one, index) => one === 1 && index % 2 === 1);
    sex.statics[at] = 2;
    expect(() => requireConsistent(sex, 'x')).toThrow(/variable sex: .*not one of its levels/);
  });
});

describe('contentHash', () => {
  it('is the same for equal cohorts and another for any change but provenance', () => {
    const cohort = smallCohort(30);
    const key = contentHash(cohort);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(contentHash(copy(cohort))).toBe(key);
    const provenance = { ...smallSchema.provenance, source: 'elsewhere' };
    expect(contentHash({ ...cohort, schema: { ...smallSchema, provenance } })).toBe(key);
    const others: Cohort[] = [
      { ...cohort, schema: { ...smallSchema, stepHours: 2 } },
      { ...cohort, patients: [...cohort.patients].reverse() },
      { ...cohort, hospitals: ['A', 'C'] },
    ];
    for (const field of [
      'values',
      'observed',
      'length',
      'hospital',
      'statics',
      'staticsObserved',
      'labels',
      'labelsObserved',
    ] as const) {
      const one = copy(cohort);
      one[field][7]! += 1;
      others.push(one);
    }
    expect(new Set([key, ...others.map(contentHash)]).size).toBe(12);
  });
});

describe('firstSteps', () => {
  it('cuts grid and lengths, and nothing else', () => {
    const cohort = smallCohort(30);
    const cut = firstSteps(cohort, 2);
    expect(cut.schema.steps).toBe(2);
    expect(Math.max(...cut.length)).toBe(2);
    expect(cut.values.length).toBe(30 * 2 * 4);
    expect([...cut.values.subarray(8 * 7, 8 * 8)]).toEqual([...cohort.values.subarray(20 * 7, 20 * 7 + 8)]);
    expect(() => requireConsistent(cut, 'x')).not.toThrow();
    expect(firstSteps(cohort, 5)).toBe(cohort);
    for (const wrong of [0, 6, 1.5])
      expect(() => firstSteps(cohort, wrong)).toThrow(/steps: expected a whole number from 1 to 5/);
  });
});

describe('nearestName', () => {
  it('finds the likely meaning and no unlikely one', () => {
    expect(nearestName('centralised', ['fedavg', 'centralized'])).toBe('centralized');
    expect(nearestName('HR', ['hr', 'HRV'])).toBe('hr');
    expect(nearestName('glucose', ['lactate'])).toBeNull();
    expect(didYouMean('glucose', ['lactate', 'HR'])).toBe('Known: lactate, HR.');
    expect(didYouMean('x', [])).toBe('No name is known here.');
  });
});
