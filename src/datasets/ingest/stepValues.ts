import { sqlName } from '../../cohort/table/duckdb.js';
import type { Aggregate, Concept } from './conceptDictionary.js';
import { readingColumns } from './readings.js';

/** Where the values of a step wait, and how those of one feature become one. */
interface Summary {
  /** SQL of the rows of some features, apart from faulty values. */
  readonly rows: (features: readonly number[]) => string;
  readonly value: (feature: number) => string;
}

const longRows =
  (table: 'tallies' | 'listed') =>
  (features: readonly number[]): string =>
    `(SELECT * FROM ${table} WHERE fault = 0 AND feature IN (${features.join(', ')}))`;

/** Readings, and tallies in the same form. */
function meanRows(features: readonly number[]): string {
  const columns = features.map(readingColumns);
  const read = columns.map(({ n, total }) => `, ${n}, ${total}`).join('');
  const tallied = features.map((feature, index) => {
    const { n, total } = columns[index]!;
    return `, CASE WHEN feature = ${feature} THEN n END AS ${n}, CASE WHEN feature = ${feature} THEN total END AS ${total}`;
  });
  return `(
    SELECT stay_row, step${read} FROM readings
    UNION ALL
    SELECT stay_row, step${tallied.join('')} FROM ${longRows('tallies')(features)}
  )`;
}

const summaries: Readonly<Record<Aggregate, Summary>> = {
  mean: {
    rows: meanRows,
    value: (feature) => `sum(${readingColumns(feature).total}) / sum(${readingColumns(feature).n})`,
  },
  last: {
    rows: longRows('tallies'),
    value: (feature) => `(max(latest) FILTER (feature = ${feature})).value`,
  },
  any: {
    rows: longRows('tallies'),
    value: (feature) => `CAST(max(highest) FILTER (feature = ${feature}) <> 0 AS TINYINT)`,
  },
  median: {
    rows: longRows('listed'),
    value: (feature) => `median(value) FILTER (feature = ${feature})`,
  },
};

/**
 * SELECTs of (stay_row, step, one column a concept), which together have every concept: a row for each step with a value.
 * Concepts that were never measured are null throughout. There is one SELECT for each way of aggregation: vital signs,
 * of which the mean is taken, are in nearly every step and laboratory results in few, so that a row for both would
 * mostly be empty.
 *
 * @param measured positions of the concepts with values
 * @param within SQL condition that chooses the stays
 */
export function stepValues(
  concepts: readonly Concept[],
  measured: ReadonlySet<number>,
  within: string,
): string[] {
  return Object.entries(summaries).flatMap(([aggregate, { rows, value }]) => {
    const own = [...concepts.entries()].filter(([, concept]) => concept.aggregate === aggregate);
    if (own.length === 0) return [];
    const columns = own.map(([feature, { name, kind }]) => {
      const cell = `CAST(${measured.has(feature) ? value(feature) : 'NULL'} AS FLOAT)`;
      return `${kind === 'binary' ? `CAST(${cell} AS TINYINT)` : cell} AS ${sqlName(name)}`;
    });
    const features = own.map(([feature]) => feature).filter((feature) => measured.has(feature));
    return [
      `SELECT stay_row, step, ${columns.join(', ')}
       FROM ${features.length === 0 ? '(SELECT * FROM listed WHERE false)' : rows(features)}
       WHERE ${within}
       GROUP BY stay_row, step`,
    ];
  });
}
