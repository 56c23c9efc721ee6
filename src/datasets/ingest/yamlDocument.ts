import { readFile } from 'node:fs/promises';

import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

import { boundedText } from '../../cohort/boundedText.js';
import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import { requireOrdinaryDepth } from '../../cohort/yamlDepth.js';

/** Bytes of a document of the user's; aliases are bounded by the parser. */
const LARGEST_DOCUMENT = 2 ** 24;

function parseYaml(text: string, file: string): unknown {
  requireOrdinaryDepth(text, file);
  try {
    return parse(text);
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw new InputError({
      file,
      ...(line === undefined ? {} : { place: `line ${line}` }),
      expected: 'YAML',
      found: 'text that is none',
      remedy: 'Correct the indentation and quotes of that line.',
    });
  }
}

/** A YAML file that fits a schema. @throws InputError with the place of the first fault */
export async function readDocument<T extends z.core.$ZodType>(
  file: string | URL,
  schema: T,
): Promise<z.infer<T>> {
  const name = typeof file === 'string' ? file : (file.pathname.split('/').at(-1) ?? '');
  const document = parseYaml(
    typeof file === 'string' ? await boundedText(file, LARGEST_DOCUMENT) : await readFile(file, 'utf8'),
    name,
  );
  const parsed = z.safeParse(schema, document);
  if (!parsed.success) throw documentFault(new z.ZodError(parsed.error.issues), schema, document, name);
  return parsed.data;
}
