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
    if (!/[\r\n]/.test(text))
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

/** Column names in the header line of a CSV file. @throws InputError on an empty or repeated name and when patient_id is not among them */
export async function readCsvHeader(file: string, gzipped: boolean): Promise<string[]> {
  const line = await firstLine(file, gzipped);
  const names = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
  // Without its name the line may be a patient's row: it is not quoted.
  if (!names.includes('patient_id'))
    throw new InputError({
      file,
      place: 'line 1',
      expected: 'a header line with the names of the columns, separated by commas, patient_id among them',
      found: line === '' ? 'an empty line' : 'a line without that name',
      remedy: 'Write the file with a header line and commas.',
    });
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (names.includes('') || repeated !== undefined)
    throw new InputError({
      file,
      place: 'line 1',
      expected: 'a header line with a different name for every column',
      found: repeated === undefined || repeated === '' ? 'an empty name' : `"${repeated}" twice`,
      remedy: 'Name every column once (an unnamed first column is often an index: leave it out).',
    });
  return names;
}
