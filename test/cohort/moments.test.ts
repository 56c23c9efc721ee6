import { mean, standardDeviation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';

import { hospitalMoments, mergeMoments } from '../../src/cohort/moments.js';
import { smallCohort } from './smallCohort.js';

describe('federated moments', () => {
  const cohort = smallCohort(240, ['A', 'B', 'C']);
  const width = cohort.schema.features.length;

  it('equal the pooled mean and standard deviation of the observed cells', () => {
    const merged = mergeMoments([0, 1, 2].map((hospital) => hospitalMoments(cohort, hospital)));
    for (let feature = 0; feature < width; feature++) {
      const cells = [...cohort.values].filter((_, at) => at % width === feature && cohort.observed[at] === 1);
      expect(merged.count[feature]).toBe(cells.length);
      expect(merged.mean[feature]! / mean(cells)).toBeCloseTo(1, 10);
      expect(merged.sd[feature]! / standardDeviation(cells)).toBeCloseTo(1, 10);
    }
    expect(merged.withheld).toEqual([]);
  });

  it('are plain data that survive a message', () => {
    const message = hospitalMoments(cohort, 1);
    expect(JSON.parse(JSON.stringify(message))).toEqual(message);
    expect(Object.keys(message)).toEqual(['hospital', 'patients', 'count', 'sum', 'sumOfSquares']);
  });

  it('are withheld by a hospital of fewer than 50 patients', () => {
    const uneven = {
      ...cohort,
      hospital: cohort.hospital.map((_, row) => (row < 49 ? 0 : row < 99 ? 1 : 2)),
    };
    const messages = [0, 1, 2].map((hospital) => hospitalMoments(uneven, hospital));
    expect(messages.map(({ patients }) => patients)).toEqual([49, 50, 141]);
    expect(messages[0]).toEqual({ hospital: 'A', patients: 49, count: null, sum: null, sumOfSquares: null });
    const merged = mergeMoments(messages);
    expect(merged.withheld).toEqual(['A']);
    expect(merged).toEqual({ ...mergeMoments(messages.slice(1)), withheld: ['A'] });
  });

  it('count patients, not stays', () => {
    const repeated = { ...cohort, patients: cohort.patients.map((_, row) => `p${row % 40}`) };
    expect(hospitalMoments(repeated, 0).count).toBeNull();
  });

  it('are null for a feature that nobody observed', () => {
    const observed = cohort.observed.map((one, at) => (at % width === 2 ? 0 : one));
    const merged = mergeMoments([hospitalMoments({ ...cohort, observed }, 0)]);
    expect([merged.mean[2], merged.sd[2], merged.count[2]]).toEqual([null, null, 0]);
    expect(merged.sd[0]).toBeGreaterThan(0);
  });
});
