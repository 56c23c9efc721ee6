import { formatValue } from '../report/numbers.js';
import { textTable } from '../report/textTable.js';
import { ladder } from '../selftest/generators/index.js';
import type { LadderCell } from '../selftest/grid.js';

const LEGEND = `value and what was expected: ≡C exactly the ceiling, =C ceiling, >C worse, ≥C no better, ≤C no worse, =I ideal, >I not ideal, =W worst,
≈ a known value, [] within bounds, =1 as for the copy, ∅ undefined, * nothing known beforehand; ✗ wrong, n/a not on these data`;

/** The grid of one cohort: a row a metric, a column a generator; then every wrong cell in words. */
export function ladderText(name: string, cells: readonly LadderCell[]): string {
  const pooled = cells.filter(({ site }) => site === 'pooled');
  const titles = [...new Set(pooled.map(rowName))];
  const table = textTable(
    [name, ...ladder.map(({ id }) => id)],
    [
      titles.map((title) => [
        title,
        ...ladder.map(({ id }) => {
          const cell = pooled.find((one) => one.generator === id && rowName(one) === title);
          return cell === undefined ? '' : cellText(cell);
        }),
      ]),
    ],
  );
  const wrong = cells.filter(({ verdict }) => verdict === 'wrong').map(wrongText);
  const unfit = new Set(
    cells
      .filter(({ verdict }) => verdict === 'not-applicable')
      .map((cell) => `n/a   ${rowName(cell)}: ${cell.remark ?? ''}`),
  );
  return [table, LEGEND, ...wrong, ...unfit].join('\n');
}

function cellText({ value, verdict, sign }: LadderCell): string {
  if (verdict === 'not-applicable') return 'n/a';
  return `${verdict === 'wrong' ? '✗ ' : ''}${value === null ? '' : formatValue(value)}${sign}`;
}

function wrongText(cell: LadderCell): string {
  const interval =
    cell.ciLow === null || cell.ciHigh === null
      ? ''
      : ` (${formatValue(cell.ciLow)} to ${formatValue(cell.ciHigh)})`;
  const got =
    cell.value === null
      ? `${cell.state}: ${cell.reason ?? ''}`
      : `${formatValue(cell.value)}${interval}, ceiling ${cell.ceiling === null ? 'none' : formatValue(cell.ceiling)}, floor ${cell.floor === null ? 'none' : formatValue(cell.floor)}`;
  return `WRONG ${rowName(cell)}, ${cell.generator}${cell.site === 'pooled' ? '' : ` at ${cell.site}`}: ${cell.remark ?? ''}; got ${got}`;
}

function rowName({ metric, parameters }: LadderCell): string {
  const chosen = Object.entries(parameters).map(([key, value]) => `${key}=${String(value)}`);
  return [metric, ...chosen].join(' ');
}
