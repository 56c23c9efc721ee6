import { sqlName, sqlText } from '../../cohort/table/duckdb.js';
import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import type { Variable } from '../../cohort/types.js';
import type { IngestAdapter } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { bracketed } from './sqlFile.js';

/** @throws InputError on a label that the source does not support */
export function requireLabels(adapter: IngestAdapter, labels: readonly string[]): void {
  const known = Object.keys(adapter.labels);
  const unknown = labels.find((name) => adapter.labels[name] === undefined);
  if (unknown !== undefined)
    throw new InputError({
      place: '--label',
      expected: `a label that ${adapter.id} supports: ${known.join(', ')}`,
      found: `'${unknown}'`,
      remedy: didYouMean(unknown, known),
    });
}

/** Binary labels of the cohort, in the order asked for. */
export function labelVariables(labels: readonly string[]): Variable[] {
  return labels.map((name) => ({ name, kind: 'binary' }));
}

/** Creates `labels`: one row a stay, one column a label; a stay that the definition does not list has 0. */
export async function attachLabels(
  database: IngestDatabase,
  adapter: IngestAdapter,
  labels: readonly string[],
): Promise<void> {
  const columns: string[] = [];
  const joins: string[] = [];
  for (const [index, name] of labels.entries()) {
    const query = bracketed(await adapter.sql(adapter.labels[name]!.sql));
    columns.push(`, CASE WHEN l${index}.stay IS NULL THEN 0 ELSE l${index}.value END AS ${sqlName(name)}`);
    joins.push(`LEFT JOIN (SELECT * FROM ${query} q) l${index} ON l${index}.stay = s.stay`);
  }
  await database.run(
    `CREATE TABLE labels AS SELECT s.stay_row${columns.join('')} FROM stays s ${joins.join(' ')}`,
  );
}

/**
 * Makes statics of `stays` null where they are outside their plausible range or none of their levels.
 *
 * @returns how many were outside their range, by name
 */
export async function boundStatics(
  database: IngestDatabase,
  statics: readonly Variable[],
): Promise<Record<string, number>> {
  const outside: Record<string, number> = {};
  for (const { name, range, levels } of statics) {
    const cell = sqlName(name);
    if (levels !== undefined)
      await database.run(
        `UPDATE stays SET ${cell} = NULL WHERE ${cell} NOT IN (${levels.map(sqlText).join(', ')})`,
      );
    if (range === undefined) continue;
    const wrong = `${cell} IS NOT NULL AND NOT (${cell} BETWEEN ${range[0]} AND ${range[1]})`;
    const count = await database.count(`SELECT count(*) FROM stays WHERE ${wrong}`);
    if (count === 0) continue;
    outside[name] = count;
    await database.run(`UPDATE stays SET ${cell} = NULL WHERE ${wrong}`);
  }
  return outside;
}
