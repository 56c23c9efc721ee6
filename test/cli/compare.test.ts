import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResults } from '../../src/run/contract.js';
import { writeRun } from '../../src/run/runFolder.js';
import { changed, noiseRun } from '../check/run.js';
import { fedehr } from './fedehr.js';

const SEEDS = [0, 1, 2, 3, 4, 5, 6];

let root: string;
const folder = (name: string): string => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-compare-'));
  const before = noiseRun('before', SEEDS);
  const better = changed(
    before,
    { trainer: 'fedavg', metric: 'utility.tstr_auroc', site: 'pooled' },
    ({ value }) => ({
      value: value! + 0.2,
    }),
  );
  const engine: RunResults = { ...before, manifest: { ...before.manifest, engine: 'cpu' } };
  const five = { ...before, rows: before.rows.filter(({ seed }) => seed < 5) };
  for (const [name, run] of Object.entries({ before, better, engine, five }))
    await writeRun(folder(name), run);
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Row {
  readonly site: string;
  readonly metric: string;
  readonly role: string;
  readonly verdict: string;
}
interface Comparison {
  readonly candidate: { readonly trainer: string };
  readonly baseline: { readonly trainer: string };
  readonly rows: readonly Row[];
}

describe('fedehr compare', () => {
  it('compares two generators of one run, pooled beside the worst hospital', async () => {
    const { code, stdout } = await fedehr('compare', folder('before'), '--format', 'json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as Comparison;
    expect([document.candidate.trainer, document.baseline.trainer]).toEqual(['fedehr-gen', 'fedavg']);
    expect(new Set(document.rows.map(({ site }) => site))).toEqual(new Set(['pooled', 'worst hospital']));
    expect(document.rows.filter(({ role }) => role === 'primary')).toHaveLength(2);
  });

  it('--by trainer compares all with the baseline and ranks them; references stay out', async () => {
    const args = ['compare', folder('before'), '--by', 'trainer', '--baseline', 'centralized'];
    const { code, stdout } = await fedehr(...args, '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as {
      comparisons: Comparison[];
      rankings: { metric: string; generators: unknown[] }[];
    };
    expect(document.comparisons.map(({ candidate }) => candidate.trainer)).toEqual(['fedehr-gen', 'fedavg']);
    expect(document.rankings.map(({ generators }) => generators.length)).toEqual([3, 3]);
    expect((await fedehr(...args, '--format', 'md')).stdout).toContain(
      'the correction does not go over them',
    );
  });

  it('compares a run before with one after, generator by generator', async () => {
    const { code, stdout } = await fedehr('compare', folder('before'), folder('better'), '--json');
    expect(code).toBe(0);
    const { comparisons } = JSON.parse(stdout) as { comparisons: Comparison[] };
    expect(comparisons).toHaveLength(4);
    const of = (trainer: string): string | undefined =>
      comparisons
        .find(({ candidate }) => candidate.trainer === trainer)
        ?.rows.find(({ metric, site }) => metric === 'utility.tstr_auroc' && site === 'pooled')?.verdict;
    expect([of('fedavg'), of('centralized')]).toEqual(['better', 'equivalent']);
  });

  it('refuses runs that are not comparable and says why, with exit 2', async () => {
    const { code, stderr, stdout } = await fedehr('compare', folder('before'), folder('engine'));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('engine: onnx against cpu');
  });

  it('says that five seeds cannot reach significance', async () => {
    const { stdout } = await fedehr('compare', folder('five'));
    expect(stdout).toContain('the smallest p of an exact test is 2/2^5 = 0.0625');
  });

  it('puts published values beside ours', async () => {
    const file = 'reports/replication/published.yaml';
    const { code, stdout } = await fedehr('compare', folder('before'), '--published', file, '--format', 'md');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| unknown \| \?, \? \| 0\.6\d+ \\\(0\.6\d+ … 0\.\d+\\\) \| 7 \| simulated \|/);
    expect(stdout).toContain('not measured here');
  });
});
