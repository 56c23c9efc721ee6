import { describe, expect, it } from 'vitest';
import type { TrainingStep } from '../../src/engine/contract.js';
import { BatchSeries } from '../../src/federation/local/batchSeries.js';
import { MeanMonitors } from '../../src/federation/local/meanMonitors.js';
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
    const seen = (stays: number): Uint8Array =>
      Uint8Array.from({ length: rows * 2 }, (_, at) => (at % 2 === 0 || at < stays * perStay * 2 ? 1 : 0));
    const sums = (stays: number) =>
      residualSums(
        {
          rows,
          firstRow: Uint32Array.from({ length: size + 1 }, (_, stay) => stay * perStay),
          binary: new Uint8Array(0),
          continuous: new Float32Array(rows * 2).fill(1),
          cellWeight: Float32Array.from(seen(stays)),
          mask: seen(stays),
        },
        new Float32Array(rows * 2),
      )!;
    expect([...sums(49).cells]).toEqual([1200, 0]);
    expect([...sums(49).laterSquares]).toEqual([1140, 0]);
    expect([...sums(50).squares]).toEqual([1200, 1000]);
  });

  it.each([1, 3, 15, 16, 17, 40])(
    'hands %i batches to the engine in their order, with their weights',
    async (count) => {
      const seen: number[] = [];
      const lengths: number[] = [];
      const training = {
        runSeries: ({ x, none }, learningRate, batches) => {
          expect([x!.length, none!.length, learningRate]).toEqual([2 * batches, 0, 0.5]);
          lengths.push(batches);
          seen.push(...x!);
          return Promise.resolve({ loss: x!.filter((_, i) => i % 2 === 0) });
        },
      } satisfies Pick<TrainingStep, 'runSeries'>;
      const series = new BatchSeries(training, { x: 2, none: 0 });
      const monitors = new MeanMonitors();
      for (let at = 0; at < count; at++) {
        series.next(at + 1).x.set([at, -at]);
        if (series.full) await series.train(0.5, monitors);
      }
      await series.train(0.5, monitors);
      await series.train(0.5, monitors);
      expect(seen).toEqual(Array.from({ length: count }, (_, at) => [at, -at]).flat());
      expect(Math.max(...lengths)).toBe(Math.min(count, 16));
      const weights = Array.from({ length: count }, (_, at) => at + 1);
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      expect(monitors.means()['loss']).toBeCloseTo(
        sum(weights.map((weight, at) => weight * at)) / sum(weights),
        12,
      );
    },
  );

  it('holds one batch where a batch is large, and refuses one more than it holds', async () => {
    const training = { runSeries: () => Promise.resolve({}) };
    const large = new BatchSeries(training, { x: 3_000_000 });
    expect(large.full).toBe(false);
    large.next(1);
    expect(large.full).toBe(true);
    expect(() => large.next(1)).toThrow('full');
    await large.train(1, new MeanMonitors());
    expect(large.full).toBe(false);
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
