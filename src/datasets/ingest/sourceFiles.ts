import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from '../../cohort/inputError.js';
import type { SourceTable } from './adapter.js';

/** The file (or, for MEDS, the files) of a source that hold a table. */
export interface SourceFile {
  readonly paths: readonly string[];
  readonly format: 'csv' | 'csv.gz' | 'parquet';
}

const endings = ['csv.gz', 'csv', 'parquet'] as const;

async function listing(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** @throws InputError when the folder to read from is missing */
export async function requireSourceFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new InputError({
      file: folder,
      place: '--from',
      expected: 'the folder that holds the source tables',
      found: found === null ? 'nothing of that name' : 'a file',
      remedy: 'Name the folder as unpacked from PhysioNet.',
    });
}

async function namedFile(file: string): Promise<SourceFile | null> {
  const format = endings.find((ending) => file.toLowerCase().endsWith(`.${ending}`));
  if (format === undefined)
    throw new InputError({
      file,
      expected: 'a file that ends in .csv, .csv.gz or .parquet',
      found: 'another ending',
      remedy: 'Convert the file, or name another one in the mapping.',
    });
  return (await stat(file).catch(() => null))?.isFile() === true ? { paths: [file], format } : null;
}

async function everyParquet(from: string): Promise<SourceFile | null> {
  for (const folder of [path.join(from, 'data'), from]) {
    const names = await readdir(folder, { recursive: folder !== from }).catch(() => []);
    const paths = names.filter((name) => name.endsWith('.parquet')).sort();
    if (paths.length > 0) return { paths: paths.map((name) => path.join(folder, name)), format: 'parquet' };
  }
  return null;
}

/**
 * The file of a table: `<table>.csv.gz`, `.csv` or `.parquet` without regard to case, in the release's subfolder or in
 * the folder itself. When the plain name is absent and exactly one `<table>.<anything>.<ending>` is there, that is
 * taken and noted (the public demos have `lab.subset100patients.csv.gz`).
 *
 * @throws InputError when several files would do
 */
export async function findSourceFile(
  from: string,
  table: SourceTable,
  note: (text: string) => void,
): Promise<SourceFile | null> {
  if (table.everyParquet === true) return everyParquet(from);
  if (table.file !== undefined) return namedFile(path.join(from, table.file));
  const folders = table.folder === undefined ? [from] : [path.join(from, table.folder), from];
  for (const folder of folders) {
    const names = await listing(folder);
    const matching = (test: (name: string, ending: string) => boolean): SourceFile[] =>
      names.flatMap((name) => {
        const format = endings.find((ending) => test(name.toLowerCase(), ending));
        return format === undefined ? [] : [{ paths: [path.join(folder, name)], format }];
      });
    const plain = matching((name, ending) => name === `${table.name}.${ending}`);
    const found =
      plain.length > 0
        ? plain
        : matching((name, ending) => name.startsWith(`${table.name}.`) && name.endsWith(`.${ending}`));
    if (found.length > 1)
      throw new InputError({
        file: folder,
        place: `table ${table.name}`,
        expected: 'one file',
        found: found.map((file) => path.basename(file.paths[0]!)).join(' and '),
        remedy: 'Keep one of them.',
      });
    if (found.length === 1) {
      if (plain.length === 0)
        note(
          `table ${table.name}: read from ${path.basename(found[0]!.paths[0]!)}, which may be only a part of it`,
        );
      return found[0]!;
    }
  }
  return null;
}

/** @throws InputError that names the file which is not there */
export function missingTable(from: string, table: SourceTable): InputError {
  const place = table.folder === undefined ? '' : `${table.folder}/`;
  const { name } = table;
  const expected =
    table.file ??
    (table.everyParquet === true
      ? 'Parquet files, in the folder or in its subfolder data'
      : `${place}${name}.csv.gz, .csv or .parquet (upper or lower case)`);
  return new InputError({
    file: from,
    place: `table ${name}`,
    expected,
    found: 'no such file',
    remedy: 'Copy the table into the folder, or name the right folder with --from.',
  });
}
