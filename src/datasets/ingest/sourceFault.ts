import { InputError, type InputFault } from '../../cohort/inputError.js';

function match(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1]?.trim();
}

const types: Readonly<Record<string, string>> = {
  BIGINT: 'a whole number',
  INTEGER: 'a whole number',
  DOUBLE: 'a number',
  TIMESTAMP: 'a time such as 2150-01-31 08:00:00',
  DATE: 'a date such as 2150-01-31',
};

/** What is no fault of the source. DuckDB runs out of memory, it says, also where the disk that it spills to is full. */
function exhausted(text: string, memory: InputFault): InputError | undefined {
  if (/No space left on device|max_temp_directory_size|File too large|Disk quota exceeded/i.test(text))
    return new InputError({
      expected: 'room on the disk for the cohort and for temporary files beside it',
      found: 'a full disk',
      remedy: 'Free some space, or choose another disk with --out. Nothing was written.',
    });
  return /Out of Memory Error|could not allocate/i.test(text) ? new InputError(memory) : undefined;
}

function fileIn(text: string): { file?: string } {
  const file = match(text, /^\s*file = (.+)$/m);
  return file === undefined ? {} : { file };
}

/** Names the line of a CSV file that DuckDB stumbled over. */
function badLine(text: string): InputError | undefined {
  const line = match(text, /CSV Error on Line: (\d+)/);
  const column = match(text, /Error when converting column "([^"]+)"/);
  if (column !== undefined) {
    const type = match(text, /to '([A-Z]+)/) ?? match(text, /converted as type ([A-Z]+)/) ?? '';
    return new InputError({
      ...fileIn(text),
      place: `${line === undefined ? '' : `line ${line}, `}column ${column}`,
      expected: types[type] ?? 'a value of the documented type',
      found: 'other text',
      remedy: 'Compare the file with the publisher’s checksum; correct or remove the line.',
    });
  }
  if (line === undefined) return undefined;
  return new InputError({
    ...fileIn(text),
    place: `line ${line}`,
    expected: 'comma-separated text in UTF-8 with as many cells as the header line has',
    found: 'something else',
    remedy:
      'The file may be cut short or edited: compare it with the publisher’s checksum and copy it again.',
  });
}

function damagedFile(text: string): InputError | undefined {
  return /parquet|gzip|Failed to decode|IO Error/i.test(text)
    ? new InputError({
        ...fileIn(text),
        expected: 'a readable source file',
        found: 'a damaged one',
        remedy: 'Compare the file with the publisher’s checksum and copy it again.',
      })
    : undefined;
}

/**
 * DuckDB's complaint as an error for the user. DuckDB quotes the row it stumbled over; that text is never passed on.
 *
 * @returns an InputError, or the error itself when it is none of the user's making
 */
export function sourceFault(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const text = error.message;
  const memory = {
    place: '--memory',
    expected: 'enough memory for the ingest',
    found: 'that the limit was reached',
    remedy: 'Raise --memory, or choose fewer features or a shorter window.',
  };
  return exhausted(text, memory) ?? badLine(text) ?? damagedFile(text) ?? error;
}

/**
 * As {@link sourceFault}, of a source that is read in one fixed form without options: what DuckDB finds in files of another
 * form becomes `otherForm`.
 */
export function fixedFormFault(error: unknown, otherForm: InputFault): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const text = error.message;
  const memory = {
    expected: 'enough memory to read the source',
    found: 'too little of it',
    remedy: 'End other programs, or use a machine with more memory. Nothing was written.',
  };
  const known = exhausted(text, memory) ?? badLine(text);
  if (known !== undefined) return known;
  return /^(Binder|Conversion|Invalid Input) Error/.test(text)
    ? new InputError(otherForm)
    : (damagedFile(text) ?? error);
}
