import { sqlName } from '../../cohort/table/duckdb.js';
import type { Aggregate, Concept } from './conceptDictionary.js';

/** Where the values of a step wait, and how those of one feature become one. */
interface Summary {
  readonly table: 'tallies' | 'listed';
  /** @param one the SQL filter for the rows of a feature */
  readonly value: (one: string) => string;
}

const summaries: Readonly<Record<Aggregate, Summary>> = {
  mean: { table: 'tallies', value: (one) => `sum(total) ${one} / sum(n) ${one}` },
  last: { table: 'tallies', value: (one) => `(max(latest) ${one}).value` },
  any: { table: 'tallies', value: (one) => `CAST(max(highest) ${one} <> 0 AS TINYINT)` },
  median: { table: 'listed', value: (one) => `median(value) ${one}` },
};

/**
 * SELECTs of (stay_row, step, one column a concept), which together have every concept: a row for each step with a value.
 * Concepts that were never measured are null throughout. There is one SELECT for each way of aggregation. Vital signs, of which the mean is taken, are in nearly every step, and
 * laboratory results in few, so a row for both would mostly be empty.
 *
 * @param measured positions of the concepts with values
 * @param within SQL condition that chooses the stays
 */
export function stepValues(
  concepts: readonly Concept[],
  measured: ReadonlySet<number>,
  within: string,
): string[] {
  return Object.entries(summaries).flatMap(([aggregate, { table, value }]) => {
    const own = [...concepts.entries()].filter(([, concept]) => concept.aggregate === aggregate);
    if (own.length === 0) return [];
    const columns = own.map(([feature, { name, kind }]) => {
      const cell = measured.has(feature)
        ? `CAST(${value(`FILTER (feature = ${feature})`)} AS FLOAT)`
        : 'CAST(NULL AS FLOAT)';
      return `${kind === 'binary' ? `CAST(${cell} AS TINYINT)` : cell} AS ${sqlName(name)}`;
    });
    return [
      `SELECT stay_row, step, ${columns.join(', ')}
       FROM ${table}
       WHERE fault = 0 AND feature IN (${own.map(([feature]) => feature).join(', ')}) AND ${within}
       GROUP BY stay_row, step`,
    ];
  });
}
