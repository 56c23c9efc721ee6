import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allBlocks, documents, placeOf, repository, type CodeBlock } from './codeBlocks.js';

/** What pasted commands may find beside them: what a checkout and the package have. */
const SHIPPED = ['datasets', 'docs', 'examples', 'reports', 'suites'];
const RUNS = ['sh', 'console', 'python', 'js'];

/** Path of a Python with pandas, as the pages ask for it; undefined where there is none. */
const python = ['python3', '/usr/bin/python3']
  .map((program) => {
    try {
      return execFileSync(program, ['-c', 'import sys, pandas, numpy; print(sys.executable)'], {
        stdio: ['ignore', 'pipe', 'ignore'],
        encoding: 'utf8',
      }).trim();
    } catch {
      return undefined;
    }
  })
  .find((found) => found !== undefined);
const withoutPython = python === undefined && process.env['CI'] === undefined;
if (withoutPython)
  process.stderr.write('commands of pages that need pandas are not tested: install python3-pandas\n');

let programs: string;
const folders: string[] = [];

beforeAll(async () => {
  programs = await temporary();
  const main = path.join(repository, 'dist', 'cli', 'main.js');
  const run = `exec "${process.execPath}" --single-threaded-gc "${main}"`;
  await program('fedehr', `${run} "$@"`);
  await program('python3', `exec ${python ?? 'python3-with-pandas'} "$@"`);
  await program(
    'npx',
    `case "$1" in fedehr|fedehr-bench) shift; ${run} "$@";; *) echo "npx $1: not a command of this package" >&2; exit 2;; esac`,
  );
});
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

async function temporary(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fedehr-docs-'));
  folders.push(folder);
  return folder;
}

async function program(name: string, line: string): Promise<void> {
  await writeFile(path.join(programs, name), `#!/bin/sh\n${line}\n`);
  await chmod(path.join(programs, name), 0o755);
}

const isRun = ({ mark, language }: CodeBlock): boolean =>
  (mark.kind === 'file' && language !== 'ts') ||
  ((mark.kind === 'none' || mark.kind === 'given') && RUNS.includes(language));

const pages = documents
  .map((document) => ({
    document,
    blocks: allBlocks.filter((block) => block.document === document && isRun(block)),
  }))
  .filter(({ blocks }) => blocks.some(({ language }) => RUNS.includes(language)));

describe('commands of the documents', () => {
  it('are run for the README and the tutorials', () => {
    const run = pages.map(({ document }) => document);
    expect(run).toEqual(
      expect.arrayContaining(['README.md', 'docs/tutorial-score-csv.md', 'docs/footguns.md']),
    );
  });

  describe.each(pages)('$document, in order in one folder', ({ blocks }) => {
    const needsPython = blocks.some(
      ({ language, text }) => language === 'python' || text.includes('python3'),
    );
    it.skipIf(needsPython && withoutPython)(
      blocks.map(placeOf).join(', '),
      async () => {
        const folder = await temporary();
        for (const name of SHIPPED) await symlink(path.join(repository, name), path.join(folder, name));
        await mkdir(path.join(folder, 'node_modules'));
        await symlink(repository, path.join(folder, 'node_modules', 'fedehr-bench'));
        for (const block of blocks) await runBlock(block, folder);
      },
      240_000,
    );
  });
});

async function runBlock(block: CodeBlock, folder: string): Promise<void> {
  const { mark, language, text } = block;
  if (mark.kind === 'file') {
    await mkdir(path.dirname(path.join(folder, mark.name)), { recursive: true });
    await writeFile(path.join(folder, mark.name), `${text}\n`);
  } else if (language === 'sh') await shell(text, folder, block);
  else if (language === 'console') await session(text, folder, block);
  else if (language === 'js') {
    await writeFile(path.join(folder, 'block.mjs'), text);
    await shell(`"${process.execPath}" block.mjs`, folder, block);
  } else {
    const before = mark.kind === 'given' ? await readFile(path.join(repository, mark.file), 'utf8') : '';
    await writeFile(path.join(folder, 'block.py'), `${before}\n${text}\n`);
    await shell('python3 block.py', folder, block);
  }
}

/** Runs a script; any command that fails is a failed test with what it printed. */
async function shell(script: string, folder: string, block: CodeBlock): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, `${placeOf(block)}\n${script}\n${output}${errors}`).toBe(0);
  return output;
}

/** A command after `$ ` with what it prints: every line below it must be printed, `…` stands for anything. */
async function session(text: string, folder: string, block: CodeBlock): Promise<void> {
  for (const part of text.split(/^\$ /mu).slice(1)) {
    const lines = part.split('\n');
    let last = 0;
    while (lines[last]!.endsWith('\\')) last++;
    const printed = (await shell(lines.slice(0, last + 1).join('\n'), folder, block)).replaceAll(
      `${folder}/`,
      '',
    );
    for (const line of lines.slice(last + 1).filter((one) => one.trim() !== ''))
      expect(printed, `${placeOf(block)}: ${line}`).toMatch(pattern(line));
  }
}

function pattern(line: string): RegExp {
  const literal = (text: string): string =>
    text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&').replace(/ +/gu, ' +');
  return new RegExp(line.trim().split(/ *… */u).map(literal).join('.*'), 'u');
}
