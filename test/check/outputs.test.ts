import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { benchmarkFiles } from '../../src/check/benchmarkJson.js';
import { checkRun } from '../../src/check/checkRun.js';
import { jobSummary } from '../../src/check/jobSummary.js';
import { junitXml } from '../../src/check/junit.js';
import { updatedBaseline } from '../../src/check/updateBaseline.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import { changed, noiseRun, PLANTED } from './run.js';
import { parseXml } from './xml.js';
import { xsdValidator } from './xsd.js';

const schemaFile = fileURLToPath(new URL('../fixtures/check/junit.xsd', import.meta.url));
const validate = xsdValidator(readFileSync(schemaFile, 'utf8'));

const base = noiseRun('base', [0, 1, 2, 3, 4]);
const asked = { reason: 'first', date: '2026-01-02', version: '0.1.0', metrics: Object.keys(PLANTED) };
const baseline = updatedBaseline(base, null, metricDescriptors, asked, 'runs/base');
const HOSTILE = `B"<&>' \u0000\u0007|` + '\u202E]]>';

/** A regression, a failed metric with a hostile reason, an undefined one, an improvement, and rows that are new. */
function mixedRows() {
  const seed = noiseRun('mixed', [9]);
  const site = { trainer: 'fedavg', site: 'B' };
  const worse = changed(seed, { ...site, metric: 'utility.tstr_auroc' }, () => ({ value: 0.3 }));
  const failed = changed(worse, { ...site, metric: 'marginal.ks' }, () => ({
    value: null,
    state: 'failed',
    reason: HOSTILE,
  }));
  const gone = changed(failed, { ...site, metric: 'temporal.acf_gap' }, () => ({
    value: null,
    state: 'undefined',
    reason: 'no-pairs: x',
  }));
  const better = changed(gone, { trainer: 'centralized', metric: 'utility.tstr_auroc', site: 'A' }, () => ({
    value: 0.99,
  }));
  const fresh = better.rows
    .filter((row) => row.trainer === 'fedavg' && row.site === 'A')
    .map((row) => ({ ...row, site: HOSTILE }));
  return checkRun({ ...better, rows: [...better.rows, ...fresh] }, baseline, metricDescriptors);
}

