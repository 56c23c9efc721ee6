import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/check/baseline.js';
import { fedehr } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

const SUITE = `name: gate
datasets: [{ path: cohort, label: death }]
split: { train: 0.4, holdout: 0.3, reference: 0.3 }
references: [holdout, marginals]
metrics: [marginal.ks, temporal.acf_gap]
resamples: 10
`;

let root: string;
let suite: string;
let baseline: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-check-'));
  const gate = join(root, 'gate');
  await mkdir(gate);
  await writeTables(join(gate, 'cohort'), smallTables(150));
  suite = join(gate, 'suite.yaml');
  await writeFile(suite, SUITE);
  baseline = join(gate, 'baseline.json');
  const run = async (seeds: string, out: string): Promise<void> => {
    const { code, stderr } = await fedehr(
      'run',
      suite,
      '--seeds',
      seeds,
      '--out',
      join(root, out),
      '--quiet',
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
  };
  await run('0-4', 'base');
  await run('7', 'run');
}, 300_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const check = (...args: string[]) => fedehr('check', join(root, 'run'), '--baseline', baseline, ...args);

/** Lowers what the baseline says of one row by this much, under an absolute rule. */
async function demand(metric: string, better: number): Promise<string> {
  const file = join(root, 'strict.json');
  const read = JSON.parse(await readFile(baseline, 'utf8')) as Baseline;
  const rows = read.rows.map((row) =>
    row.metric === metric && row.trainer === 'marginals' && row.site === 'north'
      ? { ...row, values: row.values.map((value) => value! - better) }
      : row,
  );
  await writeFile(
    file,
    JSON.stringify({ ...read, rows, rules: { default: { kind: 'absolute', most: 0.3 } } }),
  );
  return file;
}

describe('fedehr check', () => {
  it('makes a baseline with a reason only, and a run of another seed passes it', async () => {
    const update = ['check', join(root, 'base'), '--baseline', baseline, '--update'];
    expect(await fedehr(...update)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--reason') as string,
    });
    const made = await fedehr(...update, '--reason', 'first');
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('12 rows of seeds 0, 1, 2, 3, 4') as string,
    });
    const { code, stdout } = await check('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ passed: true, counts: { pass: 12 } });
  });

  it('fails a regression with exit 1, named, and writes every output', async () => {
    const strict = await demand('marginal.ks', 0.5);
    const out = (name: string): string => join(root, 'out', name);
    const { code, stdout } = await fedehr(
      'check',
      join(root, 'run'),
      '--baseline',
      strict,
      '--junit',
      out('check.xml'),
      '--summary',
      out('summary.md'),
      '--benchmark-json',
      out('benchmark'),
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^KS distance of marginals at north on cohort: regression; .*; worse by 0\.\d+; allowed 0\.300 \(at most 0\.3\)$/m,
    );
    expect(await readFile(out('check.xml'), 'utf8')).toContain('failures="1"');
    expect(await readFile(out('summary.md'), 'utf8')).toContain('❌ failed');
    const entries = JSON.parse(await readFile(out('benchmark/smaller-is-better.json'), 'utf8')) as unknown[];
    expect(entries).toHaveLength(12);
    expect(JSON.parse(await readFile(out('benchmark/bigger-is-better.json'), 'utf8'))).toEqual([]);
  });

  it('--confirm runs regressions again with fresh seeds and believes those', async () => {
    const strict = await demand('marginal.ks', 0.5);
    const args = ['check', join(root, 'run'), '--baseline', strict, '--confirm', '--confirm-seeds', '2'];
    const without = await fedehr(...args);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--suite FILE') as string });
    const confirmed = await fedehr(...args, '--suite', suite);
    expect(confirmed.code).toBe(1);
    expect(confirmed.stdout).toContain('confirmed by fresh seeds 8, 9');
    await access(join(root, 'run', 'confirm', 'scores.json'));
  }, 120_000);

  it('is wrong usage without a baseline, and for a run on other data', async () => {
    const none = await fedehr('check', join(root, 'run'), '--baseline', join(root, 'none.json'));
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--update') as string });
    const read = JSON.parse(await readFile(baseline, 'utf8')) as Baseline;
    const file = join(root, 'other.json');
    await writeFile(file, JSON.stringify({ ...read, engine: 'cpu' }));
    const other = await fedehr('check', join(root, 'run'), '--baseline', file);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('engine: cpu in the baseline') as string,
    });
  });
});

describe('the workflow of docs/ci.md', () => {
  const script = fileURLToPath(new URL('../../scripts/emulateWorkflow.mjs', import.meta.url));
  async function emulate(
    against: string,
  ): Promise<{ code: number | null; stdout: string; stderr: string; artifacts: string }> {
    const artifacts = await mkdtemp(join(root, 'artifacts-'));
    const child = spawn(process.execPath, [
      script,
      '--add',
      join(root, 'gate'),
      '--artifacts',
      artifacts,
      '--set',
      'SUITE=suite.yaml',
      '--set',
      `BASELINE=${against}`,
    ]);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr, artifacts };
  }

  it('passes, with JUnit file, job summary, benchmark files and report', async () => {
    const { code, stdout, stderr, artifacts } = await emulate('baseline.json');
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('done     gate: Keep verdicts and report');
    expect(await readFile(join(artifacts, 'summary.md'), 'utf8')).toContain('✅ passed');
    for (const name of ['check.xml', 'benchmark/smaller-is-better.json', 'report/index.html'])
      await access(join(artifacts, name));
  }, 240_000);

  it('fails at its check after confirming, and keeps the verdicts all the same', async () => {
    const { code, stdout, artifacts } = await emulate(await demand('temporal.acf_gap', 1));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed {3}gate: Check: exit 1$/m);
    expect(stdout).toContain('done     gate: Keep verdicts and report');
    expect(await readFile(join(artifacts, 'summary.md'), 'utf8')).toContain('confirmed by fresh seeds');
  }, 240_000);
});
