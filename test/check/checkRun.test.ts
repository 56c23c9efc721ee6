import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBaseline, writeBaseline, type Baseline, type Rule } from '../../src/check/baseline.js';
import { checkRun } from '../../src/check/checkRun.js';
import { confirmed, confirmPlan } from '../../src/check/confirm.js';
import { requireSameProtocol } from '../../src/check/sameProtocol.js';
import { failing, sentenceOn } from '../../src/check/sentence.js';
import { SHIPPED_RULES, updatedBaseline } from '../../src/check/updateBaseline.js';
import { InputError } from '../../src/cohort/inputError.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import type { RunResults } from '../../src/run/contract.js';
import { changed, noiseRun, PLANTED } from './run.js';

const SEEDS = [0, 1, 2, 3, 4];
const asked = {
  reason: 'first',
  date: '2026-01-02',
  version: '0.1.0',
  metrics: Object.keys(PLANTED),
};
const baselineOf = (run: RunResults, existing: Baseline | null = null): Baseline =>
  updatedBaseline(run, existing, metricDescriptors, asked, 'runs/base');
const baseline = baselineOf(noiseRun('base', SEEDS));
const check = (run: RunResults, against = baseline) => checkRun(run, against, metricDescriptors);
const withRule = (rule: Rule): Baseline => ({ ...baseline, rules: { default: rule } });

describe('the shipped rules', () => {
  it('raise no alarm on twenty re-runs of one seed that differ by noise alone', () => {
    let rows = 0;
    for (let seed = 100; seed < 120; seed++) {
      const checked = check(noiseRun('rerun', [seed]));
      rows += checked.length;
      expect(failing(checked).map(sentenceOn)).toEqual([]);
    }
    expect(rows).toBe(20 * 4 * 3 * 5);
  });

  it('raise no alarm from a baseline of three seeds either', () => {
    const three = baselineOf(noiseRun('three', [0, 1, 2]));
    for (let seed = 200; seed < 220; seed++)
      expect(failing(check(noiseRun('rerun', [seed]), three))).toEqual([]);
  });

  it('pass a run of the baseline’s own seeds unchanged', () => {
    const checked = check(noiseRun('base', SEEDS));
    expect(checked.every(({ verdict }) => verdict === 'pass')).toBe(true);
    expect(Math.max(...checked.map(({ change }) => Math.abs(change!)))).toBe(0);
  });

  it('fail a planted regression at one hospital, named with metric, site, change and threshold', () => {
    const run = changed(
      noiseRun('planted', [50]),
      { metric: 'utility.tstr_auroc', trainer: 'fedavg', site: 'B' },
      () => ({ value: 0.4 }),
    );
    const failed = failing(check(run));
    expect(failed).toHaveLength(1);
    const sentence = sentenceOn(failed[0]!);
    expect(sentence).toMatch(
      /^TSTR AUROC of fedavg at B on simulated: regression; 0\.400, baseline 0\.\d+; worse by 0\.\d+; allowed 0\.\d+ \(3\.5 σ of the baseline's seeds, at least 0\.005\)$/,
    );
    expect(failed[0]!.change!).toBeGreaterThan(failed[0]!.threshold!);
  });

  it('see a target metric move away on either side, and a better score is no alarm', () => {
    const moved = (value: number) =>
      failing(
        check(
          changed(
            noiseRun('target', [60]),
            { metric: 'privacy.mia_distance_auroc', trainer: 'fedavg', site: 'pooled' },
            () => ({ value }),
          ),
        ),
      );
    expect(moved(0.8)).toHaveLength(1);
    expect(moved(0.2)).toHaveLength(1);
    expect(moved(0.5)).toHaveLength(0);
    const better = changed(
      noiseRun('better', [61]),
      { metric: 'utility.tstr_auroc', trainer: 'fedavg' },
      () => ({
        value: 0.99,
      }),
    );
    const verdicts = check(better).filter(({ verdict }) => verdict !== 'pass');
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['improved', 'improved', 'improved']);
  });

  it('measure noise over all trained generators, not over references', () => {
    const silent = changed(noiseRun('base', SEEDS), { trainer: 'copy' }, ({ metric }) => ({
      value: PLANTED[metric]![0],
    }));
    const checked = check(silent, baselineOf(silent));
    const thresholds = (trainer: string): number[] =>
      checked.filter((row) => row.trainer === trainer).map(({ threshold }) => threshold!);
    expect(new Set(thresholds('copy'))).toEqual(new Set([0.005]));
    expect(Math.min(...thresholds('fedavg'))).toBeGreaterThan(0.005);
  });
});

