// Writes the table of docs/compare.md: the smallest difference that a number of seeds finds with 80 % power.
//
//   npm run build && node scripts/comparePower.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { detectableShift, fewestPairs } from '../dist/stats/detectableShift.js';

const document = new URL('../docs/compare.md', import.meta.url);
const comparisons = [1, 3, 5];
const seeds = [3, 5, 6, 7, 8, 9, 10, 12, 15, 20];
const level = (count) => 0.05 / count;

const cell = (pairs, count) => {
  const shift = detectableShift(pairs, level(count));
  return shift === null ? `out of reach (needs ${fewestPairs(level(count))})` : shift.toFixed(2);
};
const table = [
  `| seeds | smallest p | ${comparisons.map((count) => (count === 1 ? 'one primary metric' : `${count} primary metrics`)).join(' | ')} |`,
  `| ---: | ---: |${comparisons.map(() => ' ---: |').join('')}`,
  ...seeds.map(
    (pairs) =>
      `| ${pairs} | ${(2 / 2 ** pairs).toPrecision(3)} | ${comparisons.map((count) => cell(pairs, count)).join(' | ')} |`,
  ),
].join('\n');

const text = readFileSync(document, 'utf8');
const [before, after] = [/<!-- power -->\n/u, /<!-- \/power -->/u].map((mark) => {
  const found = mark.exec(text);
  if (found === null) throw new Error('docs/compare.md has lost the marks of its table');
  return found;
});
writeFileSync(
  document,
  `${text.slice(0, before.index + before[0].length)}\n${table}\n\n${text.slice(after.index)}`,
);
