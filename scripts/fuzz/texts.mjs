// Texts that are nearly right: a valid one, edited as a text or changed as a document.
import fc from 'fast-check';

const odd = fc.constantFrom(
  '\0',
  '"',
  '\\',
  '\n',
  '\r',
  '\t',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '-',
  '*',
  '&',
  '!',
  '|',
  '>',
  '%',
  '<<',
  '__proto__',
  'constructor',
  'null',
  '1e999',
  '-0',
  'NaN',
  '../',
  '/',
  '\ud800',
  '\u202e',
  '😀',
  '\ufeff',
  '9'.repeat(400),
  '['.repeat(3000),
  '- '.repeat(1500),
  '  ',
  '',
);
/** Where, how many characters, and what is put in their place; null repeats them. */
const edit = fc.tuple(
  fc.nat(),
  fc.nat(40),
  fc.oneof(odd, fc.string({ maxLength: 8, unit: 'binary' }), fc.constant(null)),
);

/** A text with some places cut, repeated or written over. */
export const edited = (base, { minLength = 1, maxLength = 6 } = {}) =>
  fc.array(edit, { minLength, maxLength }).map((edits) =>
    edits.reduce((now, [at, length, put]) => {
      const from = at % (now.length + 1);
      const piece = now.slice(from, from + length);
      return now.slice(0, from) + (put ?? piece + piece) + now.slice(from + length);
    }, base),
  );

/** Bytes of which up to eight are others. */
export const damaged = (whole) =>
  fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });

const paths = (value) =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key) => [[key], ...paths(value[key]).map((rest) => [key, ...rest])])
    : [];

/** A document with some of its values replaced, removed or joined by unknown ones. */
const changed = (document) =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom(...paths(document)),
        fc.oneof(
          fc.jsonValue({ maxDepth: 3 }),
          fc.constantFrom(undefined, -1, 0, 1e308, '', '__proto__', '../x', 'x'.repeat(5000)),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) => {
      const copy = structuredClone(document);
      for (const [where, value] of changes) {
        let at = copy;
        for (const key of where.slice(0, -1))
          at = typeof at === 'object' && at !== null ? at[key] : undefined;
        if (typeof at === 'object' && at !== null) at[where.at(-1)] = value;
      }
      return JSON.stringify(copy) ?? 'null';
    });

const anything = fc.oneof(fc.string({ maxLength: 300, unit: 'binary' }), fc.json({ maxDepth: 5 }));
/** The text edited, its document changed where it is given, or anything at all. */
export const textOf = (base, document) =>
  fc.oneof(
    { weight: 4, arbitrary: edited(base) },
    {
      weight: document === undefined ? 0 : 4,
      arbitrary: document === undefined ? fc.constant('') : changed(document),
    },
    { weight: 1, arbitrary: anything },
  );
