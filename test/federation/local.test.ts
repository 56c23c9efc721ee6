import { describe, expect, it } from 'vitest';
import { residualSums } from '../../src/federation/local/latentStatistics.js';
import { releaseStays } from '../../src/federation/local/releasedStatistics.js';
import { StepDivergence } from '../../src/federation/local/stepDivergence.js';
import { ActiveUnits } from '../../src/federation/local/tcvaeEpochs.js';
import { countDecimals } from '../../src/federation/preprocessing/decimals.js';
import { histogramVariables } from '../../src/federation/preprocessing/variables.js';
import { plantedCohort } from '../trainers/plantedCohort.js';

describe('the hospital itself', () => {
  it('refuses to count fewer than 11 stays, naming itself and the minimum but not the count', () => {
    expect(() => releaseStays(plantedCohort({ south: 7 }))).toThrow(
      /^expected at least 11 training stays in every hospital, found fewer in hospital south\. [^7]*$/,
    );
    expect(releaseStays(plantedCohort({ south: 11 }))).toEqual({ stays: { south: 11 } });
  });

  it('counts decimals by stays: ten stays with many values do not show how they write them', () => {
    const cohort = plantedCohort({ south: 60 });
    const { steps, features } = cohort.schema;
    const rows = Array.from({ length: 60 }, (_, row) => row);
    const before = countDecimals(cohort, histogramVariables(cohort.schema)[0]!, rows);
    for (let row = 0; row < 10; row++)
      for (let t = 0; t < steps; t++) {
        const cell = (row * steps + t) * features.length;
        if (cohort.observed[cell] === 1) cohort.values[cell] = 80.25;
      }
    expect(countDecimals(cohort, histogramVariables(cohort.schema)[0]!, rows)).toEqual(before);
  });

  it('sums residuals of a column only where 50 stays observed it, however many cells one stay has', () => {
    const size = 60;
    const perStay = 20;
    const rows = size * perStay;
    const seen = (stays: number): Float32Array =>
      Float32Array.from({ length: rows * 2 }, (_, at) => (at % 2 === 0 || at < stays * perStay * 2 ? 1 : 0));
    const sums = (stays: number) =>
      residualSums(
        {
          rows,
          firstRow: Uint32Array.from({ length: size + 1 }, (_, stay) => stay * perStay),
          binary: new Float32Array(0),
          continuous: new Float32Array(rows * 2).fill(1),
          cellWeight: seen(stays),
          mask: seen(stays),
        },
        new Float32Array(rows * 2),
      )!;
    expect([...sums(49).cells]).toEqual([1200, 0]);
    expect([...sums(49).laterSquares]).toEqual([1140, 0]);
    expect([...sums(50).squares]).toEqual([1200, 1000]);
  });

  it('counts active units over all steps that were added', () => {
    const active = new ActiveUnits(2);
    active.add(Float32Array.of(1, 0, 9, 9), Float32Array.of(1, 0));
    expect(active.count()).toBe(0);
    active.add(Float32Array.of(-1, 0, 9, 9), Float32Array.of(1, 0));
    expect(active.count()).toBe(1);
  });

  it('sums the divergence per step over stays, and withholds steps that fewer than 50 reach', () => {
    const divergence = new StepDivergence(2);
    const mask = (second: number): Float32Array =>
      Float32Array.from({ length: 60 }, (_, i) => (i < 30 || i < 30 + second ? 1 : 0));
    divergence.add(Float32Array.of(1, 4), mask(30));
    divergence.add(Float32Array.of(3, 8), mask(19));
    expect(divergence.released()).toEqual({ stays: Float64Array.of(60, 0), sums: Float64Array.of(120, 0) });
    divergence.add(Float32Array.of(0, 1), mask(1));
    expect(divergence.released()).toEqual({
      stays: Float64Array.of(90, 50),
      sums: Float64Array.of(120, 273),
    });
  });
});
