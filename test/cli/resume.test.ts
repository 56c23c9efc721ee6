import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventSchema } from '../../src/run/eventSchema.js';
import { fedehr, start } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

let root: string;
let suite: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-resume-'));
  await writeTables(join(root, 'cohort'), smallTables(120));
  suite = join(root, 'suite.yaml');
  const small = '{ autoencoder: { rounds: 2, localEpochs: 1 }, tcvae: { rounds: 3, localEpochs: 1 } }';
  await writeFile(
    suite,
    `name: small
datasets: [{ path: cohort, label: death }]
split: { train: 0.5, holdout: 0.3, reference: 0.2 }
trainers:
  - { id: centralized, parameters: ${small} }
  - { id: fedehr-gen, parameters: ${small} }
  - { id: fedavg, parameters: ${small} }
references: [marginals]
resamples: 20
`,
  );
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Event {
  readonly kind: string;
  readonly job: string;
  readonly reused?: boolean;
}

async function events(out: string): Promise<Event[]> {
  const text = await readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}

async function scores(out: string): Promise<string> {
  return (await readFile(join(out, 'scores.json'), 'utf8')).replaceAll(/"seconds":[0-9.e-]+/g, '"seconds":0');
}

describe('an interrupted run', () => {
  it('keeps what was finished, and the next run goes on from there to the same bytes, in whatever threads', async () => {
    const out = join(root, 'interrupted');
    const { child, finished } = start([
      'run',
      suite,
      '--out',
      out,
      '--workers',
      '1',
      '--hospital-workers',
      '2',
      '--store',
      join(root, 'store'),
    ]);
    while (!(await events(out)).some(({ kind }) => kind === 'job-finished')) {
      if (child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect(stderr).toMatch(/interrupted: \d+ of \d+ jobs are finished and kept/);
    expect(code).toBe(130);
    expect((await readdir(join(root, 'store'))).filter((name) => name.startsWith('unfinished'))).toEqual([]);
    const before = (await events(out)).length;

    const resumed = await fedehr(
      'run',
      suite,
      '--out',
      out,
      '--hospital-workers',
      'idle',
      '--store',
      join(root, 'store'),
    );
    expect(resumed.stderr).toBe('');
    expect(resumed.code).toBe(0);
    const reused = (await events(out)).slice(before).filter((event) => event.reused === true);
    expect(reused.length).toBeGreaterThanOrEqual(1);

    const undisturbed = join(root, 'undisturbed');
    expect(
      (await fedehr('run', suite, '--out', undisturbed, '--store', join(root, 'other-store'))).code,
    ).toBe(0);
    expect(await scores(out)).toBe(await scores(undisturbed));
    for (const event of [...(await events(out)), ...(await events(undisturbed))])
      expect(eventSchema.safeParse(event).error).toBeUndefined();

    // Everything is in the store now: the run tells its events to a program.
    const told = await fedehr('run', suite, '--out', out, '--store', join(root, 'store'), '--json');
    const lines = told.stderr.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(eventSchema.safeParse(JSON.parse(line)).error).toBeUndefined();
    const { time } = JSON.parse(told.stdout) as { time: { jobs: { reused: boolean }[] } };
    expect(time.jobs.length).toBeGreaterThan(0);
    expect(time.jobs.every(({ reused }) => reused)).toBe(true);

    const narrow = join(root, 'other-metrics');
    const options = [
      '--only',
      'trainer=centralized',
      '--metrics',
      'marginal.ks',
      '--store',
      join(root, 'store'),
    ];
    expect((await fedehr('run', suite, '--out', narrow, ...options)).code).toBe(0);
    const { rows } = JSON.parse(await scores(narrow)) as { rows: { metric: string }[] };
    expect([...new Set(rows.map(({ metric }) => metric))]).toEqual(['marginal.ks']);
    const trained = (await events(narrow)).filter(
      ({ kind, job }) => kind === 'job-finished' && job.startsWith('train '),
    );
    expect(trained.map(({ reused }) => reused)).toEqual([true]);
    const { config } = JSON.parse(await readFile(join(narrow, 'manifest.json'), 'utf8')) as {
      config: { metrics: string[] };
    };
    expect(config.metrics).toEqual(['marginal.ks']);
  }, 600_000);
});
