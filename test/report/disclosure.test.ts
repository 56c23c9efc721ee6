import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunManifest } from '../../src/run/contract.js';
import { printableManifest, printedStays } from '../../src/report/disclosure.js';
import { writeReport } from '../../src/report/index.js';
import { attackPower } from '../../src/report/power.js';
import { descriptors, fixture } from './fixture.js';

const base = fixture();
const dataset = base.manifest.datasets[0]!;
const small = {
  ...base,
  manifest: {
    ...base.manifest,
    datasets: [
      {
        ...dataset,
        hospitals: [
          { id: 'A', train: null, holdout: null, reference: null },
          { id: 'B', train: null, holdout: null, reference: null },
        ],
        patients: { train: 738, holdout: 251, reference: 246 },
      },
    ],
  },
  rows: base.rows.map((row) => ({ ...row, n: row.site === 'pooled' ? 1487 : row.site === 'A' ? 1477 : 10 })),
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-report-'));
  await writeReport(small, folder, descriptors);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('counts of real patients below 11', () => {
  it('are withheld, and which of the withheld ones are small does not show', () => {
    const pooled = { dataset: dataset.id, site: 'pooled', label: 'pooled' };
    expect(printedStays(small.manifest, pooled, 10)).toBe('withheld');
    expect(JSON.stringify(printableManifest(small.manifest))).toContain(
      '"id":"A","train":"withheld","holdout":"withheld","reference":"withheld"},{"id":"B","train":"withheld"',
    );
  });

  it('cannot be had by subtraction: other counts of the dataset are rounded', () => {
    const pooled = { dataset: dataset.id, site: 'pooled', label: 'pooled' };
    expect(printedStays(small.manifest, pooled, 1487)).toBe('about 1,500');
    expect(attackPower(small.manifest).map(({ site, members }) => [site, members])).toEqual([
      ['pooled', 251],
    ]);
    const earlier = { ...small.manifest.datasets[0]!, patients: undefined, counted: undefined };
    const hospitals = [
      { id: 'A', train: 731, holdout: 247, reference: 243 },
      { id: 'B', train: 200, holdout: null, reference: null },
    ];
    const runOfAnEarlierVersion = {
      ...small.manifest,
      datasets: [{ ...earlier, hospitals }],
    } as unknown as RunManifest;
    expect(attackPower(runOfAnEarlierVersion).map(({ site, members }) => [site, members])).toEqual([
      ['pooled', 200],
    ]);
    expect(printedStays(base.manifest, pooled, 1487)).toBe('1,487');
  });

  it('appear in no file of the report', async () => {
    for (const file of [
      path.join(folder, 'index.html'),
      ...(await readdir(path.join(folder, 'figures')))
        .filter((name) => name.endsWith('.vl.json'))
        .map((name) => path.join(folder, 'figures', name)),
    ]) {
      const text = await readFile(file, 'utf8');
      expect(text, file).not.toMatch(/1,?487|1,?477/u);
      expect(text, file).not.toMatch(/"stays":"(?:10|[1-9])"/u);
    }
    const page = await readFile(path.join(folder, 'index.html'), 'utf8');
    expect(page.match(/(?:<td>withheld<\/td>\s*){3}/gu)).toHaveLength(2);
    expect(page.slice(0, page.indexOf('<script'))).not.toMatch(/&lt;11|(?<![.\d])(?:731|247)(?!\d)/u);
  });
});
