import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { describeCommand } from '../../src/cli/describe.js';
import { InputError } from '../../src/cohort/inputError.js';
import { writeCohort } from '../../src/cohort/writeCohort.js';
import { simulate } from '../../src/datasets/simulated/simulate.js';

let folder = '';
let written = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'describe-'));
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]): Promise<unknown> =>
  describeCommand().exitOverride().parseAsync(words, { from: 'user' });

describe('fedehr datasets describe', () => {
  it('writes the datasheet of a cohort folder and names the page', async () => {
    const cohort = path.join(folder, 'cohort');
    await writeCohort(simulate({ hospitals: 2, patients: 200, steps: 3 }, 1).cohort(), cohort);
    const out = path.join(folder, 'sheet');
    await run(cohort, '--out', out);
    expect(written).toBe(`Datasheet: ${path.join(out, 'datasheet.html')}\n`);
    expect(await readFile(path.join(out, 'DATASHEET.md'), 'utf8')).toContain(
      '200 stays of 200 patients at 2 hospitals',
    );
  });

  it('takes a shipped dataset by id with a partition, and prints one JSON document', async () => {
    const out = path.join(folder, 'sheet');
    await run('eicu-demo', '--partition', 'region', '--out', out, '--json');
    const { description, files } = JSON.parse(written) as {
      description: { hospitals: { id: string; patients: number | null }[] };
      files: string[];
    };
    expect(description.hospitals.map(({ id }) => id)).toEqual([
      'Midwest',
      'Northeast',
      'South',
      'Unknown',
      'West',
    ]);
    expect(files).toContain(path.join(out, 'DATASHEET.md'));
  });

  it('refuses unknown ids and partitions', async () => {
    await expect(run('eicu-dem')).rejects.toThrow(InputError);
    await expect(run('eicu-demo', '--partition', 'regon')).rejects.toThrow(/region/);
    await expect(run('no/such/folder')).rejects.toThrow(InputError);
  });
});
