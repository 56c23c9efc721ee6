import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fedehr } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-failed-'));
  await writeTables(join(root, 'cohort'), smallTables(120));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('a training that diverges fails with its reason, the other jobs go on, and the run exits with 1', async () => {
  const tiny =
    'autoencoder: { rounds: 1, localEpochs: 1, hidden: 8, latents: 4 }, tcvae: { rounds: 1, localEpochs: 1 }';
  const wild = 'autoencoder: { rounds: 1, localEpochs: 9, learningRate: 1000000, hidden: 8, latents: 4 }';
  await writeFile(
    join(root, 'suite.yaml'),
    `name: failing
datasets: [{ path: cohort, label: death }]
split: { train: 0.5, holdout: 0.3, reference: 0.2 }
trainers:
  - { id: fedavg, variant: wild, parameters: { ${wild} } }
  - { id: fedavg, variant: calm, parameters: { ${tiny} } }
references: []
metrics: [marginal.ks]
resamples: 10
`,
  );
  const out = join(root, 'run');
  const { code, stderr, stdout } = await fedehr(
    'run',
    join(root, 'suite.yaml'),
    '--out',
    out,
    '--store',
    join(root, 'store'),
  );
  const reason = /(diverged: its loss|numbers that are not finite)/;
  expect(stderr).toMatch(/^failed: fedavg\/wild seed 0 on cohort: its generator failed: .*/m);
  expect(stderr).toMatch(reason);
  expect(stdout).toMatch(/1?\d+ ok/);
  expect(code).toBe(1);
  const events = (await readFile(join(out, 'events.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; job: string; reason?: string });
  const failed = events.filter((event) => event.kind === 'job-failed');
  expect(failed).toMatchObject([
    { job: 'train fedavg/wild seed 0 on cohort', reason: expect.stringMatching(reason) as string },
  ]);
  expect(await readdir(join(out, 'models', 'fedavg'))).toEqual(['calm']);
  expect(await readdir(join(out, 'cohorts', 'fedavg'))).toEqual(['calm']);
}, 120_000);
