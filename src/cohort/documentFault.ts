import { z } from 'zod';

import { InputError } from './inputError.js';
import { didYouMean } from './nearestName.js';

type Path = readonly PropertyKey[];

function within(schema: z.core.$ZodType, path: Path): z.core.$ZodType | null {
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault ||
    schema instanceof z.core.$ZodReadonly
  )
    return within(schema._zod.def.innerType, path);
  if (schema instanceof z.core.$ZodPipe) return within(schema._zod.def.in, path);
  if (schema instanceof z.core.$ZodPipe) return within(schema._zod.def.in, path);
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  if (schema instanceof z.core.$ZodArray) return within(schema._zod.def.element, rest);
  if (schema instanceof z.core.$ZodObject) {
    const field = Object.entries(schema._zod.def.shape).find(([name]) => name === key)?.[1];
    return field === undefined ? null : within(field, rest);
  }
  return null;
}

function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const found = within(schema, path);
  return found instanceof z.core.$ZodObject ? Object.keys(found._zod.def.shape) : [];
}

function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

function placeOf(path: Path): string | undefined {
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place === '' ? undefined : place.replace(/^\./, '');
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    return 'something nested too deeply';
  }
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

/**
 * The first thing that a schema finds wrong in a document written by a person (`cohort.json`, a suite, a trainer's parameters), as an
 * InputError with the place and, for names that are unknown, the likely meaning.
 *
 * @param schema the zod schema that rejected the document; must be made of objects and arrays where keys are unknown
 * @param document the document as parsed, before the schema
 * @param lineOf line of a place in the file, where the format has lines
 */
export function documentFault(
  error: z.ZodError,
  schema: z.core.$ZodType,
  document: unknown,
  file: string,
  lineOf: (path: Path) => number | undefined = () => undefined,
): InputError {
  const issue = error.issues[0]!;
  const at = (path: Path): { file: string; place?: string } => {
    const line = lineOf(path);
    const place = [line === undefined ? undefined : `line ${line}`, placeOf(path)]
      .filter((part) => part !== undefined)
      .join(', ');
    return place === '' ? { file } : { file, place };
  };
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    const key = issue.keys[0]!;
    return new InputError({
      ...at([...issue.path, key]),
      expected: `one of the keys ${known.join(', ')}`,
      found: `the unknown key "${key}"`,
      remedy: didYouMean(key, known),
    });
  }
  const found = valueAt(document, issue.path);
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return new InputError({
      ...at(issue.path),
      expected: allowed.map((value) => `"${value}"`).join(' | '),
      found: describe(found),
      remedy: typeof found === 'string' ? didYouMean(found, allowed) : 'Write one of these values.',
    });
  }
  return new InputError({
    ...at(issue.path),
    expected: issue.message
      .replace(/^(Invalid input|Too small|Too big): expected /, '')
      .replace(/, received .*$/, ''),
    found: describe(found),
    remedy: 'Correct this value.',
  });
}
