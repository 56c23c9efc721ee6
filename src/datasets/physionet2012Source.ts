import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from '../cohort/inputError.js';
import { sqlFile } from '../cohort/table/duckdb.js';
import { physionet2012Page } from './physionet2012Notice.js';

/** The challenge's files of one set. */
export interface ChallengeSet {
  readonly records: readonly string[];
  readonly format: 'parquet' | 'txt';
  readonly outcomes: string;
}

const isFile = async (file: string): Promise<boolean> =>
  (await stat(file).catch(() => null))?.isFile() === true;

async function setFiles(from: string, set: 'a' | 'b'): Promise<ChallengeSet | null> {
  const outcomes = path.join(from, `Outcomes-${set}.txt`);
  const parquet = path.join(from, `set-${set}.parquet`);
  const names = (await readdir(path.join(from, `set-${set}`)).catch(() => []))
    .filter((name) => /^\d+\.txt$/.test(name))
    .sort();
  const found = (await isFile(parquet)) || names.length > 0;
  if (!found) return null;
  if (!(await isFile(outcomes)))
    throw new InputError({
      file: outcomes,
      expected: `the outcomes of set ${set}`,
      found: 'no such file',
      remedy: `Download it from ${physionet2012Page}.`,
    });
  return (await isFile(parquet))
    ? { records: [parquet], format: 'parquet', outcomes }
    : { records: names.map((name) => path.join(from, `set-${set}`, name)), format: 'txt', outcomes };
}

/**
 * Finds the sets a and b, or one of them: `set-a.parquet` or the original folder `set-a` of .txt records, with
 * `Outcomes-a.txt`. (The outcomes of set c came later and under other names; it is not read.)
 *
 * @throws InputError naming what is missing
 */
export async function physionet2012Files(from: string): Promise<readonly ChallengeSet[]> {
  const sets = [await setFiles(from, 'a'), await setFiles(from, 'b')].filter((set) => set !== null);
  if (sets.length === 0)
    throw new InputError({
      file: from,
      expected: 'set-a and set-b of the PhysioNet/CinC Challenge 2012 (folders of .txt, or .parquet)',
      found: 'neither',
      remedy: `Download them from ${physionet2012Page} and name their folder.`,
    });
  return sets;
}

const csv = "delim = ',', quote = '\"', header = true, auto_detect = false, hive_partitioning = false";

/** SQL of all entries: RecordID, Time, Parameter, Value. */
export function chartedOf({ records, format }: ChallengeSet): string {
  const files = `[${records.map(sqlFile).join(', ')}]`;
  if (format === 'parquet')
    return `SELECT CAST(RecordID AS INTEGER) AS RecordID, Time, Parameter, CAST(Value AS DOUBLE) AS Value
      FROM read_parquet(${files}, hive_partitioning = false)`;
  return `SELECT CAST(parse_filename(filename, true) AS INTEGER) AS RecordID, Time, Parameter, Value
    FROM read_csv(${files}, ${csv}, filename = true, columns = {'Time': 'VARCHAR', 'Parameter': 'VARCHAR', 'Value': 'DOUBLE'})`;
}

/** SQL of the outcomes: RecordID, died (null where the challenge writes −1). */
export function outcomesOf({ outcomes }: ChallengeSet): string {
  return `SELECT RecordID, CASE WHEN died IN (0, 1) THEN died END AS died FROM read_csv(${sqlFile(outcomes)}, ${csv}, columns = {
    'RecordID': 'INTEGER', 'SAPS-I': 'INTEGER', 'SOFA': 'INTEGER', 'Length_of_stay': 'INTEGER', 'Survival': 'INTEGER',
    'died': 'INTEGER'})`;
}
