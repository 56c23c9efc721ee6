import type * as FileSystem from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { replaceFolder } from '../../src/cohort/replaceFolder.js';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  return { ...real, rename: vi.fn(real.rename) };
});
const { rename: realRename } = await vi.importActual<typeof FileSystem>('node:fs/promises');

let root: string;
let target: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'fedehr-replace-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  vi.mocked(rename).mockImplementation(realRename);
  target = path.join(await mkdtemp(path.join(root, 'case-')), 'cohort');
  await mkdir(target);
  await writeFile(path.join(target, 'cohort.json'), 'before');
});

const replace = (): Promise<void> =>
  replaceFolder(target, 'cohort.json', (temporary) =>
    writeFile(path.join(temporary, 'cohort.json'), 'after'),
  );
const contentOf = (folder: string): Promise<string> => readFile(path.join(folder, 'cohort.json'), 'utf8');

describe('a folder that is replaced', () => {
  it('is the new one, and nothing is left beside it', async () => {
    await replace();
    expect(await contentOf(target)).toBe('after');
    expect(await readdir(path.dirname(target))).toEqual(['cohort']);
  });

  it('is the old one when the new one cannot take its place', async () => {
    vi.mocked(rename).mockImplementationOnce(realRename).mockRejectedValueOnce(new Error('refused'));
    await expect(replace()).rejects.toThrow('refused');
    expect(await contentOf(target)).toBe('before');
    expect(await readdir(path.dirname(target))).toEqual(['cohort']);
  });

  it('is kept and named when another program takes its place meanwhile', async () => {
    vi.mocked(rename).mockImplementationOnce(async (from, to) => {
      await realRename(from, to);
      await mkdir(target);
      await writeFile(path.join(target, 'another program’s'), '');
    });
    const failure = await replace().catch((error: unknown) => error);
    const kept = /What it held is in (.+?), what should replace it in (.+?);/.exec(String(failure));
    expect(await contentOf(kept![1]!)).toBe('before');
    expect(await contentOf(kept![2]!)).toBe('after');
    expect(await readdir(target)).toEqual(['another program’s']);
  });
});
