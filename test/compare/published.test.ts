import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedSchema, readPublished, replicationRows } from '../../src/compare/published.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { replicationText } from '../../src/report/replicationTable.js';
import { scoreRows } from './rows.js';

const named = (metric: string) => metricNamed(metric).descriptor;
const tstr = { trainer: 'fedehr-gen', metric: 'utility.tstr_auroc' };
const published = publishedSchema.parse({
  format: 'fedehr-published',
  version: 1,
  works: [
    {
      work: 'planted',
      source: 'this test',
      values: [
        { quantity: 'near', published: 0.7, ours: tstr, tolerance: 0.02, table: '2', page: 7 },
        { quantity: 'far', published: 0.8, ours: tstr, tolerance: 0.02 },
        { quantity: 'blank', published: null, ours: tstr, note: 'could not be read' },
        { quantity: 'theirs alone', published: 0.5, ours: null },
        { quantity: 'elsewhere', published: 0.5, ours: { ...tstr, trainer: 'local' } },
      ],
    },
  ],
});

describe('the replication table', () => {
  const rows = replicationRows(published, scoreRows('fedehr-gen', tstr.metric, [0.69, 0.71, 0.7]), named);

  it('says whether ours lie within the declared tolerance, and nothing where a value is blank', () => {
    expect(rows.map(({ within }) => within)).toEqual([true, false, null, null, null]);
    expect(rows.map(({ absent }) => absent)).toEqual([
      null,
      null,
      null,
      'not measured here',
      'not in this run',
    ]);
  });

  it('has Student’s interval of the mean over seeds: t(.975, 2) = 4.3027', () => {
    const half = (4.302652729911275 * 0.01) / Math.sqrt(3);
    expect(rows[0]!.interval!.low).toBeCloseTo(0.7 - half, 9);
    expect(rows[0]!.interval!.high).toBeCloseTo(0.7 + half, 9);
  });

  it('has the patients’ interval with one seed', () => {
    const one = scoreRows('fedehr-gen', tstr.metric, [0.7]).map((row) => ({
      ...row,
      ciLow: 0.6,
      ciHigh: 0.8,
    }));
    expect(replicationRows(published, one, named)[0]).toMatchObject({
      seeds: 1,
      interval: { low: 0.6, high: 0.8 },
    });
  });

  it('prints sources, unknown values as unknown, and why ours are absent', () => {
    const text = replicationText(rows, 'md');
    expect(text).toContain('| planted | near | 0.7 | 2, 7 |');
    expect(text).toContain('| unknown |');
    expect(text).toMatch(/not measured here/);
    expect(text).toContain('- planted: this test');
  });
});

describe('files of published values', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedehr-published-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('that ship are valid: no number of FedEHR-Gen, every blank with its reason', async () => {
    const file = fileURLToPath(new URL('../../reports/replication/published.yaml', import.meta.url));
    const shipped = await readPublished(file);
    const numbers = shipped.works.find(({ work }) => work === 'FedEHR-Gen')!.values;
    expect(numbers.every((one) => one.published === null && one.note !== '')).toBe(true);
    for (const { ours } of shipped.works.flatMap(({ values }) => values))
      if (ours !== null) named(ours.metric);
  });

  it('are refused with place and likely meaning', async () => {
    const file = join(folder, 'p.yaml');
    const text = (line: string): string =>
      `format: fedehr-published\nversion: 1\nworks:\n  - work: w\n    source: s\n    values:\n      - ${line}\n`;
    await writeFile(file, text('{ quantity: q, publishd: 1, ours: null }'));
    await expect(readPublished(file)).rejects.toThrow(/works\[0\]\.values\[0\]/);
    await writeFile(file, text('{ quantity: q, published: null, ours: null }'));
    await expect(readPublished(file)).rejects.toThrow(/why the published value is blank/);
    await expect(readPublished(join(folder, 'none.yaml'))).rejects.toThrow('published.yaml');
  });
});
