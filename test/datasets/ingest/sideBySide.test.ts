import { afterEach, beforeEach, expect, it } from 'vitest';

import { IngestDatabase } from '../../../src/datasets/ingest/ingestDatabase.js';
import { sideBySide } from '../../../src/datasets/ingest/sideBySide.js';
import { scratch, type Scratch } from './sourceFolder.js';

let place: Scratch;
let database: IngestDatabase;

async function open(threads: number): Promise<void> {
  database = await IngestDatabase.open({
    from: [place.from],
    temporary: place.root,
    memory: '128MB',
    threads,
  });
  await database.run('CREATE TABLE done (item INTEGER, variable DOUBLE, zone VARCHAR)');
  await database.run("SET VARIABLE low = [0.1, 1e-7]::DOUBLE[]; SET VARIABLE zone = 'it''s'");
}

beforeEach(async () => {
  place = await scratch();
});
afterEach(async () => {
  database.close();
  await place.remove();
});

const items = [0, 1, 2, 3, 4, 5, 6];

it.each([1, 2])(
  'does every item once, with the variables and the zone of the first connection',
  async (threads) => {
    await open(threads);
    const connections = new Set<IngestDatabase>();
    await sideBySide(database, items, async (connection, item) => {
      connections.add(connection);
      await connection.run(`CREATE OR REPLACE TEMP VIEW own AS SELECT ${item} AS item`);
      await connection.run(
        "INSERT INTO done SELECT item, getvariable('low')[2], getvariable('zone') || current_setting('TimeZone') FROM own",
      );
    });
    expect(connections.size).toBe(threads);
    expect(await database.rows('FROM done ORDER BY item')).toEqual(
      items.map((item) => [item, 1e-7, "it'sUTC"]),
    );
  },
);

it('throws the fault of the first item that has one, however late that is, and begins no more', async () => {
  await open(2);
  const begun: number[] = [];
  let second: () => void = () => undefined;
  const secondFailed = new Promise<void>((resolve) => (second = resolve));
  const work = async (_connection: IngestDatabase, item: number): Promise<void> => {
    begun.push(item);
    if (item === 0) await secondFailed;
    if (item === 1) second();
    throw new Error(`item ${item}`);
  };
  await expect(sideBySide(database, items, work)).rejects.toThrow('item 0');
  expect(begun).toEqual([0, 1]);
});
