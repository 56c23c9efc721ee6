import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, RedisOnLoopback } from '../../scripts/redisOnLoopback.mjs';
import { fedehr, type Finished, start } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

/** Root writes whatever the permissions say; without this capability it may not. */
const asRoot = process.getuid?.() === 0;
const unprivileged = ['setpriv', '--bounding-set', '-dac_override', '--'];

const small = '{ autoencoder: { rounds: 1, localEpochs: 1 }, tcvae: { rounds: 1, localEpochs: 1 } }';
const suiteOf = (seeds: string): string => `name: small
datasets: [{ path: cohort, label: death }]
split: { train: 0.5, holdout: 0.3, reference: 0.2 }
trainers: [{ id: centralized, parameters: ${small} }]
references: [marginals]
metrics: [marginal.ks]
seeds: ${seeds}
resamples: 10
`;

let root: string;
let suite: string;
let more: string;
let store: string;
let scores: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-read-only-'));
  await writeTables(join(root, 'cohort'), smallTables(120));
  [suite, more, store] = ['suite.yaml', 'more.yaml', 'store'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(suite, suiteOf('[0]'));
  await writeFile(more, suiteOf('[0, 1]'));
  const { code, stderr } = await fedehr('run', suite, '--out', join(root, 'first'), '--store', store);
  expect(code, stderr).toBe(0);
  scores = await readFile(join(root, 'first', 'scores.json'), 'utf8');
}, 240_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).sort();

/** A way to keep a command from writing. */
interface Ban {
  readonly name: string;
  readonly possible: boolean;
  /** Whether to show with this ban what does not depend on its kind. */
  readonly thorough: boolean;
  /** What the command is started with. */
  readonly before: readonly string[];
  readonly close: (folder: string) => void;
  readonly open: (folder: string) => void;
}

const mountable = (): boolean =>
  asRoot &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'fedehr-test', tmpdir()], { stdio: 'ignore' })
    .status === 0;

const bans: readonly Ban[] = [
  {
    name: 'without permission to write',
    possible: true,
    thorough: true,
    before: asRoot ? unprivileged : [],
    close: (folder) => execFileSync('chmod', ['-R', 'a-w', folder]),
    open: (folder) => execFileSync('chmod', ['-R', 'u+w', folder]),
  },
  {
    name: 'on a read-only file system (where this user may mount one)',
    possible: mountable(),
    thorough: false,
    before: [],
    close: (folder) => {
      execFileSync('mount', ['--bind', folder, folder]);
      execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
    },
    open: (folder) => execFileSync('umount', [folder]),
  },
];

describe.each(bans)('a store $name', { timeout: 240_000 }, ({ possible, thorough, before, close, open }) => {
  let number = 0;

  /** Runs commands while a copy of the store may only be read, and shows that nothing in it has changed. */
  async function closed(
    prepare: (folder: string) => Promise<void>,
    act: (folder: string, run: (...args: string[]) => Promise<Finished>, out: string) => Promise<void>,
  ): Promise<void> {
    const own = join(root, `closed-${before.length}-${number++}`);
    const folder = join(own, 'store');
    await cp(store, folder, { recursive: true });
    await prepare(folder);
    const files = await filesOf(folder);
    close(folder);
    try {
      await act(folder, (...args) => start(args, before).finished, join(own, 'out'));
      expect(await filesOf(folder)).toEqual(files);
    } finally {
      open(folder);
    }
  }
  const asItIs = (): Promise<void> => Promise.resolve();

  it.runIf(possible && thorough)('serves a run that finds everything in it', async () => {
    // What an earlier run was interrupted in, though another one made the product meanwhile.
    const leftOver = async (folder: string): Promise<void> => {
      for (const shard of await readdir(folder))
        for (const name of await readdir(join(folder, shard)).catch(() => []))
          if (/^[0-9a-f]{64}$/.test(name)) {
            await mkdir(join(folder, shard, `${name}.checkpoint`));
            await writeFile(join(folder, shard, `${name}.checkpoint`, 'results.journal'), '');
          }
    };
    await closed(leftOver, async (folder, run, out) => {
      const { code, stderr } = await run('run', suite, '--out', out, '--store', folder, '--workers', '1');
      expect(code, stderr).toBe(0);
      expect(await readFile(join(out, 'scores.json'), 'utf8')).toBe(scores);
      const events = await readFile(join(out, 'events.jsonl'), 'utf8');
      const finished = events.split('\n').filter((line) => line.includes('"job-finished"'));
      expect(finished.length).toBeGreaterThanOrEqual(4);
      expect(finished.filter((line) => !line.includes('"reused":true'))).toEqual([]);
    });
  });

  it.runIf(possible)('can be listed and verified; collecting ends with 2 and a sentence', async () => {
    await closed(asItIs, async (folder, run) => {
      const listed = await run('store', 'ls', '--store', folder);
      expect(listed).toMatchObject({ code: 0, stderr: '' });
      expect(listed.stdout).toMatch(/training[^]*\d+ entries/);
      const verified = await run('store', 'verify', '--store', folder);
      expect(verified).toMatchObject({ code: 0, stderr: '' });
      expect(verified.stdout).toMatch(/ 0 damaged/);
      const collected = await run('store', 'gc', '--store', folder, '--max-size', '1KB');
      expect(collected.code, collected.stderr).toBe(2);
      expect(collected.stderr).toMatch(/^fedehr: .*a place that this command may write to[^\n]*\n$/);
    });
  });

  it.runIf(possible)('ends a run that needs more with 2, and says so', async () => {
    await closed(asItIs, async (folder, run, out) => {
      const { code, stderr } = await run('run', more, '--out', out, '--store', folder, '--workers', '1');
      expect(code, stderr).toBe(2);
      expect(stderr).toContain('a store that has the product already, or one that can be written');
      expect(stderr).not.toMatch(/internal error|\n\s+at /);
      const { rows } = JSON.parse(await readFile(join(out, 'scores.json'), 'utf8')) as { rows: unknown[] };
      expect(rows.length).toBeGreaterThan(0);
    });
  });

  it.runIf(possible && thorough)('never serves a damaged product', async () => {
    const damage = async (folder: string): Promise<void> => {
      const scored = (await filesOf(folder)).find((name) => name.endsWith('/scores.json'))!;
      await writeFile(join(folder, scored), '{}');
    };
    await closed(damage, async (folder, run, out) => {
      const { code, stderr } = await run('run', suite, '--out', out, '--store', folder, '--workers', '1');
      expect(code, stderr).toBe(2);
      expect(stderr).toContain('the product is not there, or damaged, and the folder may only be read');
    });
  });

  it.runIf(possible && thorough && hasRedis)(
    'cannot become the store of a queue for the first time',
    async () => {
      const redis = await RedisOnLoopback.start();
      try {
        await closed(asItIs, async (folder, run) => {
          const { code, stderr } = await run('worker', '--queue', redis.url, '--store', folder, '--quiet');
          expect(code, stderr).toBe(2);
          expect(stderr).toContain('a store with store.json');
        });
      } finally {
        await redis.remove();
      }
    },
  );

  it.runIf(possible)('is told of as the run folder, too', async () => {
    await closed(asItIs, async (folder, run) => {
      const out = join(folder, 'out');
      const { code, stderr } = await run('run', suite, '--out', out, '--store', folder, '--workers', '1');
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(
        /^fedehr: .*out, --out: expected a folder that can be written, found (no permission to write in|a read-only file system at) /m,
      );
    });
  });
});