describe('rules', () => {
  const drop = (by: number) =>
    check(
      changed(noiseRun('base', SEEDS), { metric: 'utility.tstr_auroc', site: 'pooled' }, ({ value }) => ({
        value: value! - by,
      })),
      withRule({ kind: 'absolute', most: 0.03 }),
    );

  it('absolute: worse by more than so much fails', () => {
    expect(failing(drop(0.0299))).toEqual([]);
    expect(failing(drop(0.0301))).toHaveLength(4);
  });

  it('relative: a share of the baseline, and nothing to say about 0', () => {
    const relative = withRule({ kind: 'relative', most: 0.1 });
    const raised = (by: number) =>
      changed(noiseRun('base', SEEDS), { metric: 'marginal.ks', site: 'A' }, ({ value }) => ({
        value: value! * by,
      }));
    expect(failing(check(raised(1.09), relative))).toEqual([]);
    expect(failing(check(raised(1.11), relative))).toHaveLength(4);
    const zero = changed(noiseRun('base', SEEDS), { metric: 'marginal.ks' }, () => ({ value: 0 }));
    const verdicts = failing(check(zero, { ...baselineOf(zero), rules: relative.rules }));
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']));
  });

  it('by metric before the default', () => {
    const rules: Baseline['rules'] = {
      default: { kind: 'absolute', most: 10 },
      'marginal.ks': { kind: 'absolute', most: 0 },
    };
    const failed = failing(check(noiseRun('other', [70]), { ...baseline, rules }));
    expect(new Set(failed.map(({ metric }) => metric))).toEqual(new Set(['marginal.ks']));
  });
});

describe('what is not a number fails by name', () => {
  const one = { metric: 'marginal.ks', trainer: 'fedavg', site: 'A' };
  const clean = noiseRun('base', SEEDS);

  it('a failed metric, gated or not', () => {
    const failed = failing(
      check(changed(clean, one, () => ({ value: null, state: 'failed', reason: 'broken: x' }))),
    );
    expect(failed.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['failed', 'failed at seed 0: broken: x'],
    ]);
    const other = {
      ...clean.rows[0]!,
      metric: 'marginal.wasserstein',
      state: 'timed-out' as const,
      value: null,
    };
    expect(failing(check({ ...clean, rows: [...clean.rows, other] }))).toMatchObject([
      { metric: 'marginal.wasserstein', verdict: 'failed' },
    ]);
  });

  it('a missing row, a missing seed, and a value that became undefined', () => {
    const without = {
      ...clean,
      rows: clean.rows.filter((row) => !(row.metric === one.metric && row.site === 'A')),
    };
    expect(failing(check(without))).toHaveLength(4);
    const lessSeeds = { ...clean, rows: clean.rows.filter(({ seed }) => seed !== 4) };
    expect(failing(check(lessSeeds))[0]).toMatchObject({ verdict: 'missing', reason: 'no row at seed 4' });
    const undefinedNow = changed(clean, one, () => ({
      value: null,
      state: 'undefined',
      reason: 'no-data: x',
    }));
    expect(failing(check(undefinedNow))).toMatchObject([{ verdict: 'missing' }]);
  });

  it('a failed job, with its reason, also of a generator that is not in the baseline', () => {
    const job = { dataset: 'simulated', variant: 'default', seed: 0, reason: 'diverged', input: false };
    const rows = clean.rows.filter(({ trainer }) => trainer !== 'fedavg');
    const failed = failing(
      check({
        ...clean,
        rows,
        failures: [
          { ...job, trainer: 'fedavg' },
          { ...job, trainer: 'extra' },
        ],
      }),
    );
    expect(failed).toHaveLength(3 * 5 + 1);
    expect(failed[0]!.reason).toBe('the job failed at seed 0: diverged');
    expect(failed.at(-1)).toMatchObject({ trainer: 'extra', metric: 'job', verdict: 'failed' });
  });

  it('another version of a metric', () => {
    expect(failing(check(changed(clean, one, () => ({ metricVersion: 99 }))))).toMatchObject([
      { verdict: 'incomparable' },
    ]);
  });

  it('but not what was undefined before, nor what is new', () => {
    const silent = changed(clean, one, () => ({ value: null, state: 'undefined', reason: 'no-data: x' }));
    expect(failing(check(silent, baselineOf(silent)))).toEqual([]);
    const extra = clean.rows
      .filter(({ trainer }) => trainer === 'fedavg')
      .map((row) => ({ ...row, trainer: 'new' }));
    const rows = check({ ...clean, rows: [...clean.rows, ...extra] });
    expect(failing(rows)).toEqual([]);
    expect(rows.filter(({ verdict }) => verdict === 'new')).toHaveLength(15);
  });

  it('refuses other data, another label or engine altogether', () => {
    const other = (part: object): RunResults => ({
      ...clean,
      manifest: { ...clean.manifest, datasets: clean.manifest.datasets.map((one) => ({ ...one, ...part })) },
    });
    expect(() => requireSameProtocol(clean, baseline, 'runs/x')).not.toThrow();
    expect(() => requireSameProtocol(other({ label: 'sepsis' }), baseline, 'runs/x')).toThrow(/label/);
    expect(() => requireSameProtocol(other({ sha256: {} }), baseline, 'runs/x')).toThrow(/data hashes/);
    const engine = { ...clean, manifest: { ...clean.manifest, engine: 'cpu' } };
    expect(() => requireSameProtocol(engine, baseline, 'runs/x')).toThrow(InputError);
  });
});

