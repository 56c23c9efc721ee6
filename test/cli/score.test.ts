import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoreRow } from '../../src/metrics/contract.js';
import { fedehr, start } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

let root: string;
const cohorts: string[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-score-'));
  for (const [role, seed] of [
    ['real', 1],
    ['holdout', 2],
    ['synthetic', 3],
  ] as const)
    cohorts.push(`--${role}`, await writeTables(join(root, role), smallTables(60, seed, role)));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('fedehr score on cohorts written as CSV without this library', () => {
  it('accepts the folder, scores every site, and names scores and report', async () => {
    const checked = await fedehr('validate', join(root, 'synthetic'), '--json');
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, stays: 120, hospitals: 2 });

    const out = join(root, 'out');
    const { code, stdout, stderr } = await fedehr(
      'score',
      ...cohorts,
      '--label',
      'death',
      '--out',
      out,
      '--resamples',
      '20',
      '--json',
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as { scores: string; report: string };
    const { rows } = JSON.parse(await readFile(document.scores, 'utf8')) as { rows: ScoreRow[] };
    expect(new Set(rows.map(({ site }) => site))).toEqual(new Set(['pooled', 'north', 'south']));
    expect(rows.filter(({ metric }) => metric === 'marginal.ks').every(({ state }) => state === 'ok')).toBe(
      true,
    );
    expect(await readFile(document.report, 'utf8')).toContain('<!doctype html>');

    // What a pattern such as runs/* names: runs and whatever else lies there.
    const board = await fedehr('report', out, join(root, 'real'), '--out', join(root, 'board'), '--json');
    expect(board.code).toBe(0);
    expect(board.stderr).toContain('not run folders, left out');
    const written = JSON.parse(board.stdout) as { report: string; runs: string[]; skipped: string[] };
    expect(written).toMatchObject({ runs: ['out'], skipped: [join(root, 'real')] });
    expect(await readFile(written.report, 'utf8')).toContain('Leaderboard of synthetic EHR generators');
    const nothing = await fedehr('report', join(root, 'real'), join(root, 'holdout'));
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('expected at least one finished run folder');
  });

  it('finishes what it writes when nobody reads what it prints any more', async () => {
    const out = join(root, 'unread');
    const { child, finished } = start(['score', ...cohorts, '--metrics', 'marginal.ks', '--out', out]);
    child.stdout!.destroy();
    child.stderr!.destroy();
    expect((await finished).code).toBe(0);
    expect(await readFile(join(out, 'report', 'index.html'), 'utf8')).toContain('<!doctype html>');
  });

  it('refuses a holdout that shares patients with the real cohort, and cohorts of different schemas', async () => {
    const [, real, , , , synthetic] = cohorts;
    const leak = await fedehr(
      'score',
      '--real',
      real!,
      '--holdout',
      real!,
      '--synthetic',
      synthetic!,
      '--out',
      join(root, 'leak'),
    );
    expect(leak.code).toBe(2);
    expect(leak.stderr).toMatch(/patients in both train and holdout/);

    const other = smallTables(60, 3, 'other');
    (other.description['features'] as { unit?: string }[])[0]!.unit = '1/h';
    const folder = await writeTables(join(root, 'other'), other);
    const units = await fedehr(
      'score',
      ...cohorts.slice(0, 4),
      '--synthetic',
      folder,
      '--out',
      join(root, 'units'),
    );
    expect(units.code).toBe(2);
    expect(units.stderr).toMatch(/feature HR is in 1\/h, not bpm/);
  });
});
