import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { InputError } from '../../src/cohort/inputError.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { selectStays } from '../../src/cohort/select.js';
import { recordHashes, writeCohort, writeCohortBlocks } from '../../src/cohort/writeCohort.js';
import { writeElsewhere } from './otherWriters.js';
import { smallCohort } from './smallCohort.js';

describe('a cohort folder', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'fedehr-cohort-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('gives back what was written, wherever it lies', async () => {
    const cohort = smallCohort(1000); // more rows than one chunk of the reader
    for (const name of ['plain', "o'hara", 'seed=1/patient_id=7', 'a [b]*?', 'späce ü']) {
      const folder = path.join(root, name);
      await writeCohort(cohort, folder);
      expect(await readCohort(folder)).toEqual(cohort);
    }
  });

  it('reads the same from CSV, gzipped CSV, Arrow and Parquet of other writers', async () => {
    const cohort = smallCohort(400);
    for (const format of ['.csv', '.csv.gz', '.arrow', '.parquet'] as const)
      expect(await readCohort(await writeElsewhere(cohort, root, format)), format).toEqual(cohort);
  });

  it('has the same bytes for the same cohort', async () => {
    const [first, second] = [path.join(root, 'first'), path.join(root, 'second')];
    const hashes = await writeCohort(smallCohort(500), first);
    expect(await writeCohort(smallCohort(500), second)).toEqual(hashes);
    expect((await readdir(first)).sort()).toEqual(['cohort.json', 'dynamic.parquet', 'static.parquet']);
    for (const name of await readdir(first))
      expect((await readFile(path.join(first, name))).equals(await readFile(path.join(second, name)))).toBe(
        true,
      );
  });

  it('is the same when its stays are written block after block, wherever it lies', async () => {
    const cohort = smallCohort(700);
    const block = (from: number, to: number) =>
      selectStays(
        cohort,
        Array.from({ length: to - from }, (_, i) => from + i),
      );
    async function* blocks() {
      for (const [from, to] of [
        [0, 300],
        [300, 301],
        [301, 700],
      ] as const)
        yield Promise.resolve(block(from, to));
    }
    for (const name of ['in blocks', "o'hara blocks", 'seed=2/patient_id=7', 'a [b]*? blocks']) {
      const folder = path.join(root, name);
      await writeCohortBlocks(blocks(), folder);
      expect(await readCohort(folder)).toEqual(cohort);
      expect((await readdir(folder)).sort()).toEqual(['cohort.json', 'dynamic.parquet', 'static.parquet']);
    }
  });

  it('is not touched when a block cannot be made', async () => {
    const folder = path.join(root, 'unfinished');
    await writeCohort(smallCohort(50), folder);
    async function* blocks() {
      yield await Promise.resolve(smallCohort(20));
      throw new Error('stopped');
    }
    await expect(writeCohortBlocks(blocks(), folder)).rejects.toThrow('stopped');
    expect((await readCohort(folder)).size).toBe(50);
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('keeps the length of a stay that ends without observations', async () => {
    const cohort = smallCohort(2, ['A']);
    cohort.length.fill(5);
    cohort.observed.fill(0);
    cohort.values.fill(0);
    await writeCohort(cohort, path.join(root, 'silent'));
    expect((await readCohort(path.join(root, 'silent'))).length).toEqual(Uint16Array.of(5, 5));
  });

  it('replaces an older cohort as a whole', async () => {
    const folder = path.join(root, 'replaced');
    await writeCohort(smallCohort(50), folder);
    await writeFile(path.join(folder, 'dynamic.csv'), 'left over');
    await writeCohort(smallCohort(60), folder);
    expect((await readCohort(folder)).size).toBe(60);
    expect(await readdir(folder)).not.toContain('dynamic.csv');
  });

  it('is written and read through a link', async () => {
    const link = path.join(root, 'link');
    await mkdir(path.join(root, 'behind'));
    await symlink(path.join(root, 'behind'), link);
    await writeCohort(smallCohort(50), link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readCohort(link)).toEqual(await readCohort(path.join(root, 'behind')));
  });

  it('leaves everything as it was when writing fails', async () => {
    const folder = path.join(root, 'kept');
    await writeCohort(smallCohort(50), folder);
    const before = await readCohort(folder);
    const broken = smallCohort(50);
    broken.values[broken.observed.indexOf(1)] = Number.NaN;
    for (const wrong of [broken]) {
      await expect(writeCohort(wrong, folder)).rejects.toThrow(InputError);
      await expect(writeCohort(wrong, path.join(root, 'never'))).rejects.toThrow(InputError);
    }
    expect(await readCohort(folder)).toEqual(before);
    expect((await readdir(root)).filter((name) => name.includes('never') || name.startsWith('.'))).toEqual(
      [],
    );
  });

  it('does not replace a folder that is no cohort', async () => {
    const folder = path.join(root, 'thesis');
    await mkdir(folder);
    await writeFile(path.join(folder, 'chapter1.txt'), 'precious');
    await expect(writeCohort(smallCohort(50), folder)).rejects.toThrow(/found a folder with other files/);
    expect(await readdir(folder)).toEqual(['chapter1.txt']);
    await expect(writeCohort(smallCohort(50), path.join(folder, 'chapter1.txt'))).rejects.toThrow(InputError);
  });

  it('gets its hashes filled in on request', async () => {
    const folder = await writeElsewhere(smallCohort(20), await mkdtemp(path.join(root, 'x-')), '.csv');
    // Two processes that do so at the same moment do not take each other's file away.
    const [files] = await Promise.all([recordHashes(folder), recordHashes(folder), recordHashes(folder)]);
    expect(Object.keys(files)).toEqual(['dynamic.csv', 'static.csv']);
    expect(await readdir(folder)).toHaveLength(3);
    await readCohort(folder);
    await writeFile(
      path.join(folder, 'static.csv'),
      `${await readFile(path.join(folder, 'static.csv'), 'utf8')}\n`,
    );
    await expect(readCohort(folder)).rejects.toThrow(/static\.csv: expected the sha256/);
  });
});
