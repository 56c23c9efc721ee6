import { describe, expect, it } from 'vitest';
import { reportMarkdown, summaryMarkdown, summaryTable } from '../../src/report/index.js';
import type { ScoreRow } from '../../src/metrics/contract.js';
import { compareGenerators } from '../../src/compare/compareGenerators.js';
import { generatorName } from '../../src/compare/generator.js';
import { comparisonText } from '../../src/report/comparisonTable.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import { descriptors, fixture } from './fixture.js';
import { hostileNames } from './hostileNames.js';

const results = fixture();

/** Keeps one generator and one metric with the given values over seeds. */
function only(rows: readonly Partial<ScoreRow>[]): ReturnType<typeof fixture> {
  const base = results.rows.find(
    (row) =>
      row.trainer === 'centralized' &&
      row.metric === 'temporal.acf_gap' &&
      row.site === 'pooled' &&
      row.parameters['against'] === 'holdout',
  )!;
  return {
    ...results,
    rows: rows.map((row, seed) => ({ ...base, seed, ...row })),
    figures: [],
    training: [],
    failures: [],
  };
}

describe('summaryTable', () => {
  it('gives the mean over seeds ± half the width of the interval', () => {
    const table = summaryTable(
      only([
        { value: 0.1, ciLow: 0.09, ciHigh: 0.13 },
        { value: 0.2, ciLow: 0.15, ciHigh: 0.23 },
      ]),
      descriptors,
    );
    // (0.1 + 0.2) / 2 and ((0.13 + 0.23) / 2 − (0.09 + 0.15) / 2) / 2
    expect(table).toContain('0.150 ± 0.030');
  });

  it('averages over the seeds that have a value and names the state when none has', () => {
    const failed = {
      value: null,
      ciLow: null,
      ciHigh: null,
      state: 'failed',
      reason: 'no convergence',
    } as const;
    expect(summaryTable(only([{ value: 0.1, ciLow: 0.09, ciHigh: 0.11 }, failed]), descriptors)).toContain(
      '0.100 ± 0.010',
    );
    expect(summaryTable(only([failed, failed]), descriptors)).toContain('failed');
  });

  it('has aligned columns, every trainer and reference, then ceiling and floor', () => {
    const lines = summaryTable(results, descriptors).split('\n');
    expect(lines.map((line) => line.split(/ {2,}/u)[0])).toEqual([
      '',
      expect.stringMatching(/^─+$/u),
      'fedehr-gen',
      'centralized',
      'fedavg · default',
      'copy',
      'holdout',
      'marginals',
      expect.stringMatching(/^─+$/u),
      'ceiling (fresh real patients)',
      'floor (independent columns)',
    ]);
    const end = lines[0]!.indexOf('KS ↓') + 'KS ↓'.length;
    for (const row of [2, 3, 4, 5, 9, 10]) {
      expect(lines[row]!.slice(0, end)).toMatch(/\d$/u);
      expect(lines[row]!.charAt(end)).toBe(' ');
    }
  });

  it('keeps names from steering the terminal', () => {
    const hostile = only([{ trainer: '\u001b[31mred\u202e\nnext line' }]);
    const table = summaryTable(hostile, descriptors);
    expect(table).not.toMatch(/[\u001b\u202e]/u);
    expect(table.split('\n')).toHaveLength(6);
  });
});

describe('summaryMarkdown', () => {
  it('is a table with one line per generator and bound', () => {
    const lines = summaryMarkdown(results, descriptors).trim().split('\n');
    expect(lines.filter((line) => line.startsWith('|'))).toHaveLength(2 + 6 + 2);
    const columns = new Set(
      lines.filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/u).length),
    );
    expect(columns.size).toBe(1);
  });

  it('escapes names', () => {
    const text = summaryMarkdown(only([{ trainer: '|a|<b>*c*[d](javascript:x)`e`' }]), descriptors);
    expect(text).toContain('\\|a\\|&lt;b&gt;\\*c\\*\\[d\\]\\(javascript:x\\)\\`e\\`');
  });
});

describe('reportMarkdown', () => {
  it('says what each generator is, warns, and puts the worst hospital beside the pooled score', () => {
    const text = reportMarkdown(results, descriptors);
    expect(text).toContain('- **fedehr-gen** (pooled): On 2 of 10 headline metrics');
    expect(text).toMatch(/ {2}- ⚠ Membership leaks: membership 0\.518/u);
    expect(text).toMatch(/\| fedehr-gen \| KS ↓ \| 0\.115 \| 0\.1\d\d \| B \|/u);
    expect(text).toContain('10 of 720 scores have no value.');
    expect(text).toContain('Failed: fedavg · slow, seed 1: training stopped');
  });

  it('shows hostile names as text in tables that keep their columns', () => {
    const text = reportMarkdown(fixture(hostileNames), descriptors);
    expect(text.replace(/<\/?(?:details|summary)>/gu, '')).not.toMatch(/<[a-z/]/iu);
    const tables = text
      .split(/\n\n+/u)
      .map((block) => block.split('\n').filter((row) => row.startsWith('|')));
    for (const rows of tables)
      expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/u).length)).size).toBeLessThanOrEqual(1);
  });
});

describe('comparison as Markdown', () => {
  it('shows hostile names as text', () => {
    const hostile = fixture(hostileNames);
    const [first, second] = hostileNames.trainers;
    const key = (trainer: string) => ({ trainer, variant: hostileNames.variant });
    const rows = compareGenerators(hostile.rows, key(first!), key(second!), descriptors);
    expect(rows.length).toBeGreaterThan(0);
    const names = [generatorName(key(first!)), generatorName(key(second!))] as const;
    const comparison = { candidate: key(first!), baseline: key(second!), names, rows };
    const text = comparisonText(comparison, 'md');
    expect(text).not.toMatch(/<[a-z/]/iu);
    const lines = text.split('\n').filter((row) => row.startsWith('|'));
    expect(new Set(lines.map((row) => row.split(/(?<!\\)\|/u).length)).size).toBe(1);
    for (const row of lines) expect(row.length).toBeLessThan(2000);
  });
});

describe('columns of the summary', () => {
  const scored = only([{ value: 0.1, ciLow: 0.09, ciHigh: 0.11 }]);
  const events = metricDescriptors.filter(({ family, headline }) => family === 'events' && headline);

  it('have scores of events only where such a score was asked for', () => {
    expect(events.length).toBeGreaterThan(0);
    for (const { title } of events) expect(summaryTable(scored, metricDescriptors)).not.toContain(title);
    const first = events[0]!;
    const asked = {
      ...scored,
      rows: [...scored.rows, { ...scored.rows[0]!, metric: first.id, parameters: first.variants.full![0]! }],
    };
    expect(summaryTable(asked, metricDescriptors)).toContain(first.title);
  });

  it('say of other headline scores that they were not asked for', () => {
    expect(summaryTable(scored, metricDescriptors)).toContain('not scored');
  });
});
