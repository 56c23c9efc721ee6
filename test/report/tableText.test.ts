import { describe, expect, it } from 'vitest';
import { latexOf, markdownOf } from '../../src/report/page/tableText.js';
import { hostileNames } from './hostileNames.js';

const names = [
  ...hostileNames.features,
  ...hostileNames.trainers,
  ...hostileNames.hospitals,
  hostileNames.dataset,
  hostileNames.variant,
  '[2em]',
  '*',
  '\\write18{rm -rf /}',
  '%',
  '$$x$$',
  '~^_#&',
];

describe('a table for a paper', () => {
  it('is a booktabs tabular', () => {
    expect(latexOf([['generator', 'KS ↓'], ['fedavg', '0.115 ± 0.010'], ['copy', '−0.001']])) // prettier-ignore
      .toBe(
        [
          '% \\usepackage{booktabs}',
          '\\begin{tabular}{lr}',
          '\\toprule',
          'generator & KS $\\downarrow$ \\\\',
          '\\midrule',
          'fedavg & 0.115 $\\pm$ 0.010 \\\\',
          'copy & $-$0.001 \\\\',
          '\\bottomrule',
          '\\end{tabular}',
          '',
        ].join('\n'),
      );
  });

  it('runs no command that a name holds', () => {
    for (const name of names) {
      const line = latexOf([['heading'], [name]]).split('\n')[5]!;
      const left = line
        .replace(/ \\\\$/u, '')
        .replace(/\\(?:text(?:backslash|asciicircum|asciitilde|less|greater|bar|quotedbl)|ldots)\{\}/gu, '')
        .replace(/\\[{}$&#%_]/gu, '')
        .replace(/\{[[*]\}/gu, '')
        .replace(/\$(?:\\[a-z]+|-)\$/gu, '');
      expect(left, name.slice(0, 60)).not.toMatch(/[\\{}$&#%_^~[*]/u);
    }
  });
});

describe('a table for a pull request', () => {
  it('keeps its columns and shows names as text', () => {
    const table = markdownOf([['a', 'b'], ...names.map((name) => [name, '1'])]);
    const lines = table.trim().split('\n');
    expect(lines).toHaveLength(2 + names.length);
    for (const line of lines) expect(line.split(/(?<!\\)\|/u)).toHaveLength(4);
    expect(table).not.toMatch(/<[a-z/]/iu);
    expect(table).not.toMatch(/(?<!\\)[`*[\]]/u);
  });
});
