import { describe, expect, it } from 'vitest';
import { cohortProfile } from '../../src/metrics/profile.js';
import { cohortOf, emptyCohort, simulateCohort } from './simulatedCohort.js';

describe('cohort profile', () => {
  it('gives quantiles, correlations, autocorrelations and observed rates of a cohort', () => {
    const cohort = simulateCohort([300], 'profile');
    const profile = cohortProfile(cohort);
    expect(profile.features).toHaveLength(6);
    expect(profile.stays).toBe(300);
    const median = profile.quantiles[0]![profile.quantileLevels.indexOf(0.5)]!;
    expect(Math.abs(median - 80)).toBeLessThan(3);
    expect(profile.correlation[0]![0]).toBe(1);
    expect(profile.correlation[0]![2]).toBe(profile.correlation[2]![0]);
    expect(profile.correlation[0]![2]!).toBeGreaterThan(0.8);
    expect(profile.autocorrelation[0]!.every((rho, k, all) => k === 0 || rho! < all[k - 1]!)).toBe(true);
    expect(profile.observedRate[0]).toHaveLength(12);
  });

  it('equals numpy on quantiles', () => {
    const values = Array.from({ length: 240 }, (_, i) => (i * 7) % 101);
    const profile = cohortProfile(cohortOf(values.map((value) => [[value]])));
    const sorted = [...values].sort((a, b) => a - b);
    profile.quantileLevels.forEach((level, k) => {
      const at = level * 239;
      const below = sorted[Math.floor(at)]!;
      const above = sorted[Math.min(239, Math.floor(at) + 1)]!;
      expect(profile.quantiles[0]![k]).toBeCloseTo(below + (at - Math.floor(at)) * (above - below), 10);
    });
  });

  it('withholds quantiles with fewer than 11 stays beyond the outermost level', () => {
    const stays = (n: number) => cohortOf(Array.from({ length: n }, (_, i) => [[i]]));
    expect(cohortProfile(stays(100)).quantiles[0]).toBeNull();
    expect(cohortProfile(stays(240)).quantiles[0]).not.toBeNull();
    // Many values, but of few stays: the count is of stays, not of values.
    const few = cohortOf(
      Array.from({ length: 12 }, (_, i) => Array.from({ length: 50 }, (_, t) => [i * 50 + t])),
    );
    expect(cohortProfile(few).quantiles[0]).toBeNull();
  });

  it('withholds rates of 1…10 stays and tells 0', () => {
    const cohort = cohortOf(
      Array.from({ length: 40 }, (_, i) => [[1, i < 10 ? 1 : null, i < 11 ? 1 : null, null]]),
    );
    expect(cohortProfile(cohort).observedRate.map((row) => row[0])).toEqual([1, null, 11 / 40, 0]);
  });

  it('withholds correlations and autocorrelations of fewer than 11 stays', () => {
    const few = cohortOf(
      Array.from({ length: 10 }, (_, i) => Array.from({ length: 30 }, (_, t) => [i + t * t, (i * t) % 7])),
    );
    const profile = cohortProfile(few);
    expect(profile.correlation[0]![1]).toBeNull();
    expect(profile.autocorrelation[0]!.every((rho) => rho === null)).toBe(true);
  });

  it('of no stays has no numbers and no NaN', () => {
    const profile = cohortProfile(emptyCohort(simulateCohort([20], 'none')));
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
    expect(profile.quantiles.every((row) => row === null)).toBe(true);
    expect(profile.observedRate.flat().every((rate) => rate === null)).toBe(true);
  });
});
