import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from '../cohort/inputError.js';
import { sqlFile, sqlName, sqlText } from '../cohort/table/duckdb.js';
import { physionet2019Columns } from './physionet2019Schema.js';

/** The challenge's files of one hospital system. */
interface HospitalFiles {
  readonly hospital: 'A' | 'B';
  readonly files: readonly string[];
  readonly format: 'parquet' | 'psv';
}

async function filesOf(from: string, hospital: 'A' | 'B'): Promise<HospitalFiles> {
  const parquet = path.join(from, `set${hospital}.parquet`);
  if ((await stat(parquet).catch(() => null))?.isFile() === true)
    return { hospital, files: [parquet], format: 'parquet' };
  for (const folder of [`training_set${hospital}`, path.join('training', `training_set${hospital}`)]) {
    const names = await readdir(path.join(from, folder)).catch(() => []);
    const files = names.filter((name) => name.endsWith('.psv')).sort();
    if (files.length > 0)
      return { hospital, files: files.map((name) => path.join(from, folder, name)), format: 'psv' };
  }
  throw new InputError({
    file: from,
    expected: `set${hospital}.parquet or training_set${hospital}/*.psv`,
    found: 'neither',
    remedy:
      'Download the training sets from https://physionet.org/content/challenge-2019/1.0.0/ and name their folder.',
  });
}

/** Finds both hospital systems' files. @throws InputError naming what is missing */
export async function physionet2019Files(from: string): Promise<readonly HospitalFiles[]> {
  if ((await stat(from).catch(() => null))?.isDirectory() !== true)
    throw new InputError({
      file: from,
      expected: 'a folder with the training sets of the PhysioNet/CinC Challenge 2019',
      found: 'no folder',
      remedy: 'Download them from https://physionet.org/content/challenge-2019/1.0.0/ and name their folder.',
    });
  return [await filesOf(from, 'A'), await filesOf(from, 'B')];
}

/** SQL that reads one hospital system's hours: `hospital`, `pid` and the challenge's columns. */
export function hoursOf({ hospital, files, format }: HospitalFiles): string {
  const columns = physionet2019Columns.map(sqlName).join(', ');
  const list = `[${files.map(sqlFile).join(', ')}]`;
  if (format === 'parquet')
    return `SELECT ${sqlText(hospital)} AS hospital, pid, ${columns} FROM read_parquet(${list}, hive_partitioning = false)`;
  const types = physionet2019Columns.map((name) => `${sqlText(name)}: 'DOUBLE'`).join(', ');
  return `SELECT ${sqlText(hospital)} AS hospital, parse_filename(filename, true) AS pid, ${columns}
    FROM read_csv(${list}, auto_detect = false, delim = '|', header = true, nullstr = 'NaN', filename = true,
      hive_partitioning = false, columns = {${types}})`;
}
