import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCohort } from '../../src/cohort/readCohort.js';
import { fedehr, type Finished } from './fedehr.js';

const examples = fileURLToPath(new URL('../../examples/external/', import.meta.url));

/** A Python that has what is asked for; null where none does. */
function python(probe: string): string | null {
  for (const program of ['/usr/bin/python3', 'python3'])
    try {
      execFileSync(program, ['-c', probe], { stdio: 'ignore' });
      return program;
    } catch {
      // The next one may.
    }
  return null;
}

const plainPython = python('import csv');
const torchPython = python('import torch');

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-external-run-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A suite on the simulated dataset with these trainers. */
async function run(name: string, trainers: string): Promise<Finished & { out: string }> {
  const file = join(root, `${name}.yaml`);
  await writeFile(
    file,
    `name: ${name}
datasets: [{ id: simulated, parameters: { hospitals: 2, patients: 300, steps: 8, drugs: 4 } }]
trainers:
${trainers}
references: []
metrics: [marginal.ks, marginal.missing_rate, temporal.acf_gap]
resamples: 10
`,
  );
  const out = join(root, name);
  return {
    ...(await fedehr('run', file, '--out', out, '--store', join(root, 'store'), '--workers', '2')),
    out,
  };
}

const scores = async (
  out: string,
): Promise<Record<string, { value: number; floor: number; trainer: string }>> => {
  const { rows } = JSON.parse(await readFile(join(out, 'scores.json'), 'utf8')) as {
    rows: { site: string; metric: string; value: number; floor: number; trainer: string; seed: number }[];
  };
  return Object.fromEntries(rows.filter(({ site }) => site === 'pooled').map((row) => [row.metric, row]));
};

const eventsOf = async (
  out: string,
): Promise<{ kind: string; reused?: boolean; reason?: string; job: string }[]> =>
  (await readFile(join(out, 'events.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; job: string });

it.skipIf(plainPython === null)(
  'the example in plain Python is scored like any generator, kept, and trained anew when its script changes',
  async () => {
    const script = join(root, 'trainer.py');
    const text = await readFile(join(examples, 'standard_library_trainer.py'), 'utf8');
    await writeFile(script, text);
    const entry = `  - { id: external, variant: plain, parameters: { command: ["${plainPython!}", trainer.py] } }`;
    const first = await run('plain', entry);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    const rows = await scores(first.out);
    // It draws columns independently: marginals as good as real, autocorrelation as bad as the floor.
    expect(rows['marginal.ks']!.value).toBeLessThan(0.15);
    expect(rows['temporal.acf_gap']!.value).toBeGreaterThan(0.5 * rows['temporal.acf_gap']!.floor);
    const written = await readCohort(join(first.out, 'cohorts', 'external', 'plain', '0'));
    expect(written.patients[0]).toMatch(/^synthetic-/);
    expect((await readdir(join(first.out, 'models', 'external', 'plain', '0'))).sort()).toEqual([
      'ledger.json',
      'model.json',
    ]);
    const events = await eventsOf(first.out);
    expect(events.filter(({ kind }) => kind === 'round')).toHaveLength(2);
    expect(events.find(({ kind }) => kind === 'program')).toMatchObject({ exitCode: 0, signal: null });

    const again = await run('plain', entry);
    expect(again.code).toBe(0);
    expect((await eventsOf(again.out)).filter(({ kind }) => kind === 'program')).toHaveLength(1);

    await writeFile(script, `${text}\n# changed\n`);
    const changed = await run('plain', entry);
    expect(changed.code).toBe(0);
    expect((await eventsOf(changed.out)).filter(({ kind }) => kind === 'program')).toHaveLength(2);
  },
  120_000,
);

it.skipIf(torchPython === null)(
  'the example around a PyTorch model is trained and scored',
  async () => {
    const script = join(examples, 'pytorch_trainer.py');
    const { code, stderr, out } = await run(
      'torch',
      `  - { id: external, variant: vae, parameters: { command: ["${torchPython!}", "${script}"], timeLimit: 300 } }`,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const losses = (await eventsOf(out)).filter(({ kind }) => kind === 'round') as unknown as {
      loss: number;
    }[];
    expect(losses).toHaveLength(30);
    expect(losses.at(-1)!.loss).toBeLessThan(0.8 * losses[0]!.loss);
    const rows = await scores(out);
    for (const metric of ['marginal.ks', 'temporal.acf_gap']) expect(rows[metric]!.value).toBeGreaterThan(0);
  },
  300_000,
);

it.skipIf(plainPython === null)(
  'a program that fails is a failed job with its reason, and the others go on',
  async () => {
    await writeFile(join(root, 'broken.py'), 'import sys\nsys.exit("row of patient MRN-XQ: glucose 5.5")\n');
    const { code, stderr, stdout, out } = await run(
      'failing',
      `  - { id: external, variant: broken, parameters: { command: ["${plainPython!}", broken.py] } }
  - { id: external, variant: slow, parameters: { command: ["${plainPython!}", -c, "import time; time.sleep(99)"], timeLimit: 1 } }
  - { id: external, variant: whole, parameters: { command: ["${plainPython!}", "${join(examples, 'standard_library_trainer.py')}"] } }`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /failed: external\/broken seed 0 .*exit-code: the program ended with code 1; what it said is in the private log \w+\.log/,
    );
    expect(stderr).toMatch(/failed: external\/slow seed 0 .*time-limit: the program was stopped after 1 s/);
    expect(await readdir(join(out, 'cohorts', 'external'))).toEqual(['whole']);
    const said = [stderr, stdout];
    for (const name of await readdir(out, { recursive: true, withFileTypes: true }))
      if (name.isFile()) said.push(await readFile(join(name.parentPath, name.name), 'utf8'));
    expect(said.join('\n')).not.toContain('MRN-XQ');
    const logs = await readdir(join(root, 'store', 'logs'));
    const kept = await Promise.all(logs.map((name) => readFile(join(root, 'store', 'logs', name), 'utf8')));
    expect(kept.join('\n')).toContain('row of patient MRN-XQ');
  },
  120_000,
);

it('what is wrong with the entry is told before anything runs, and no model is promised', async () => {
  const missing = await run('missing', '  - { id: external, parameters: { command: ["no-such-program"] } }');
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(
    /parameters of external\/default, command\[0\]: expected a program that PATH finds/,
  );
  const training = await fedehr('train', 'external', '--dataset', 'simulated', '--out', join(root, 'model'));
  expect(training.code).toBe(2);
  expect(training.stderr).toMatch(/trains and draws in one go/);
  const listing = await fedehr('trainers', 'external');
  expect(listing.code).toBe(0);
  expect(listing.stdout).toContain('"memoryLimit": 4096');
});
