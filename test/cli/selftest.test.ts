import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fedehr } from './fedehr.js';
import { smallTables, writeTables } from './smallCohort.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-selftest-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('fedehr selftest', () => {
  it('splits a cohort of the user by patient, prints the grid, and ends with 0 when every cell is right', async () => {
    const cohort = await writeTables(join(root, 'mine'), smallTables(150, 5, 'mine'));
    const metrics = ['--metrics', 'marginal.ks,privacy.duplicate_excess'];
    const shown = await fedehr('selftest', '--cohort', cohort, ...metrics);
    expect(shown.stderr).toBe('');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/marginal\.ks against=train .*=I/);
    expect(shown.stdout).toMatch(/ 0 wrong/);

    const { code, stdout } = await fedehr(
      'selftest',
      '--cohort',
      cohort,
      ...metrics,
      '--json',
      '--seed',
      '3',
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as { wrong: number; cohorts: { name: string; cells: unknown[] }[] };
    expect(document).toMatchObject({ wrong: 0, cohorts: [{ name: 'mine', planted: false }] });
    expect(document.cohorts[0]!.cells.length).toBeGreaterThanOrEqual(3 * 14);
  });

  it('refuses an unknown preset with the nearest one', async () => {
    const { code, stderr } = await fedehr('selftest', '--preset', 'fas');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--preset.*fast/s);
  });
});