describe('confirming', () => {
  const run = changed(
    noiseRun('c', [7]),
    { metric: 'utility.tstr_auroc', trainer: 'fedavg', site: 'B' },
    () => ({
      value: 0.3,
    }),
  );
  const rows = check(run);

  it('asks for the generators of regressions with seeds that nobody has used', () => {
    expect(confirmPlan(rows, run, baseline, 3)).toEqual({
      seeds: [8, 9, 10],
      generators: ['fedavg/default'],
      datasets: ['simulated'],
    });
    const long = rows.map((row) => (row.trainer === 'fedavg' ? { ...row, variant: 'long' } : row));
    expect(confirmPlan(long, run, baseline, 3)?.generators).toEqual(['fedavg/long']);
    expect(confirmPlan(check(noiseRun('c', [7])), run, baseline, 3)).toBeNull();
  });

  it('clears what fresh seeds do not show again, and keeps what they do', () => {
    const fresh = noiseRun('fresh', [8, 9, 10]);
    const cleared = confirmed(rows, fresh, baseline, metricDescriptors);
    expect(failing(cleared)).toEqual([]);
    expect(cleared.filter(({ verdict }) => verdict === 'cleared')).toHaveLength(1);
    const again = changed(fresh, { metric: 'utility.tstr_auroc', trainer: 'fedavg', site: 'B' }, () => ({
      value: 0.31,
    }));
    expect(failing(confirmed(rows, again, baseline, metricDescriptors))).toMatchObject([
      {
        verdict: 'regression',
        reason: expect.stringContaining('confirmed by fresh seeds 8, 9, 10') as string,
      },
    ]);
    const gone = { ...fresh, rows: [] };
    expect(failing(confirmed(rows, gone, baseline, metricDescriptors))).toHaveLength(1);
  });
});

describe('a baseline file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedehr-baseline-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reads as it was written, one row a line', async () => {
    const file = join(folder, 'b.json');
    await writeBaseline(file, baseline);
    expect(await readBaseline(file)).toEqual(baseline);
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(lines.filter((line) => line.includes('"trainer":'))).toHaveLength(baseline.rows.length);
    expect(await readBaseline(join(folder, 'none.json'))).toBeNull();
  });

  it('keeps its rules and history when it is updated, and counts what changed', () => {
    const first = withRule({ kind: 'absolute', most: 0.5 });
    const run = changed(noiseRun('base', SEEDS), { metric: 'marginal.ks', site: 'A' }, () => ({
      value: 0.06,
    }));
    const second = updatedBaseline(
      { ...run, rows: run.rows.filter(({ trainer }) => trainer !== 'copy') },
      first,
      metricDescriptors,
      { reason: 'copies are gone', date: '2026-02-03', version: '0.2.0' },
      'runs/x',
    );
    expect(second.rules).toEqual(first.rules);
    expect(second.gates).toEqual(first.gates);
    expect(second.history.map(({ reason }) => reason)).toEqual(['first', 'copies are gone']);
    expect(second.history[1]!.rows).toEqual({ added: 0, removed: 15, changed: 3 });
  });

  it('is refused with place and remedy when it is damaged', async () => {
    const file = join(folder, 'bad.json');
    await writeFile(file, JSON.stringify({ ...baseline, seedz: [1] }));
    await expect(readBaseline(file)).rejects.toThrow('Did you mean "seeds"?');
    await writeFile(file, '{');
    await expect(readBaseline(file)).rejects.toThrow(InputError);
    await writeFile(file, JSON.stringify({ ...baseline, seeds: [0] }));
    await expect(readBaseline(file)).rejects.toThrow('one a seed');
  });

  it('cannot be made from a run with failures, nor from one seed under a sigma rule', () => {
    const one = noiseRun('base', [0]);
    expect(() => baselineOf(one)).toThrow('--seeds 0-4');
    expect(SHIPPED_RULES.default.kind).toBe('sigma');
    const absolute = withRule({ kind: 'absolute', most: 1 });
    expect(baselineOf(one, absolute).seeds).toEqual([0]);
    const failed = changed(one, { metric: 'marginal.ks' }, () => ({
      value: null,
      state: 'failed',
      reason: 'x',
    }));
    expect(() => baselineOf(failed, absolute)).toThrow(InputError);
  });
});
