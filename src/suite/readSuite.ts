import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../cohort/inputError.js';
import { nearestName } from '../cohort/nearestName.js';
import { suiteSchema, type Suite } from './schema.js';

type Path = readonly PropertyKey[];

function written(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** Keys that the schema knows at a place of the suite file, for did-you-mean. */
function knownKeys(schema: unknown, path: Path): string[] {
  let at = schema as { def?: Record<string, unknown>; shape?: Record<string, unknown> } | undefined;
  const unwrap = (): void => {
    while (at?.def && at.shape === undefined && at.def['innerType'] !== undefined)
      at = at.def['innerType'] as typeof at;
  };
  unwrap();
  for (const part of path) {
    at = (typeof part === 'number' ? at?.def?.['element'] : at?.shape?.[String(part)]) as typeof at;
    unwrap();
  }
  return Object.keys(at?.shape ?? {});
}

function lineOf(document: Document, lines: LineCounter, path: Path): string {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    const start = node?.range?.[0];
    if (start !== undefined) return `line ${lines.linePos(start).line}, `;
  }
  return '';
}

function fault(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, file: string): InputError {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const path = [...issue.path, key];
    const known = knownKeys(suiteSchema, issue.path);
    const meant = nearestName(key, known);
    return new InputError({
      file,
      place: `${lineOf(document, lines, path)}${written(path)}`,
      expected: `one of the keys ${known.join(', ')}`,
      found: `the unknown key '${key}'`,
      remedy: meant === undefined ? 'Remove the key.' : `Did you mean '${meant}'?`,
    });
  }
  const path = issue.path;
  return new InputError({
    file,
    place: `${lineOf(document, lines, path)}${path.length === 0 ? 'the whole file' : written(path)}`,
    expected:
      issue.message
        .replace(/^Invalid (input|option|string): ?/, '')
        .replace(/^expected /, '')
        .split(', received ')[0] ?? '',
    found: described(document.getIn(path)),
    remedy: 'The keys and their meaning are in docs/contracts.md.',
  });
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/**
 * Reads a suite file and fills in every default.
 * Throws an InputError with line and key on bad YAML, unknown keys and wrong values.
 */
export async function readSuite(file: string): Promise<Suite> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError({
      file,
      expected: 'a readable suite file',
      found: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : String(error),
      remedy: 'Give the path of a YAML suite file, e.g. suites/quick.yaml.',
    });
  });
  return parseSuite(text, file);
}

/** As readSuite, from text; `file` is only used in messages. */
export function parseSuite(text: string, file: string): Suite {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw new InputError({
      file,
      place: `line ${broken.linePos?.[0].line ?? '?'}`,
      expected: 'valid YAML',
      found: (broken.message.split('\n')[0] ?? '').replace(/ at line.*$/, ''),
      remedy: 'Check indentation, brackets and colons at that line.',
    });
  }
  const parsed = suiteSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    if (first === undefined) throw parsed.error;
    throw fault(first, document, lines, file);
  }
  const suite = parsed.data;
  suite.datasets.forEach((dataset, position) => {
    if ((dataset.id === undefined) === (dataset.path === undefined)) {
      throw new InputError({
        file,
        place: `${lineOf(document, lines, ['datasets', position])}datasets[${position}]`,
        expected: 'either id (a shipped dataset) or path (a cohort folder)',
        found: dataset.id === undefined ? 'neither' : 'both',
        remedy: 'Name exactly one of them.',
      });
    }
  });
  const sum = suite.split.train + suite.split.holdout + suite.split.reference;
  if (sum > 1 + 1e-9) {
    throw new InputError({
      file,
      place: `${lineOf(document, lines, ['split'])}split`,
      expected: 'fractions train + holdout + reference of at most 1',
      found: `a sum of ${sum.toFixed(3)}`,
      remedy: 'Lower one of them; what is left over is not used.',
    });
  }
  return suite;
}
