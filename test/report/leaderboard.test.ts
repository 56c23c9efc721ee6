import { describe, expect, it } from 'vitest';
import { leaderboardMarkdown, leaderboardOf, runNames } from '../../src/report/index.js';
import { groupRuns } from '../../src/report/leaderboard/comparable.js';
import { descriptors, fixture } from './fixture.js';
import { hostileNames } from './hostileNames.js';
import { threeRuns } from './runs.js';

const [first, second, third] = threeRuns() as [
  ReturnType<typeof threeRuns>[0],
  ReturnType<typeof threeRuns>[0],
  ReturnType<typeof threeRuns>[0],
];

describe('comparable runs', () => {
  it('score the same patients in the same split; others are named with what differs', () => {
    const { groups, incomparable } = groupRuns([first, second, third]);
    expect(groups.map(({ runs }) => runs.map(({ name }) => name))).toEqual([['first', 'second'], ['third']]);
    expect(incomparable).toEqual([{ dataset: 'physionet2019', run: 'third', reasons: ['other split'] }]);
  });

  it.each([
    ['other real data', { sha256: { 'dynamic.parquet': 'cd'.repeat(32) } }],
    ['other label', { label: 'death' }],
    ['other hospitals', { hospitals: [{ id: 'A', train: 720, holdout: 240, reference: 240 }] }],
  ])('are not: %s', (reason, change) => {
    const { manifest } = first.results;
    const changed = { ...manifest, datasets: [{ ...manifest.datasets[0]!, ...change }] };
    const { incomparable } = groupRuns([
      first,
      second,
      { name: 'changed', results: { ...first.results, manifest: changed } },
    ]);
    expect(incomparable.map(({ run, reasons }) => [run, reasons])).toEqual([['changed', [reason]]]);
  });

  it('are compared whatever cohort was scored: the synthetic one may differ', () => {
    const { manifest } = first.results;
    const scored = (hash: string) => ({
      name: hash,
      results: {
        ...first.results,
        manifest: {
          ...manifest,
          datasets: [{ ...manifest.datasets[0]!, sha256: { real: 'a', holdout: 'b', synthetic: hash } }],
        },
      },
    });
    expect(groupRuns([scored('x'), scored('y')]).groups).toHaveLength(1);
  });
});

describe('ranking', () => {
  const { rankings } = leaderboardOf([first, second, third], descriptors);
  const [ranking] = rankings;

  it('has every generator of every run, every reference once, ceiling and floor', () => {
    expect(ranking!.rows.map(({ label, run }) => `${label} @ ${run}`)).toEqual([
      'fedehr-gen @ first',
      'centralized @ first',
      'fedavg @ first',
      'fedehr-gen @ second',
      'centralized @ second',
      'fedavg @ second',
      'copy @ reference',
      'holdout @ reference',
      'marginals @ reference',
      'ceiling (fresh real patients) @ ',
      'floor (independent columns) @ ',
    ]);
    expect(rankings).toHaveLength(2);
  });

  it('gives the values of each run and the worst hospital beside the pooled one', () => {
    const ks = ranking!.columns.findIndex(({ id }) => id === 'marginal.ks');
    const [ours, , , theirs] = ranking!.rows.map(({ cells }) => cells[ks]!);
    expect(theirs!.pooled.value! - ours!.pooled.value!).toBeCloseTo(0.02, 10);
    expect(ours!.worst!.place.site).toBe('B');
    expect(ours!.worst!.value).toBeGreaterThan(ours!.pooled.value!);
    const atB = first.results.rows.filter(
      (row) =>
        row.metric === 'marginal.ks' &&
        row.site === 'B' &&
        row.trainer === 'fedehr-gen' &&
        row.parameters['against'] === 'holdout',
    );
    expect(ours!.worst!.value).toBeCloseTo((atB[0]!.value! + atB[1]!.value!) / 2, 12);
  });

  it('compares no values of different versions of a metric', () => {
    const newer = {
      name: 'newer',
      results: {
        ...second.results,
        rows: second.results.rows.map((row) =>
          row.metric === 'marginal.ks' ? { ...row, metricVersion: 2 } : row,
        ),
      },
    };
    const [mixed] = leaderboardOf([first, newer], descriptors).rankings;
    const ks = mixed!.columns.findIndex(({ id }) => id === 'marginal.ks');
    expect(mixed!.rows[0]!.cells[ks]!.pooled).toMatchObject({ value: null, gap: 'skipped' });
    expect(mixed!.rows.find(({ run }) => run === 'newer')!.cells[ks]!.pooled.value).not.toBeNull();
    expect(mixed!.merged.outdated).toContainEqual({ run: 'first', metric: 'marginal.ks', version: 1 });
  });
});

describe('leaderboard as Markdown', () => {
  it('has one table a group, the worst hospital in brackets, and names what is not comparable', () => {
    const text = leaderboardMarkdown(leaderboardOf([first, second, third], descriptors));
    const lines = text.split('\n');
    expect(lines.filter((line) => line.startsWith('| generator'))).toHaveLength(2);
    expect(text).toMatch(/\| fedehr-gen \| second \| 2 \| 0\.1\d\d ± 0\.0\d\d \(0\.1\d\d\) \|/u);
    expect(text).toContain('- third on physionet2019: other split');
    const columns = new Set(
      lines.filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/u).length),
    );
    expect(columns.size).toBe(1);
  });

  it('shows hostile names as text, on one line each', () => {
    const text = leaderboardMarkdown(
      leaderboardOf(
        [
          { name: runNames(['/runs/|<b>*x*'])[0]!, results: fixture(hostileNames) },
          { name: 'second', results: fixture(hostileNames) },
        ],
        descriptors,
      ),
    );
    expect(text).not.toMatch(/<(?:script|img|b)\b/iu);
    expect(text).not.toMatch(/[\u0000\u202E]/u);
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(3000);
    const cells = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split(/(?<!\\)\|/u).length);
    expect(new Set(cells).size).toBe(1);
  });
});

describe('names of runs', () => {
  it('are the folders’ names, with as much of the path as keeps them apart', () => {
    expect(runNames(['/a/runs/quick', '/a/runs/slow/'])).toEqual(['quick', 'slow']);
    expect(runNames(['/a/x/quick', '/a/y/quick'])).toEqual(['x/quick', 'y/quick']);
    expect(runNames(['/a/quick', '/a/quick'])).toEqual(['quick', 'quick (2)']);
  });
});
