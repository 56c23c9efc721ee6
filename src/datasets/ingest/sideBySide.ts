import type { IngestDatabase } from './ingestDatabase.js';

/** Source files that are read at the same time: a second one takes about 100 MB more memory. */
const filesAtOnce = 2;

/**
 * Works through a list in order on two connections to one database, if it has two threads. A gzipped file is decompressed by
 * one thread, so that a file by itself leaves others idle.
 *
 * The result of `work` may not depend on which item is done first. Besides rows of tables it may leave only what lies in
 * the connection's own temporary schema.
 *
 * @throws what `work` throws of the first item in the list that fails, when everything that was begun has ended
 */
export async function sideBySide<T>(
  database: IngestDatabase,
  list: readonly T[],
  work: (connection: IngestDatabase, item: T) => Promise<void>,
): Promise<void> {
  const faults = new Map<number, unknown>();
  let next = 0;
  const takeTurns = async (connection: IngestDatabase): Promise<void> => {
    while (next < list.length && faults.size === 0) {
      const own = next++;
      await work(connection, list[own]!).catch((error: unknown) => faults.set(own, error));
    }
  };
  const connections = [database];
  try {
    while (connections.length < Math.min(filesAtOnce, database.threads, list.length))
      connections.push(await database.beside());
    await Promise.all(connections.map(takeTurns));
  } finally {
    for (const other of connections.slice(1)) other.close();
  }
  // Everything before an item that failed was begun before it, so the first fault is among these whoever was faster.
  if (faults.size > 0) throw faults.get(Math.min(...faults.keys()));
}
