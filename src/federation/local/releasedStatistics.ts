import { rowsOfHospital } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import type { ReplyOf, RequestOf } from '../messages.js';
import { featureColumns } from '../preprocessing/channels.js';
import { conditionVariables, countConditions } from '../preprocessing/conditions.js';
import { countDecimals, decimalClasses } from '../preprocessing/decimals.js';
import { binOf } from '../preprocessing/histogram.js';
import { releasedCounts } from '../preprocessing/smallCells.js';
import { eachValue, histogramVariables } from '../preprocessing/variables.js';

/** One array per hospital id among a participant's rows; a hospital has one, centralized training has all. */
function perHospital<T>(cohort: Cohort, release: (rows: readonly number[]) => T): Record<string, T> {
  return Object.fromEntries(
    cohort.hospitals.flatMap((hospital, index) => {
      const rows = rowsOfHospital(cohort, index);
      return rows.length === 0 ? [] : [[hospital, release(rows)]];
    }),
  );
}

export const releaseStays = (cohort: Cohort): ReplyOf<'countStays'> => ({
  stays: perHospital(cohort, (rows) => rows.length),
});

export function releaseDecimals(cohort: Cohort): ReplyOf<'countDecimals'> {
  const variables = histogramVariables(cohort.schema);
  return {
    decimals: perHospital(cohort, (rows) => {
      const counts = new Float64Array(variables.length * decimalClasses);
      variables.forEach((variable, v) =>
        counts.set(countDecimals(cohort, variable, rows), v * decimalClasses),
      );
      return counts;
    }),
  };
}

export function releaseBins(cohort: Cohort, { edges }: RequestOf<'countBins'>): ReplyOf<'countBins'> {
  const variables = histogramVariables(cohort.schema);
  return {
    bins: perHospital(cohort, (rows) =>
      variables.map((variable, v) => {
        const grid = edges[v]!;
        let size = 0;
        eachValue(cohort, variable, rows, () => size++);
        const bins = new Int32Array(size);
        const stays = new Uint32Array(size);
        let i = 0;
        eachValue(cohort, variable, rows, (value, row) => {
          bins[i] = binOf(grid, value);
          stays[i++] = row;
        });
        return releasedCounts(bins, stays, grid.length - 1);
      }),
    ),
  };
}

export function releaseConditions(
  cohort: Cohort,
  { innerEdges }: RequestOf<'countConditions'>,
): ReplyOf<'countConditions'> {
  const continuous = histogramVariables(cohort.schema).filter((variable) => variable.source !== 'feature');
  const variables = conditionVariables(
    cohort.schema,
    (source, index) =>
      innerEdges[continuous.findIndex((variable) => variable.source === source && variable.index === index)]!,
  );
  return {
    cells: perHospital(cohort, (rows) => {
      const { levels, counts } = countConditions(cohort, variables, rows);
      return { levels, counts };
    }),
  };
}

export function releaseObserved(cohort: Cohort): ReplyOf<'countObserved'> {
  const { steps, features } = cohort.schema;
  const columns = featureColumns(cohort.schema);
  return {
    observed: perHospital(cohort, (rows) => {
      /** Released counts per step of the cells of which `test` holds. */
      const perStep = (test: (row: number, t: number) => boolean): Float64Array => {
        const hours: number[] = [];
        const stays: number[] = [];
        for (const row of rows)
          for (let t = 0; t < cohort.length[row]!; t++)
            if (test(row, t)) {
              hours.push(t);
              stays.push(row);
            }
        return releasedCounts(Int32Array.from(hours), Uint32Array.from(stays), steps);
      };
      const observed = new Float64Array(steps * features.length);
      const cellOf = (row: number, t: number, feature: number): number =>
        (row * steps + t) * features.length + feature;
      features.forEach((_, f) =>
        perStep((row, t) => cohort.observed[cellOf(row, t, f)] === 1).forEach(
          (count, t) => (observed[t * features.length + f] = count),
        ),
      );
      const ones = Float64Array.from(columns.binary, ({ feature, level }) =>
        perStep((row, t) => {
          const cell = cellOf(row, t, feature);
          return cohort.observed[cell] === 1 && cohort.values[cell] === (level ?? 1);
        }).reduce((sum, count) => sum + count, 0),
      );
      return { steps: perStep(() => true), observed, ones };
    }),
  };
}
