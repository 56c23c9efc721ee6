import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/rawmedTable.mjs', import.meta.url));

interface Row {
  readonly trainer?: string;
  readonly seed?: number;
  readonly metric?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly state?: string;
  readonly value?: number | null;
  readonly ceiling?: number | null;
}

/** Cells of the tables of a run with these scores, by the first cell of their line; the last table's line counts. */
async function tablesOf(rows: readonly Row[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'rawmed-table-'));
  const common = { dataset: 'd', trainer: 'g', variant: 'default', seed: 0, site: 'pooled', state: 'ok' };
  const scores = { rows: rows.map((row) => ({ ...common, metric: 'events.cde', ...row })) };
  try {
    await writeFile(join(folder, 'scores.json'), JSON.stringify(scores));
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, folder]);
    const [first] = stdout.split('\n\n### Use');
    return new Map(
      first!.split('\n').flatMap((text) => {
        const [, label, ...cells] = text.split(' | ').flatMap((part) => part.split('| '));
        return label === undefined ? [] : [[label, cells] as const];
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

const strict = { mode: 'strict', against: 'holdout' };
const CDE = 2;

it('tells what has no value and how many seeds have one, and takes strict scores only', async () => {
  const seeds = (trainer: string, values: readonly (number | null)[]): Row[] =>
    values.map((value, seed) => ({
      trainer,
      seed,
      parameters: strict,
      ceiling: 0.25,
      ...(value === null ? { state: 'failed', value } : { value }),
    }));
  const tables = await tablesOf([
    { trainer: 'all', parameters: { mode: 'paper', against: 'holdout' }, value: 9 },
    ...seeds('all', [0.1, 0.2, 0.3]),
    ...seeds('some', [0.1, null, 0.3]),
    ...seeds('none', [null, null]),
  ]);
  expect(tables.get('all')?.[CDE]).toBe('0.200 ± 0.100');
  expect(tables.get('some')?.[CDE]).toBe('0.200 ± 0.141 (2 of 3)');
  expect(tables.get('none')?.[CDE]).toBe('failed');
  expect(tables.get('ceiling (real train in place of the generator)')?.[CDE]).toBe('0.250');
});

it('refuses a choice of several variants and bounds that differ within a seed', async () => {
  const minRows = [1, 2].map((rows) => ({ parameters: { ...strict, rows }, value: 1 }));
  await expect(tablesOf(minRows)).rejects.toThrow('several variants fit');
  const ceilings = [0.1, 0.2].map((ceiling) => ({ parameters: strict, value: 1, ceiling }));
  await expect(tablesOf(ceilings)).rejects.toThrow('two values of its ceiling');
});
