import { generatorName } from '../compare/generator.js';
import { displayName } from '../report/names.js';
import { failing, metricTitle, sentenceOn } from './sentence.js';
import type { CheckedRow } from './checkedRow.js';

/** Text as XML 1.0 can hold it: markup escaped, characters that XML has no place for replaced. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/gu, '&amp;')
    .replace(/</gu, '&lt;')
    .replace(/>/gu, '&gt;')
    .replace(/"/gu, '&quot;');

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

/** Seconds as the schema wants them: digits, a dot, digits. */
const secondsOf = (rows: readonly CheckedRow[]): string =>
  rows.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);

function caseOf(row: CheckedRow): string {
  const open = `    <testcase${attributes({
    name: `${metricTitle(row)} at ${displayName(row.site)}`,
    classname: `${displayName(row.dataset)}.${displayName(generatorName(row))}`,
    time: secondsOf([row]),
  })}>`;
  const sentence = sentenceOn(row);
  const [failed] = failing([row]);
  const outcome =
    failed === undefined
      ? row.verdict === 'new'
        ? `<skipped${attributes({ message: sentence })}/>`
        : `<system-out>${escapeXml(sentence)}</system-out>`
      : // A failure is a score that fell; an error is one that could not be judged.
        ((element) =>
          `<${element}${attributes({ type: row.verdict, message: sentence })}>${escapeXml(sentence)}</${element}>`)(
          row.verdict === 'regression' ? 'failure' : 'error',
        );
  return `${open}${outcome}</testcase>`;
}

const countsOf = (rows: readonly CheckedRow[]): Record<string, string | number> => {
  const failures = rows.filter(({ verdict }) => verdict === 'regression').length;
  return {
    tests: rows.length,
    failures,
    errors: failing(rows).length - failures,
    time: secondsOf(rows),
  };
};

/**
 * A check as JUnit XML in the dialect of Jenkins (junit-10.xsd of its xUnit plugin), which GitHub actions, GitLab and Azure
 * DevOps read as well: a test suite for every generator of a dataset, a test case for every metric and site.
 */
export function junitXml(rows: readonly CheckedRow[]): string {
  const suites = new Map<string, CheckedRow[]>();
  for (const row of rows) {
    const name = `${displayName(row.dataset)} · ${displayName(generatorName(row))}`;
    const suite = suites.get(name);
    if (suite === undefined) suites.set(name, [row]);
    else suite.push(row);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'fedehr check', ...countsOf(rows) })}>`,
    ...[...suites].flatMap(([name, own]) => [
      `  <testsuite${attributes({
        name,
        ...countsOf(own),
        skipped: own.filter(({ verdict }) => verdict === 'new').length,
      })}>`,
      ...own.map(caseOf),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}
