import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Cohort } from '../../../src/cohort/types.js';
import { describeCohort } from '../../../src/datasets/describe/describeCohort.js';
import { datasheetFigures } from '../../../src/datasets/describe/figures/table.js';
import { escapeMarkdown, oneLine } from '../../../src/datasets/describe/printedText.js';
import { writeDatasheet } from '../../../src/datasets/describe/writeDatasheet.js';
import { simulate } from '../../../src/datasets/simulated/simulate.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'datasheet-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const small = (hospitals: number): Cohort =>
  simulate(
    {
      hospitals: Array.from({ length: hospitals }, (_, k) => ({
        id: `H${k + 1}`,
        patients: 100 + k,
        deathRate: 0.3,
      })),
      steps: 3,
      drugs: 2,
      eta: 1,
    },
    2,
  ).cohort();

const hostile = '<script>alert(1)</script> | `x` [a](javascript:b) & "q" \u202E\u0007 ${expr} *b*';

function withHostileNames(cohort: Cohort): Cohort {
  const rename = <T extends { name: string }>(variables: readonly T[]): T[] =>
    variables.map((one, index) => ({ ...one, name: `${hostile} ${one.name} ${index}` }));
  const { schema } = cohort;
  return {
    ...cohort,
    hospitals: cohort.hospitals.map((id) => `${hostile} ${id}`),
    schema: {
      ...schema,
      name: hostile,
      features: rename(schema.features).map((one) => ({ ...one, unit: hostile })),
      statics: rename(schema.statics),
      labels: rename(schema.labels),
      provenance: {
        source: hostile,
        licence: hostile,
        createdBy: hostile,
        citation: hostile,
        notes: [hostile],
      },
    },
  };
}

describe('writeDatasheet', () => {
  it('writes Markdown, one page and every figure as Vega-Lite and SVG, the same bytes each time', async () => {
    const description = describeCohort(small(3));
    const files = await writeDatasheet(description, folder, { about: 'A test.' });
    expect([...files].sort()).toEqual(
      [
        'DATASHEET.md',
        'datasheet.html',
        ...['patients', 'prevalence-1', 'observed-by-hour', 'observed-by-hospital', 'divergence'].flatMap(
          (id) => [path.join('figures', `${id}.svg`), path.join('figures', `${id}.vl.json`)],
        ),
      ].sort(),
    );
    const again = path.join(folder, 'again');
    await writeDatasheet(description, again, { about: 'A test.' });
    for (const name of files)
      expect(await readFile(path.join(again, name), 'utf8')).toBe(
        await readFile(path.join(folder, name), 'utf8'),
      );
    expect(await readdir(path.join(folder, 'figures'))).toHaveLength(10);
  });

  it('holds the numbers of the description', async () => {
    await writeDatasheet(describeCohort(small(2)), folder);
    const text = await readFile(path.join(folder, 'DATASHEET.md'), 'utf8');
    expect(text).toContain('201 stays of 201 patients at 2 hospitals; 3 steps of 12 h');
    expect(text).toMatch(/\| H2 \| 101 \| /);
  });

  it('lets no name out of its place, in Markdown, page and figures', async () => {
    await writeDatasheet(describeCohort(withHostileNames(small(3))), folder);
    const page = await readFile(path.join(folder, 'datasheet.html'), 'utf8');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/[\u202E\u0007]/);
    expect(page).toContain("default-src 'none'");
    expect(page.match(/<(script|iframe|object|embed|link|a)\b/gi)).toBeNull();
    expect(page.match(/\b(src|href)="(?!data:image\/svg\+xml;base64,)/g)).toBeNull();
    const markdown = await readFile(path.join(folder, 'DATASHEET.md'), 'utf8');
    expect(markdown).not.toContain('<script');
    expect(markdown).not.toMatch(/[^\\]\]\(javascript:/);
    const columns = markdown
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.replace(/\\\|/g, '').split('|').length);
    expect(new Set(columns).size).toBeLessThanOrEqual(4);
    for (const name of await readdir(path.join(folder, 'figures'))) {
      const text = await readFile(path.join(folder, 'figures', name), 'utf8');
      expect(text).not.toMatch(/[\u202E\u0007]/);
      if (name.endsWith('.svg')) {
        expect(text).not.toContain('<script');
        expect(text.match(/\bxlink:href|\bon[a-z]+=/g)).toBeNull();
      }
    }
  });

  it('draws cohorts of one, many and very many hospitals, and very long grids', async () => {
    for (const hospitals of [1, 9, 45]) {
      const figures = datasheetFigures(describeCohort(small(hospitals)));
      expect(figures.map(({ id }) => id)).toContain('patients');
      await writeDatasheet(describeCohort(small(hospitals)), path.join(folder, `${hospitals}`));
    }
    const long = simulate({ hospitals: 2, patients: 60, steps: 100, drugs: 0 }, 1).cohort();
    const byHour = datasheetFigures(describeCohort(long)).find(({ id }) => id === 'observed-by-hour');
    expect(byHour!.caption).toContain('mean of 3 steps');
  });
});

describe('printed text', () => {
  it('keeps one line, shortens and never is empty', () => {
    expect(oneLine('a\nb\u202Ec')).toBe('a b c');
    expect(Array.from(oneLine('x'.repeat(500)))).toHaveLength(60);
    expect(oneLine('\u0000')).toBe('(unnamed)');
  });

  it('escapes what Markdown would read', () => {
    expect(escapeMarkdown('a|b <i> [x] *y* `z` & \\')).toBe(
      'a\\|b &lt;i&gt; \\[x\\] \\*y\\* \\`z\\` &amp; \\\\',
    );
  });
});
