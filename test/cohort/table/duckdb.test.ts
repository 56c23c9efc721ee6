import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDatabase, sqlFile, sqlName, sqlText } from '../../../src/cohort/table/duckdb.js';

describe('openDatabase', () => {
  it('reaches the named file and nothing else, for good', async () => {
    const root = await mkdtemp(path.join(tmpdir(), "fedehr-duckdb'-"));
    const [named, other] = [path.join(root, 'named.csv'), path.join(root, 'other.csv')];
    await writeFile(named, 'a\n1\n');
    await writeFile(other, 'a\n2\n');
    const database = await openDatabase({ files: [named] });
    const read = (file: string): Promise<unknown> =>
      database.connection
        .runAndReadAll(`SELECT * FROM read_csv(${sqlFile(file)}, all_varchar = true)`)
        .then((rows) => rows.getRows());
    expect(await read(named)).toEqual([['1']]);
    await expect(read(other)).rejects.toThrow(/disabled by configuration/);
    for (const sql of [
      "SELECT * FROM read_csv('https://example.com/a.csv')",
      `COPY (SELECT 1) TO ${sqlFile(path.join(root, 'new.csv'))}`,
      `ATTACH ${sqlFile(path.join(root, 'new.db'))}`,
      'INSTALL httpfs',
      'SET enable_external_access = true',
      `SET allowed_paths = [${sqlText(other)}]`,
    ])
      await expect(database.connection.run(sql), sql).rejects.toThrow(/disabled|locked|Cannot/);
    database.close();
    await rm(root, { recursive: true });
  });

  it('takes any text and name literally', async () => {
    const database = await openDatabase({});
    const odd = `it's "x"; DROP TABLE y; --`;
    const rows = await database.connection.runAndReadAll(`SELECT ${sqlText(odd)} AS ${sqlName(odd)}`);
    expect([rows.columnNames(), rows.getRows()]).toEqual([[odd], [[odd]]]);
    database.close();
  });
});
