import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

import { InputError } from '../inputError.js';

const longest = 1 << 20;

async function firstLine(file: string, gzipped: boolean): Promise<string> {
  let text = '';
  const collect = async (source: AsyncIterable<unknown>): Promise<void> => {
    const decoder = new TextDecoder('utf-8', { fatal: false });
    for await (const piece of source) {
      if (piece instanceof Uint8Array) text += decoder.decode(piece, { stream: true });
      if (/[\r\n]/.test(text) || text.length > longest) return;
    }
  };
  try {
    if (gzipped) await pipeline(createReadStream(file), createGunzip(), collect);
    else await pipeline(createReadStream(file), collect);
  } catch (error) {
    // Leaving the loop early closes the stream under the gunzip; only a missing line is a fault.
    if (!/[\r\n]/.test(text) && text.length <= longest)
      throw new InputError({
        file,
        expected: gzipped ? 'a gzipped CSV file' : 'a CSV file',
        found:
          error instanceof Error && 'code' in error
            ? `an unreadable one (${String(error.code)})`
            : 'an unreadable one',
        remedy: 'Copy or write the file again.',
      });
  }
  return text.split(/[\r\n]/, 1)[0]!.replace(/^\uFEFF/, '');
}

/** Cells of the first line of a CSV file. They may be a patient's row: quote none of them before they are known as names. */
export async function firstCsvCells(file: string, gzipped: boolean): Promise<string[]> {
  const line = await firstLine(file, gzipped);
  // A comma before every cell: an empty first cell would match nothing at all, and the search would skip the second.
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

/** @throws InputError on a header with an empty or repeated name */
export function requireDifferentNames(names: readonly string[], file: string): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (names.includes('') || repeated !== undefined)
    throw new InputError({
      file,
      place: 'line 1',
      expected: 'a header line with a different name for every column',
      found: repeated === undefined || repeated === '' ? 'an empty name' : `"${repeated}" twice`,
      remedy: 'Name every column once (an unnamed first column is often an index: leave it out).',
    });
}

/** Column names in the header line of a CSV file. @throws InputError on an empty or repeated name and when patient_id is not among them */
export async function readCsvHeader(file: string, gzipped: boolean): Promise<string[]> {
  const names = await firstCsvCells(file, gzipped);
  // Without its name the line may be a patient's row: it is not quoted.
  if (!names.includes('patient_id'))
    throw new InputError({
      file,
      place: 'line 1',
      expected: 'a header line with the names of the columns, separated by commas, patient_id among them',
      found: names.join('') === '' ? 'an empty line' : 'a line without that name',
      remedy: 'Write the file with a header line and commas.',
    });
  requireDifferentNames(names, file);
  return names;
}
