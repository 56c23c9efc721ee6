import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';
import {
  Bool,
  Dictionary,
  Float64,
  Int32,
  Int64,
  Table,
  Utf8,
  tableToIPC,
  vectorFromArray,
  type DataType,
  type Vector,
} from 'apache-arrow';

import { formatCohortFile } from '../../src/cohort/cohortFile.js';
import type { Cohort, Variable } from '../../src/cohort/types.js';

type Cell = string | number | boolean | null;

/** A table as a foreign tool would hold it. */
export interface PlainTable {
  readonly columns: readonly { readonly name: string; readonly variable: Variable | null }[];
  readonly rows: readonly (readonly Cell[])[];
}

function cellOf(variable: Variable, value: number, observed: number): Cell {
  if (observed === 0) return null;
  return variable.kind === 'categorical' ? (variable.levels ?? [])[value]! : value;
}

/** Both tables of a cohort; dynamic rows come in reverse order and hold every step. */
function plainTables(cohort: Cohort): { dynamic: PlainTable; static: PlainTable } {
  const { features, statics, labels, steps } = cohort.schema;
  const ids = ['patient_id', 'hospital_id'].map((name) => ({ name, variable: null }));
  const named = (variables: readonly Variable[]): { name: string; variable: Variable }[] =>
    variables.map((variable) => ({ name: variable.name, variable }));
  const dynamic: Cell[][] = [];
  const still: Cell[][] = [];
  for (let stay = 0; stay < cohort.size; stay++) {
    const id = [cohort.patients[stay]!, cohort.hospitals[cohort.hospital[stay]!]!];
    for (let t = 0; t < cohort.length[stay]!; t++) {
      const at = (stay * steps + t) * features.length;
      dynamic.push([
        ...id,
        t,
        ...features.map((one, index) =>
          cellOf(one, cohort.values[at + index]!, cohort.observed[at + index]!),
        ),
      ]);
    }
    const at = stay * statics.length;
    const label = stay * labels.length;
    still.push([
      ...id,
      ...statics.map((one, index) =>
        cellOf(one, cohort.statics[at + index]!, cohort.staticsObserved[at + index]!),
      ),
      ...labels.map((one, index) =>
        cellOf(one, cohort.labels[label + index]!, cohort.labelsObserved[label + index]!),
      ),
    ]);
  }
  return {
    dynamic: {
      columns: [...ids, { name: 't', variable: null }, ...named(features)],
      rows: dynamic.reverse(),
    },
    static: { columns: [...ids, ...named(statics), ...named(labels)], rows: still },
  };
}

function toCsv(table: PlainTable): string {
  const quoted = (cell: Cell): string => {
    if (cell === null) return '';
    const text = String(cell);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [table.columns.map(({ name }) => name), ...table.rows].map((row) =>
    row.map(quoted).join(','),
  );
  return `${lines.join('\r\n')}\r\n`;
}

/** Types that differ from ours wherever other tools write others: 64-bit steps, doubles, booleans, dictionaries. */
function toArrow(table: PlainTable): Uint8Array {
  const types: Record<string, () => DataType> = {
    continuous: () => new Float64(),
    binary: () => new Bool(),
    categorical: () => new Dictionary(new Utf8(), new Int32()),
  };
  const columns = table.columns.map(({ name, variable }, index): [string, Vector] => {
    const cells = table.rows.map((row) => row[index] ?? null);
    if (name === 't')
      return [
        name,
        vectorFromArray(
          cells.map((cell) => BigInt(Number(cell))),
          new Int64(),
        ),
      ];
    if (variable === null) return [name, vectorFromArray(cells, new Utf8())];
    const values =
      variable.kind === 'binary' ? cells.map((cell) => (cell === null ? null : cell === 1)) : cells;
    return [name, vectorFromArray(values, types[variable.kind]!())];
  });
  const named: Record<string, Vector> = Object.fromEntries(columns);
  return tableToIPC(new Table(named), 'file');
}

async function toParquet(table: PlainTable, file: string): Promise<void> {
  const types: Record<string, string> = { continuous: 'DOUBLE', binary: 'BOOLEAN', categorical: 'VARCHAR' };
  const csv = `${file}.csv`;
  await writeFile(csv, toCsv(table));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const quote = (text: string, mark: string): string => mark + text.replaceAll(mark, mark + mark) + mark;
  const names = table.columns.map(({ name }) => `${quote(name, "'")}: 'VARCHAR'`).join(', ');
  const selected = table.columns
    .map(({ name, variable }) => {
      const type = name === 't' ? 'BIGINT' : variable === null ? 'VARCHAR' : types[variable.kind]!;
      return `CAST(${quote(name, '"')} AS ${type}) AS ${quote(name, '"')}`;
    })
    .reverse();
  await connection.run(
    `COPY (SELECT ${selected.join(', ')} FROM read_csv(${quote(csv, "'")}, auto_detect = false, delim = ',', quote = '"',
     escape = '"', header = true, columns = {${names}})) TO ${quote(file, "'")} (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

export type OtherFormat = '.csv' | '.csv.gz' | '.arrow' | '.parquet';

/** Writes a cohort folder the way other tools would. */
export async function writeElsewhere(cohort: Cohort, root: string, format: OtherFormat): Promise<string> {
  const folder = path.join(root, `elsewhere${format}`);
  await mkdir(folder);
  await writeFile(path.join(folder, 'cohort.json'), formatCohortFile({ schema: cohort.schema, files: {} }));
  for (const [stem, table] of Object.entries(plainTables(cohort))) {
    const file = path.join(folder, stem + format);
    if (format === '.parquet') {
      await toParquet(table, path.join(root, 'table.parquet'));
      await rename(path.join(root, 'table.parquet'), file);
    } else if (format === '.arrow') await writeFile(file, toArrow(table));
    else await writeFile(file, format === '.csv' ? toCsv(table) : gzipSync(toCsv(table)));
  }
  return folder;
}
