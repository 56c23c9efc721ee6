import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

import { InputError } from '../inputError.js';

const longest = 1 << 20;

/** First bytes of files that are no text in UTF-8. */
const signatures = [
  { bytes: [0x1f, 0x8b], found: 'a gzipped file', remedy: 'Give it a name that ends in .csv.gz.' },
  { bytes: [0xff, 0xfe], found: 'text in UTF-16', remedy: 'Write it in UTF-8 (pandas: encoding="utf-8").' },
  { bytes: [0xfe, 0xff], found: 'text in UTF-16', remedy: 'Write it in UTF-8 (pandas: encoding="utf-8").' },
];

/** What the first bytes are where they are no text. */
function otherThanText(start: Uint8Array, file: string, gzipped: boolean): InputError | undefined {
  const other = signatures.find(({ bytes }) => bytes.every((byte, at) => start[at] === byte));
  if (other === undefined) return undefined;
  const twice = gzipped && other.bytes[0] === 0x1f;
  return new InputError({
    file,
    place: 'line 1',
    expected: 'comma-separated text in UTF-8',
    found: twice ? 'a gzipped file in a gzipped file' : other.found,
    remedy: twice ? 'Gzip it once.' : other.remedy,
  });
}

async function firstLine(file: string, gzipped: boolean): Promise<string> {
  let text = '';
  let other: InputError | undefined;
  const collect = async (source: AsyncIterable<unknown>): Promise<void> => {
    const decoder = new TextDecoder('utf-8', { fatal: false });
    for await (const piece of source) {
      if (text === '' && piece instanceof Uint8Array) other = otherThanText(piece, file, gzipped);
      if (other !== undefined) return;
      if (piece instanceof Uint8Array) text += decoder.decode(piece, { stream: true });
      if (/[\r\n]/.test(text) || text.length > longest) return;
    }
  };
  try {
    if (gzipped) await pipeline(createReadStream(file), createGunzip(), collect);
    else await pipeline(createReadStream(file), collect);
  } catch (error) {
    // Leaving the loop early closes the stream under the gunzip; only a missing line is a fault.
    if (other === undefined && !/[\r\n]/.test(text) && text.length <= longest)
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
  if (other !== undefined) throw other;
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

/** What a first line without the name patient_id is. It may be a patient's row: it is not quoted. */
function withoutPatientId(names: readonly string[]): { readonly found: string; readonly remedy: string } {
  const line = names.join(',');
  if (line.replaceAll(',', '') === '')
    return { found: 'an empty line', remedy: 'Write the file with a header line and commas.' };
  for (const [separator, words] of [
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'bars'],
  ] as const)
    if (line.split(separator).includes('patient_id'))
      return {
        found: `names separated by ${words}`,
        remedy: 'Write the file with commas (pandas: sep=","), and numbers with a decimal point.',
      };
  if (names.includes('hospital_id') || names.includes('t'))
    return { found: 'names without it', remedy: 'Name the column of the patients patient_id.' };
  return { found: 'a line without that name', remedy: 'Write the file with a header line and commas.' };
}

/** Column names in the header line of a CSV file. @throws InputError on an empty or repeated name and when patient_id is not among them */
export async function readCsvHeader(file: string, gzipped: boolean): Promise<string[]> {
  const names = await firstCsvCells(file, gzipped);
  if (!names.includes('patient_id'))
    throw new InputError({
      file,
      place: 'line 1',
      expected: 'a header line with the names of the columns, separated by commas, patient_id among them',
      ...withoutPatientId(names),
    });
  requireDifferentNames(names, file);
  return names;
}
