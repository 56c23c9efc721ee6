import { LineCounter, parseDocument, type Document } from 'yaml';
import { boundedText } from '../cohort/boundedText.js';
import { documentFault } from '../cohort/documentFault.js';
import { InputError } from '../cohort/inputError.js';
import { tooLarge } from '../cohort/ownFile.js';
import { requireOrdinaryDepth } from '../cohort/yamlDepth.js';
import { suiteSchema, type Suite } from './schema.js';

type Path = readonly PropertyKey[];

/** Bytes of a suite file; aliases are bounded by the parser. */
const LARGEST_SUITE = 2 ** 20;

/** @throws InputError when the parser gives up: nested too deeply, or aliases that would unfold without end */
function unlessTooDeep<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InputError({
      file,
      expected: 'YAML of ordinary depth with few aliases',
      found:
        error instanceof ReferenceError
          ? 'aliases that unfold into too much'
          : 'a document that cannot be unfolded',
      remedy: 'Write the values out, with less nesting.',
    });
  }
}

/** Line of the deepest part of a path that the file has. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    const start = node?.range?.[0];
    if (start !== undefined) return lines.linePos(start).line;
  }
  return undefined;
}

/**
 * Reads a suite file and fills in every default.
 * Throws an InputError with line and key on bad YAML, unknown keys and wrong values.
 */
export async function readSuite(file: string): Promise<Suite> {
  const text = await boundedText(file, LARGEST_SUITE).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
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
  if (text.length > LARGEST_SUITE) throw tooLarge(file, text.length, LARGEST_SUITE);
  requireOrdinaryDepth(text, file);
  const document = unlessTooDeep(file, () => parseDocument(text, { lineCounter: lines, logLevel: 'error' }));
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
  const content = unlessTooDeep(file, () => document.toJS() as unknown);
  const parsed = suiteSchema.safeParse(content);
  if (!parsed.success) {
    throw documentFault(parsed.error, suiteSchema, content, file, (path) => lineOf(document, lines, path));
  }
  const suite = parsed.data;
  suite.datasets.forEach((dataset, position) => {
    if ((dataset.id === undefined) === (dataset.path === undefined)) {
      throw new InputError({
        file,
        place: `line ${lineOf(document, lines, ['datasets', position]) ?? '?'}, datasets[${position}]`,
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
      place: `line ${lineOf(document, lines, ['split']) ?? '?'}, split`,
      expected: 'fractions train + holdout + reference of at most 1',
      found: `a sum of ${sum.toFixed(3)}`,
      remedy: 'Lower one of them; what is left over is not used.',
    });
  }
  return suite;
}
