import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { InputError } from './inputError.js';

/** A limit that an environment variable can raise. */
interface Limit {
  readonly variable: string;
  readonly byDefault: number;
}

/** Stays × steps × features of one cohort: four and a half GB in memory with their masks. */
const cells: Limit = { variable: 'FEDEHR_MAX_CELLS', byDefault: 2 ** 30 };

/** Events × columns of the event table of one cohort, its five key columns included: nine bytes each while they are read. */
const eventCells: Limit = { variable: 'FEDEHR_MAX_EVENT_CELLS', byDefault: 2 ** 29 };

/** Bytes of one table after decompression. */
const tableBytes: Limit = { variable: 'FEDEHR_MAX_TABLE_BYTES', byDefault: 2 ** 34 };

/** The most that gzip can shrink anything by. */
const GZIP_RATIO = 1032;

function valueOf({ variable, byDefault }: Limit): number {
  const given = process.env[variable];
  if (given === undefined) return byDefault;
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new InputError({
    place: `environment variable ${variable}`,
    expected: 'a whole number of at least 1',
    found: `'${given}'`,
    remedy: `Leave it out for ${byDefault}.`,
  });
}

function exceeded(file: string, place: string | null, limit: Limit, most: number, found: string): InputError {
  return new InputError({
    file,
    ...(place === null ? {} : { place }),
    expected: `at most ${most} ${limit === tableBytes ? 'bytes after decompression' : 'cells'}`,
    found,
    remedy: `If that is meant and there is the memory for it, set ${limit.variable} higher.`,
  });
}

/** Checks the size of a grid before it is allocated. @throws InputError when it is beyond the limit */
export function requireGridSize(
  file: string,
  { stays, steps, features }: { readonly stays: number; readonly steps: number; readonly features: number },
): void {
  const most = valueOf(cells);
  const found = stays * steps * features;
  if (found > most)
    throw exceeded(
      file,
      'steps and features',
      cells,
      most,
      `${stays} stays × ${steps} × ${features} = ${found}`,
    );
}

/** Checks the size of an event table before more of it is kept: a file of a few kilobytes can hold a row a billion times. @throws InputError */
export function requireEventCells(
  file: string,
  { events, columns }: { readonly events: number; readonly columns: number },
): void {
  const most = valueOf(eventCells);
  if (events * columns > most)
    throw exceeded(
      file,
      'events and columns',
      eventCells,
      most,
      `${events} events or more × ${columns} columns`,
    );
}

/**
 * Checks that a gzipped file does not unfold into more than the limit. Files that cannot, by their size, are not looked at; damage is left for
 * the reader to find.
 *
 * @throws InputError when it does
 */
export async function requireDecompressedSize(file: string): Promise<void> {
  const most = valueOf(tableBytes);
  if ((await stat(file)).size * GZIP_RATIO <= most) return;
  let bytes = 0;
  const count = async (source: AsyncIterable<unknown>): Promise<void> => {
    for await (const piece of source) {
      if (piece instanceof Uint8Array) bytes += piece.length;
      if (bytes > most) return;
    }
  };
  await pipeline(createReadStream(file), createGunzip(), count).catch(() => undefined);
  if (bytes > most) throw exceeded(file, null, tableBytes, most, 'more');
}
