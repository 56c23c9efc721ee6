import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkpointFolder, FolderCheckpoints, secondsBetween } from '../../src/run/checkpointFolder.js';
import { privateLogOf } from '../../src/run/privateLog.js';
import { parseS3Location } from '../../src/run/s3/s3Location.js';
import { ScoringJournal } from '../../src/run/scoringJournal.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-checkpoints-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

const refuse = (error: Error): void => {
  throw error;
};
const state = (round: number) => ({
  round,
  parameters: Float32Array.from([1, 2, round]),
  control: null,
  updates: Number.NaN,
});

describe('FolderCheckpoints', () => {
  it('gives back what was kept last, arrays and all, and adds up the time of all attempts', async () => {
    const first = new FolderCheckpoints(root, 0, refuse);
    for (const round of [1, 2]) await first.save('training', () => Promise.resolve(state(round)));
    const second = new FolderCheckpoints(root, 0, refuse);
    expect(await second.load('other')).toBeUndefined();
    expect(await second.load('training')).toEqual(state(2));
    expect(second.earlierSeconds).toBeGreaterThan(0);
    expect((await readdir(root)).length).toBe(1);
    expect((await stat(join(root, 'training.state'))).mode & 0o077).toBe(0);
  });

  it('believes no file with one damaged byte, wherever it is, nor a short one', async () => {
    await new FolderCheckpoints(root, 0, refuse).save('training', () => Promise.resolve(state(1)));
    const file = join(root, 'training.state');
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << (at % 8);
      await writeFile(file, damaged);
      expect(await new FolderCheckpoints(root, 0, refuse).load('training')).toBeUndefined();
    }
    await writeFile(file, whole.subarray(0, 10));
    expect(await new FolderCheckpoints(root, 0, refuse).load('training')).toBeUndefined();
  });

  it('collects no state while the last checkpoint is young', async () => {
    const checkpoints = new FolderCheckpoints(root, 60, refuse);
    await checkpoints.save('training', () => Promise.reject(new Error('collected')));
    expect(await readdir(root)).toEqual([]);
  });

  it('says once that it cannot write, and lets the training go on', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    const failures: Error[] = [];
    const checkpoints = new FolderCheckpoints(join(file, 'below'), 0, (error) => failures.push(error));
    for (const round of [1, 2]) await checkpoints.save('training', () => Promise.resolve(state(round)));
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('ENOTDIR')]);
  });

  it('lies beside the product in a folder, and on this machine for a bucket', () => {
    const key = `sha256:${'ab'.repeat(32)}`;
    expect(checkpointFolder(root, key)).toBe(join(root, 'ab', `${'ab'.repeat(32)}.checkpoint`));
    expect(checkpointFolder('gs://bucket', key)).toBe(
      checkpointFolder(join(process.cwd(), 'gs:', 'bucket'), key),
    );
    vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
    expect(checkpointFolder('s3://bucket/prefix', key)).toContain(
      join(root, 'cache', 'fedehr', 'checkpoints'),
    );
    expect(privateLogOf('s3://bucket/prefix', key)).toContain(join(root, 'cache', 'fedehr', 'logs'));
    expect(parseS3Location('s3://bucket/prefix').cache).toContain(join(root, 'cache', 'fedehr', 'store-'));
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    expect(checkpointFolder('s3://bucket/prefix', key)).toContain(join('.cache', 'fedehr', 'checkpoints'));
  });

  it('takes its interval from the environment, and refuses words', () => {
    expect(secondsBetween({})).toBe(5);
    expect(secondsBetween({ FEDEHR_CHECKPOINT_SECONDS: '0' })).toBe(0);
    expect(() => secondsBetween({ FEDEHR_CHECKPOINT_SECONDS: 'often' })).toThrow('found "often"');
  });
});

describe('ScoringJournal', () => {
  const timed = (value: number) => ({
    seconds: value / 10,
    result: { state: 'ok' as const, value, ciLow: null, ciHigh: null, n: 5 },
  });
  const filled = (): string => {
    const journal = new ScoringJournal(root, refuse);
    for (const value of [1, 2, 3]) journal.append(`metric ${value}`, timed(value));
    journal.close();
    return join(root, 'results.journal');
  };

  it('knows what was appended', () => {
    filled();
    const { known, earlierSeconds } = new ScoringJournal(root, refuse);
    expect(known).toEqual({ 'metric 1': timed(1), 'metric 2': timed(2), 'metric 3': timed(3) });
    expect(earlierSeconds).toBeCloseTo(0.6);
  });

  it('believes nothing from the first damaged byte on, and appends after what it believes', async () => {
    const file = filled();
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << (at % 8);
      await writeFile(file, damaged);
      const believed = Math.floor((3 * at) / whole.length);
      const { known } = new ScoringJournal(root, refuse);
      expect(Object.values(known)).toEqual([1, 2, 3].slice(0, believed).map(timed));
    }
    await truncate(file, whole.length - 1);
    const journal = new ScoringJournal(root, refuse);
    journal.append('metric 3', timed(3));
    journal.close();
    expect(Object.keys(new ScoringJournal(root, refuse).known)).toHaveLength(3);
  });
});