describe('JUnit XML', () => {
  const xml = junitXml(mixedRows());

  it('is valid by the schema, hostile names included', () => {
    expect(validate(parseXml(xml))).toEqual([]);
  });

  it('is valid for xmllint where that is installed', ({ skip }) => {
    if (spawnSync('xmllint', ['--version']).error !== undefined) skip('no xmllint on this machine');
    const folder = mkdtempSync(join(tmpdir(), 'fedehr-junit-'));
    try {
      const file = join(folder, 'check.xml');
      writeFileSync(file, xml);
      const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', schemaFile, file], {
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts what it lists, and tells a score that fell from one that could not be judged', () => {
    const root = parseXml(xml);
    const cases = root.children.flatMap(({ children }) => children);
    const having = (name: string): number =>
      cases.filter(({ children }) => children.some((child) => child.name === name)).length;
    const counted = (name: string): number => Number(root.attributes.get(name));
    expect(counted('tests')).toBe(cases.length);
    expect([counted('failures'), having('failure')]).toEqual([1, 1]);
    expect([counted('errors'), having('error')]).toEqual([2, 2]);
    expect(having('skipped')).toBe(5);
    for (const suite of root.children)
      expect(Number(suite.attributes.get('tests'))).toBe(suite.children.length);
    const failure = cases.find(({ children }) => children[0]?.name === 'failure')!;
    expect(failure.attributes.get('name')).toBe('TSTR AUROC at B');
    expect(failure.children[0]!.attributes.get('message')).toMatch(/worse by 0\.\d+; allowed 0\.\d+/);
  });

  it('of no rows is valid, too', () => {
    expect(validate(parseXml(junitXml([])))).toEqual([]);
  });
});

describe('the validator of the tests', () => {
  it.each([
    ['an attribute that is not declared', '<testsuites colour="red"/>'],
    [
      'a required attribute that is missing',
      '<testsuites><testsuite name="a" tests="1" failures="0"/></testsuites>',
    ],
    ['a number that is none', '<testsuites tests="NaN"/>'],
    ['an element in the wrong place', '<testsuites><testcase name="a"/></testsuites>'],
    ['an unknown element', '<suite/>'],
    ['text where none may be', '<testsuites>text</testsuites>'],
    [
      'two outcomes of one case',
      '<testsuites><testsuite name="a" tests="1" failures="1" errors="1"><testcase name="b"><error/><failure/></testcase></testsuite></testsuites>',
    ],
  ])('finds %s', (_what, document) => {
    expect(validate(parseXml(document))).not.toEqual([]);
  });

  it.each(['<a>', '<a></b>', '<a b="1" b="2"/>', '<a>&nbsp;</a>', '<a b="<"/>', '<a/><b/>', '<a>\u0001</a>'])(
    'calls %s not well-formed',
    (document) => {
      expect(() => parseXml(document)).toThrow();
    },
  );

  it('refuses a schema that it does not understand', () => {
    expect(() => xsdValidator('<xs:schema><xs:group name="g"/></xs:schema>')).toThrow('does not know');
  });
});

describe('the job summary', () => {
  it('shows what failed first, with metric, site, change and threshold, and escapes names', () => {
    const text = jobSummary(mixedRows(), 'quality.json');
    expect(text).toMatch(/^## ❌ failed/);
    const [failed] = text.split('Passed, but worth seeing');
    expect(failed).toMatch(
      /\| \*\*regression\*\* \| TSTR AUROC ↑ \| fedavg \| B \| simulated \| 0\.\d+ \| 0\.300 \| worse by 0\.\d+ \| 0\.\d+ \|/,
    );
    expect(failed).toContain('**failed**');
    expect(text).not.toContain('\u0000');
    expect(text).not.toContain('<&>');
    expect(text).toContain('<details>');
  });

  it('says passed when everything did', () => {
    expect(jobSummary(checkRun(base, baseline, metricDescriptors), 'b')).toMatch(/^## ✅ passed/);
  });
});

describe('files for github-action-benchmark', () => {
  const rows = mixedRows();
  const { smallerIsBetter, biggerIsBetter, leftOut } = benchmarkFiles(rows);

  it('have one direction each; targets are distances from their ideal', () => {
    expect(biggerIsBetter.every(({ name }) => name.endsWith('TSTR AUROC'))).toBe(true);
    const attack = smallerIsBetter.find(({ name }) => name.includes('fedavg · A · Membership'))!;
    expect(attack.unit).toBe('from 0.5');
    expect(attack.value).toBeLessThan(0.05);
    expect(attack.value).toBeGreaterThanOrEqual(0);
  });

  it('hold finite numbers only and name what they leave out', () => {
    for (const { value } of [...smallerIsBetter, ...biggerIsBetter])
      expect(Number.isFinite(value)).toBe(true);
    expect(leftOut).toHaveLength(2);
    expect(smallerIsBetter.length + biggerIsBetter.length + leftOut.length).toBe(rows.length);
    const infinite = rows.map((row) => ({ ...row, after: Infinity }));
    expect(benchmarkFiles(infinite)).toMatchObject({ smallerIsBetter: [], biggerIsBetter: [] });
  });

  it('have names that tell entries apart', () => {
    const names = [...smallerIsBetter, ...biggerIsBetter].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => !name.includes('\u0000'))).toBe(true);
  });

  it('carry the spread over seeds where there are several', () => {
    const several = benchmarkFiles(checkRun(base, baseline, metricDescriptors));
    expect(several.biggerIsBetter.every(({ range }) => range?.startsWith('± '))).toBe(true);
    expect(biggerIsBetter.every(({ range }) => range === undefined)).toBe(true);
  });
});
