import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** What the comment above a block says about how it is tested; a block without one is tested by its language. */
export type Mark =
  | { readonly kind: 'none' }
  /** `not run: REASON` */
  | { readonly kind: 'not-run'; readonly reason: string }
  /** `run by: FILE, "TEXT"`: a test file that exists and holds the text. */
  | { readonly kind: 'run-by'; readonly file: string; readonly text: string }
  /** `part of: FILE`: every line stands in that file. */
  | { readonly kind: 'part-of'; readonly file: string }
  /** `synopsis`: commands and options that must exist. */
  | { readonly kind: 'synopsis' }
  /** `given: FILE`: Python that comes before the block. */
  | { readonly kind: 'given'; readonly file: string }
  /** `file: NAME`: the block is written to that file for the commands after it. */
  | { readonly kind: 'file'; readonly name: string };

export interface CodeBlock {
  /** Path in the repository. */
  readonly document: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly mark: Mark;
}

/** Pages whose whole text is generated from the sources and held to them by a test of its own. */
const generated = ['docs/api.md', 'docs/metrics.md'];

/** Folders with documents beside the root; `true`: those below them, too. */
const folders = { '.': false, docs: true, reports: true, bench: true };

/** The documents for people, as paths in the repository. */
export const documents: readonly string[] = Object.entries(folders)
  .flatMap(([folder, recursive]) =>
    readdirSync(path.join(repository, folder), { recursive, encoding: 'utf8' }).map((file) =>
      path.join(folder, file).replaceAll(path.sep, '/'),
    ),
  )
  .filter((file) => file.endsWith('.md') && !generated.includes(file))
  .sort();

function markOf(comment: string | undefined, place: string): Mark {
  if (comment === undefined) return { kind: 'none' };
  const [, word = '', rest = ''] = /^([a-z ]+?)(?:: (.*))?$/u.exec(comment) ?? [];
  if (word === 'not run') return { kind: 'not-run', reason: rest };
  if (word === 'part of') return { kind: 'part-of', file: rest };
  if (word === 'synopsis') return { kind: 'synopsis' };
  if (word === 'given') return { kind: 'given', file: rest };
  if (word === 'file') return { kind: 'file', name: rest };
  const [, file = '', text = ''] = /^(\S+), "(.+)"$/u.exec(rest) ?? [];
  if (word === 'run by' && text !== '') return { kind: 'run-by', file, text };
  throw new Error(`${place}: no such mark above a code block: ${comment}`);
}

const MARK = /^ *<!-- ((?:not run|run by|part of|synopsis|given|file)\b.*?) -->$/u;

/** Every fenced block of a document, with the comment above it that says how it is tested. */
export function codeBlocks(document: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = readFileSync(path.join(repository, document), 'utf8').split('\n');
  let comment: string | undefined;
  for (let number = 0; number < lines.length; number++) {
    const line = lines[number]!;
    const fence = /^( *)(`{3,})(\S*)/u.exec(line);
    if (fence === null) {
      if (line.trim() !== '') comment = MARK.exec(line)?.[1];
      continue;
    }
    const [, indent = '', ticks = '', language = ''] = fence;
    const end = lines.findIndex((other, at) => at > number && other.trim() === ticks);
    if (end < 0) throw new Error(`${document}:${number + 1}: a code block without an end`);
    blocks.push({
      document,
      line: number + 1,
      language,
      text: lines
        .slice(number + 1, end)
        .map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one))
        .join('\n'),
      mark: markOf(comment, `${document}:${number + 1}`),
    });
    comment = undefined;
    number = end;
  }
  return blocks;
}

/** All blocks of all documents. */
export const allBlocks: readonly CodeBlock[] = documents.flatMap(codeBlocks);

export const placeOf = ({ document, line }: CodeBlock): string => `${document}:${line}`;
