import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRun, writeRun } from '../../src/run/runFolder.js';
import { fixture } from '../report/fixture.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-run-folder-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('a run folder that could not be written to its end is no finished run, whatever an earlier run left in it', async () => {
  const results = fixture();
  await writeRun(root, results);
  const [manifest, scores] = await Promise.all(
    ['manifest.json', 'scores.json'].map((name) => readFile(join(root, name), 'utf8')),
  );
  await rm(join(root, 'training.json'));
  await mkdir(join(root, 'training.json'));
  await expect(writeRun(root, { ...results, rows: results.rows.slice(1) })).rejects.toThrow('EISDIR');
  expect(await readFile(join(root, 'scores.json'), 'utf8')).not.toBe(scores);
  await expect(readRun(root)).rejects.toThrow('a finished run folder');

  await rm(join(root, 'training.json'), { recursive: true });
  await writeRun(root, results);
  expect(await readFile(join(root, 'manifest.json'), 'utf8')).toBe(manifest);
  expect((await readRun(root)).rows).toHaveLength(results.rows.length);
});
