import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import { sqlFile, sqlName, sqlText } from '../../cohort/table/duckdb.js';
import { firstCsvCells, requireDifferentNames } from '../../cohort/table/csvHeader.js';
import type { SourceTable } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import type { SourceFile } from './sourceFiles.js';

function sameName(names: readonly string[], wanted: string, file: string): string | undefined {
  if (names.includes(wanted)) return wanted;
  const matching = names.filter((name) => name.toLowerCase() === wanted.toLowerCase());
  if (matching.length > 1)
    throw new InputError({
      file,
      place: `column ${wanted}`,
      expected: 'one column of that name, upper or lower case',
      found: matching.join(' and '),
      remedy: 'Rename or remove one of them.',
    });
  return matching[0];
}

function delimiterOf(names: readonly string[]): string | null {
  const only = names.length === 1 ? names[0]! : '';
  return [';', '\t', '|'].find((one) => only.includes(one)) ?? null;
}

/** A first line with hardly any of the names may be a patient's row: it is refused without being quoted. */
function requireHeader(table: SourceTable, names: readonly string[], file: string): void {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const wanted = Object.entries(table.columns).map(([column]) => [
    column,
    ...(table.aliases?.[column] ?? []),
  ]);
  const known = wanted.filter((spellings) => spellings.some((name) => lower.has(name.toLowerCase())));
  if (known.length * 2 < wanted.length)
    throw new InputError({
      file,
      place: 'line 1',
      expected: `a header line with the columns ${Object.keys(table.columns).join(', ')}`,
      found: 'a line without most of these names',
      remedy: 'Write the file with the header line that its publisher gives it.',
    });
  requireDifferentNames(names, file);
}

/** Which column of a file serves each column of a table; null where an absent one is read as null. */
function matchColumns(
  table: SourceTable,
  names: readonly string[],
  file: string,
): ReadonlyMap<string, string | null> {
  const delimiter = delimiterOf(names);
  if (delimiter !== null)
    throw new InputError({
      file,
      place: 'line 1',
      expected: `columns separated by commas: ${Object.keys(table.columns).join(', ')}`,
      found: `one column with ${delimiter === '\t' ? 'tabs' : `'${delimiter}'`} in it`,
      remedy: 'Write the file again with commas, as the publisher ships it.',
    });
  requireHeader(table, names, file);
  return new Map(
    Object.keys(table.columns).map((column) => {
      const spellings = [column, ...(table.aliases?.[column] ?? [])];
      for (const spelling of spellings) {
        const found = sameName(names, spelling, file);
        if (found !== undefined) return [column, found];
      }
      if (table.absentAsNull?.includes(column) === true) return [column, null];
      throw new InputError({
        file,
        place: `table ${table.name}`,
        expected: `a column ${spellings.join(' or ')}`,
        found: `none among ${names.length} columns`,
        remedy: didYouMean(column, names),
      });
    }),
  );
}

/** SQL of a file as a table of the wanted columns only. */
async function reading(database: IngestDatabase, table: SourceTable, file: SourceFile): Promise<string> {
  const first = file.paths[0]!;
  if (file.format === 'parquet') {
    const source = `read_parquet([${file.paths.map(sqlFile).join(', ')}], hive_partitioning = false, union_by_name = true)`;
    const names = (await database.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${source})`)).map(
      ([name]) => String(name),
    );
    const cells = [...matchColumns(table, names, first)].map(([column, name]) => {
      const type = table.columns[column]!;
      return `CAST(${name === null ? 'NULL' : sqlName(name)} AS ${type}) AS ${sqlName(column)}`;
    });
    return `SELECT ${cells.join(', ')} FROM ${source}`;
  }
  const header = await firstCsvCells(first, file.format === 'csv.gz');
  const matched = matchColumns(table, header, first);
  const typeOf = new Map([...matched].map(([column, name]) => [name, table.columns[column]!]));
  const types = header.map((name) => `${sqlText(name)}: '${typeOf.get(name) ?? 'VARCHAR'}'`);
  const cells = [...matched].map(
    ([column, name]) =>
      `${name === null ? `CAST(NULL AS ${table.columns[column]!})` : sqlName(name)} AS ${sqlName(column)}`,
  );
  return `SELECT ${cells.join(', ')} FROM read_csv(${sqlFile(first)}, auto_detect = false, delim = ',', quote = '"',
    escape = '"', header = true, nullstr = '', hive_partitioning = false, columns = {${types.join(', ')}},
    compression = ${file.format === 'csv.gz' ? "'gzip'" : "'none'"})`;
}

/**
 * Creates the view `source.<table>` with the columns that the adapter declares, typed; an absent optional table
 * becomes an empty one.
 *
 * @throws InputError on columns that are missing or ambiguous and on a wrong delimiter
 */
export async function createSourceView(
  database: IngestDatabase,
  table: SourceTable,
  file: SourceFile | null,
): Promise<void> {
  const name = sqlName(table.name);
  if (file !== null) {
    await database.run(`CREATE VIEW source.${name} AS ${await reading(database, table, file)}`);
    return;
  }
  const cells = Object.entries(table.columns).map(
    ([column, type]) => `CAST(NULL AS ${type}) AS ${sqlName(column)}`,
  );
  await database.run(`CREATE VIEW source.${name} AS SELECT ${cells.join(', ')} WHERE false`);
}
