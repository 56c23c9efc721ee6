import { InputError } from '../../cohort/inputError.js';
import { rowsOfHospital } from '../../cohort/select.js';
import { SMALLEST_CELL } from '../../cohort/suppression.js';
import type { Cohort } from '../../cohort/types.js';
import type { ReplyOf, RequestOf } from '../messages.js';
import { featureColumns } from '../preprocessing/channels.js';
import { conditionVariables, countConditions } from '../preprocessing/conditions.js';
import { countDecimals, decimalClasses } from '../preprocessing/decimals.js';
import { clampedBinOf } from '../preprocessing/histogram.js';
import { releasedPerStep, spreadCounts, stayGroups, type Block } from '../preprocessing/stayGroups.js';
import { eachValue, histogramVariables } from '../preprocessing/variables.js';

/** One array per hospital id among a participant's rows; a hospital has one, centralized training has all. */
function perHospital<T>(
  cohort: Cohort,
  release: (rows: readonly number[], hospital: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    cohort.hospitals.flatMap((hospital, index) => {
      const rows = rowsOfHospital(cohort, index);
      return rows.length === 0 ? [] : [[hospital, release(rows, hospital)]];
    }),
  );
}

/** @throws InputError when a hospital has fewer than 11 training stays: their number is not released */
export const releaseStays = (cohort: Cohort): ReplyOf<'countStays'> => ({
  stays: perHospital(cohort, (rows, hospital) => {
    if (rows.length < SMALLEST_CELL)
      throw new InputError({
        expected: `at least ${SMALLEST_CELL} training stays in every hospital`,
        found: `fewer in hospital ${hospital}`,
        remedy:
          'Leave the hospital out, merge it with another one, or give it a larger share of the training part: counts of so few stays are not released.',
      });
    return rows.length;
  }),
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

/** The ends of a released group as values, so that it can be found again on the next grid. */
type GroupEnds = Readonly<Record<keyof Block, number>>;

const everything: GroupEnds = { from: -Infinity, to: Infinity, first: -Infinity, last: Infinity };

/** Bins of an earlier group's placement on a new grid; an error when the grid lacks one of its ends. */
function placementOn(edges: Float64Array, { first, last }: GroupEnds): Block {
  const at = (edge: number): number => {
    const found = edges.indexOf(edge);
    if (found < 0)
      throw new RangeError('a grid must keep the ends of the groups that were released on the one before it');
    return found;
  };
  const low = first === -Infinity ? 0 : at(first);
  const high = (last === Infinity ? edges.length - 1 : at(last)) - 1;
  return { from: low, to: high, first: low, last: high };
}

/**
 * The histograms of one participant, on one grid after the other. It remembers what it released: groups on a new grid divide
 * those on the grid before, or the request is refused, so that answers cannot be subtracted from each other.
 */
export function binReleases(cohort: Cohort): (request: RequestOf<'countBins'>) => ReplyOf<'countBins'> {
  const variables = histogramVariables(cohort.schema);
  const released = new Map<string, readonly GroupEnds[]>();
  return ({ edges }) => ({
    bins: perHospital(cohort, (rows, hospital) =>
      variables.map((variable, v) => {
        const grid = edges[v]!;
        let size = 0;
        eachValue(cohort, variable, rows, () => size++);
        const bins = new Int32Array(size);
        const stays = new Uint32Array(size);
        const key = JSON.stringify([hospital, v]);
        const before = released.get(key) ?? [everything];
        const blocks = before.map((ends) => placementOn(grid, ends));
        let i = 0;
        eachValue(cohort, variable, rows, (value, row) => {
          const { first, last } = blocks[before.findIndex(({ to }) => value <= to)]!;
          bins[i] = Math.min(Math.max(clampedBinOf(grid, value), first), last);
          stays[i++] = row;
        });
        const groups = stayGroups(bins, stays, grid.length - 1, blocks);
        if (groups.length > 0)
          released.set(
            key,
            groups.map((group) => ({
              from: before[blocks.findIndex(({ from }) => from === group.from)]?.from ?? grid[group.from]!,
              to: before[blocks.findIndex(({ to }) => to === group.to)]?.to ?? grid[group.to + 1]!,
              first: grid[group.first]!,
              last: grid[group.last + 1]!,
            })),
          );
        return spreadCounts(groups, grid.length - 1);
      }),
    ),
  });
}

/**
 * @param noise adds noise to one hospital's counts, after small cells are merged; which cells there are carries none
 */
export function releaseConditions(
  cohort: Cohort,
  { innerEdges }: RequestOf<'countConditions'>,
  noise: (counts: Float64Array, hospital: string) => Float64Array = (counts) => counts,
): ReplyOf<'countConditions'> {
  const continuous = histogramVariables(cohort.schema).filter((variable) => variable.source !== 'feature');
  const variables = conditionVariables(
    cohort.schema,
    (source, index) =>
      innerEdges[continuous.findIndex((variable) => variable.source === source && variable.index === index)]!,
  );
  return {
    cells: perHospital(cohort, (rows, hospital) => {
      const { levels, counts } = countConditions(cohort, variables, rows);
      return { levels, counts: noise(counts, hospital) };
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
        return releasedPerStep(Int32Array.from(hours), Uint32Array.from(stays), steps);
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
