import { describe, expect, it } from 'vitest';
import { cohortProfile } from '../../src/metrics/profile.js';
import { cohortOf, emptyCohort, simulateCohort } from './simulatedCohort.js';

describe('cohort profile', () => {
  it('gives quantiles, correlations and autocorrelations of a cohort, and no count', () => {
    const cohort = simulateCohort([300], 'profile');
    const profile = cohortProfile(cohort);
    expect(profile.features).toHaveLength(6);
    expect(Object.keys(profile).sort()).toEqual([
      'autocorrelation',
      'correlation',
      'features',
      'quantileLevels',
      'quantiles',
      'units',
    ]);
    const median = profile.quantiles[0]![profile.quantileLevels.indexOf(0.5)]!;
    expect(Math.abs(median - 80)).toBeLessThan(3);
    expect(profile.correlation[0]![0]).toBe(1);
    expect(profile.correlation[0]![2]).toBe(profile.correlation[2]![0]);
    expect(profile.correlation[0]![2]!).toBeGreaterThan(0.8);
    expect(profile.autocorrelation[0]!.every((rho, k, all) => k === 0 || rho! < all[k - 1]!)).toBe(true);
  });

  it('averages quantiles of type 7 over a window that holds 11 patients at every level', () => {
    const values = Array.from({ length: 240 }, (_, i) => (i * 7) % 101);
    const profile = cohortProfile(cohortOf(values.map((value) => [[value]])));
    const sorted = [...values].sort((a, b) => a - b);
    const half = 7; // 5 ranks on either side hold 10 patients between ranks, so the window grows once
    profile.quantileLevels.forEach((level, k) => {
      let sum = 0;
      for (let shift = -half; shift <= half; shift++) {
        const at = level * 239 + shift;
        const below = sorted[Math.floor(at)]!;
        sum += below + (at - Math.floor(at)) * (sorted[Math.floor(at) + 1]! - below);
      }
      expect(profile.quantiles[0]![k]).toBeCloseTo(sum / (2 * half + 1), 10);
    });
  });

  it('prints no value of a patient as a quantile', () => {
    const canary = 4.0817;
    const cohort = cohortOf(Array.from({ length: 481 }, (_, i) => [[i === 240 ? canary * 60 : i]]));
    const profile = cohortProfile(cohort);
    const printed = profile.quantiles[0]!;
    expect(printed).toHaveLength(19);
    expect(printed.every((value, k) => k === 0 || value > printed[k - 1]!)).toBe(true);
    for (const value of printed) expect(Math.abs(value - canary * 60)).toBeGreaterThan(1e-3);
  });

  it('withholds quantiles with fewer than 11 patients beyond the outermost level', () => {
    const stays = (n: number) => cohortOf(Array.from({ length: n }, (_, i) => [[i]]));
    expect(cohortProfile(stays(100)).quantiles[0]).toBeNull();
    expect(cohortProfile(stays(240)).quantiles[0]).not.toBeNull();
    // Many values, but of few stays: the count is of stays, not of values.
    const few = cohortOf(
      Array.from({ length: 12 }, (_, i) => Array.from({ length: 50 }, (_, t) => [i * 50 + t])),
    );
    expect(cohortProfile(few).quantiles[0]).toBeNull();
  });

  it('counts patients, not stays', () => {
    const stays = cohortOf(
      Array.from({ length: 240 }, (_, i) => Array.from({ length: 8 }, (_, t) => [i + t * t, (i * t) % 7])),
    );
    const once = cohortProfile(stays);
    expect(once.quantiles[0]).not.toBeNull();
    expect(once.correlation[0]![1]).not.toBeNull();
    // The same stays, of ten patients only.
    const ten = cohortProfile({ ...stays, patients: stays.patients.map((_, i) => `patient ${i % 10}`) });
    expect(ten.quantiles).toEqual([null, null]);
    expect(ten.correlation.flat().every((r) => r === null)).toBe(true);
    expect(ten.autocorrelation.flat().every((rho) => rho === null)).toBe(true);
  });

  it('withholds everything of fewer than 11 patients', () => {
    const few = cohortOf(
      Array.from({ length: 10 }, (_, i) => Array.from({ length: 30 }, (_, t) => [i + t * t, (i * t) % 7])),
    );
    const profile = cohortProfile(few);
    expect(profile.quantiles).toEqual([null, null]);
    expect(profile.correlation.flat().every((r) => r === null)).toBe(true);
    expect(profile.autocorrelation.flat().every((rho) => rho === null)).toBe(true);
  });

  it('withholds a correlation of features that fewer than 11 patients have together', () => {
    // 30 patients have each feature, 10 have both.
    const cohort = cohortOf(
      Array.from({ length: 50 }, (_, i) =>
        Array.from({ length: 12 }, (_, t) => [i < 30 ? i + t : null, i >= 20 ? i - t * t : null]),
      ),
    );
    const profile = cohortProfile(cohort);
    expect(profile.correlation[0]![0]).toBe(1);
    expect(profile.correlation[0]![1]).toBeNull();
  });

  it('of no stays has no numbers and no NaN', () => {
    const profile = cohortProfile(emptyCohort(simulateCohort([20], 'none')));
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
    expect(profile.quantiles.every((row) => row === null)).toBe(true);
  });
});
