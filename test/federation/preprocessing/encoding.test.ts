import { describe, expect, it } from 'vitest';
import { featureColumns } from '../../../src/federation/preprocessing/channels.js';
import { conditionVariables, countConditions } from '../../../src/federation/preprocessing/conditions.js';
import { conditionLayout, conditionVectors } from '../../../src/federation/preprocessing/conditionVector.js';
import { encodeStays } from '../../../src/federation/preprocessing/encodedStays.js';
import { plantedCohort, plantedSchema } from '../../trainers/plantedCohort.js';

const identity = { values: Float64Array.of(-1e3, 1e3), scores: Float64Array.of(-1e3, 1e3) };

describe('encodeStays', () => {
  const cohort = plantedCohort({ north: 1 });
  // pulse 70 at step 1, nothing else; rhythm `paced` at step 0; sedated at step 1
  cohort.observed.fill(0);
  cohort.values.fill(0);
  cohort.length[0] = 3;
  cohort.observed.set([0, 0, 0, 1, 1, 0, 1, 0]);
  cohort.values.set([0, 0, 0, 2, 70, 0, 1, 0]);
  const columns = featureColumns(plantedSchema);

  it('carries the last observation forward with its weight and keeps the mask', () => {
    const encoded = encodeStays(cohort, columns, [identity, identity], {
      carryForward: true,
      carriedWeight: 0.25,
    });
    expect(encoded.rows).toBe(3);
    expect([...encoded.continuous]).toEqual([0, 0, 70, 0, 70, 0]);
    expect([...encoded.cellWeight]).toEqual([0, 0, 1, 0, 0.25, 0]);
    expect([...encoded.mask]).toEqual([0, 0, 1, 0, 0, 0]);
    // sedated, three rhythms, mask of sedated, mask of rhythm
    expect([...encoded.binary]).toEqual([0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0]);
  });

  it('carries nothing when told so, and gives a column without a released distribution no weight', () => {
    const encoded = encodeStays(cohort, columns, [null, identity], { carryForward: false, carriedWeight: 1 });
    expect([...encoded.continuous]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...encoded.cellWeight]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...encoded.mask]).toEqual([0, 0, 1, 0, 0, 0]);
    expect(encoded.binary[12]).toBe(0);
  });
});

describe('conditions', () => {
  const cohort = plantedCohort({ north: 200, south: 30 });

  it('are vectors of labels, statics with a column for unknown, and the hospital', () => {
    const layout = conditionLayout(plantedSchema, cohort.hospitals, [null], [identity, null], 3);
    expect(layout.width).toBe(2 + 2 + 3 + 2);
    cohort.staticsObserved[0] = 0;
    const [first] = [conditionVectors(cohort, layout, [0, 200])];
    const sex = cohort.statics[1]!;
    expect([...first.subarray(0, 9)]).toEqual([
      3 * cohort.labels[0]!,
      0,
      0,
      1,
      sex === 0 ? 1 : 0,
      sex === 1 ? 1 : 0,
      0,
      1,
      0,
    ]);
    expect([...first.subarray(16)]).toEqual([0, 1]);
    cohort.staticsObserved[0] = 1;
  });

  it('are counted jointly without cells of 1…10 stays, prevalence kept', () => {
    const variables = conditionVariables(plantedSchema, (source) =>
      Float64Array.from(source === 'length' ? [3.5] : source === 'static' ? [50, 60, 70] : []),
    );
    const rows = Array.from({ length: 200 }, (_, row) => row);
    const { levels, counts } = countConditions(cohort, variables, rows);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(11);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    let septic = 0;
    counts.forEach((count, cell) => (septic += levels[cell * variables.length] === 1 ? count : 0));
    expect(septic).toBe(rows.reduce((sum, row) => sum + cohort.labels[row]!, 0));
  });

  it('of fewer than 11 stays are not released at all', () => {
    const variables = conditionVariables(plantedSchema, () => new Float64Array(0));
    expect(countConditions(cohort, variables, [0, 1, 2]).counts).toHaveLength(0);
  });
});
