import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fedehr } from './fedehr.js';
import { smallTables, writeTables, type Tables } from './smallCohort.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-bad-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let cases = 0;
/** A fresh folder that a run may write to; afterwards it must be empty. */
async function runOn(
  tables: Tables | undefined,
  suite: (cohort: string) => string,
): Promise<{ message: string; code: number | null; left: string[] }> {
  const folder = join(root, `case-${cases++}`);
  const cohort = join(folder, 'cohort');
  if (tables !== undefined) await writeTables(cohort, tables);
  else await writeTables(join(folder, 'unused'), smallTables(20));
  const file = join(folder, 'suite.yaml');
  await writeFile(file, suite('cohort'));
  const out = join(folder, 'out');
  const { code, stderr, stdout } = await fedehr(
    'run',
    file,
    '--out',
    out,
    '--store',
    join(folder, 'store'),
    '--quiet',
  );
  expect(stdout).toBe('');
  const left = [out, join(folder, 'store')].map((place) => readdir(place).catch(() => []));
  return { message: stderr, code, left: (await Promise.all(left)).flat() };
}

const plain = (cohort: string): string => `name: bad\ndatasets: [{ path: ${cohort} }]\ntrainers: []\n`;
function spoiled(change: (tables: Tables) => void, perHospital = 20): Tables {
  const tables = smallTables(perHospital);
  change(tables);
  return tables;
}
/** Replaces one comma-separated cell; row 0 is the header. */
function setCell(lines: string[], row: number, column: number, text: string): void {
  const cells = (lines[row] ?? '').split(',');
  cells[column] = text;
  lines[row] = cells.join(',');
}

describe('fedehr run on bad cohorts: exit 2, file, place and remedy, nothing half-written', () => {
  const wrong: [string, Tables | undefined, RegExp][] = [
    ['a missing folder', undefined, /cohort.*expected a cohort folder/],
    [
      'an unknown feature kind',
      spoiled(({ description }) => ((description['features'] as { kind: string }[])[0]!.kind = 'continous')),
      /cohort\.json.*features\[0\]\.kind.*Did you mean "continuous"/,
    ],
    [
      'a text in a numeric column',
      spoiled(({ dynamic }) => setCell(dynamic, 5, 3, 'high')),
      /dynamic\.csv.*HR.*number/,
    ],
    [
      'a duplicate (patient, t)',
      spoiled(({ dynamic }) => dynamic.push(dynamic[3]!)),
      /dynamic\.csv.*(twice|duplicate|one row)/,
    ],
    ['a negative t', spoiled(({ dynamic }) => setCell(dynamic, 7, 2, '-1')), /dynamic\.csv.*\bt\b/],
    [
      'a value outside its range',
      spoiled(({ dynamic }) => setCell(dynamic, 9, 3, '900')),
      /dynamic\.csv.*HR.*(range|350)/,
    ],
    [
      'a hospital with one patient',
      spoiled(({ dynamic, static: statics }) => {
        dynamic.push('lonely,west,0,80,,0');
        statics.push('lonely,west,50,F,0');
      }),
      /hospital west.*at least \d+ patients/,
    ],
    [
      'an empty cohort',
      spoiled((tables) => {
        tables.dynamic.length = 1;
        tables.static.length = 1;
      }),
      /(static|dynamic)\.csv.*(no|empty|one)/,
    ],
    [
      'a label with one class',
      spoiled(({ static: statics }) => {
        for (let row = 1; row < statics.length; row++) setCell(statics, row, 4, '0');
      }),
      /label death.*class/,
    ],
  ];
  it.each(wrong)('%s', async (_, tables, pattern) => {
    const { code, message, left } = await runOn(tables, plain);
    expect(message).toMatch(pattern);
    expect(message).not.toMatch(/p-north-|internal error/);
    expect(code).toBe(2);
    expect(left).toEqual([]);
  });

  const suites: [string, (cohort: string) => string, RegExp][] = [
    [
      'an unknown trainer',
      (cohort) => `name: bad\ndatasets: [{ path: ${cohort} }]\ntrainers: [{ id: fedehrgen }]\n`,
      /fedehr-gen/,
    ],
    [
      'an unknown metric',
      (cohort) => `name: bad\ndatasets: [{ path: ${cohort} }]\nmetrics: [marginal.kss]\n`,
      /marginal\.ks/,
    ],
    ['an unknown dataset', () => 'name: bad\ndatasets: [{ id: physionet2018 }]\n', /physionet2019/],
    [
      'an unknown label',
      (cohort) => `name: bad\ndatasets: [{ path: ${cohort}, label: dead }]\n`,
      /Did you mean "death"/,
    ],
    [
      'an unknown parameter of a trainer',
      (cohort) =>
        `name: bad\ndatasets: [{ path: ${cohort} }]\ntrainers: [{ id: fedavg, parameters: { tcvae: { round: 3 } } }]\n`,
      /parameters of fedavg, tcvae\.round: .*Did you mean "rounds"/,
    ],
    ['bad YAML', () => 'name: bad\ndatasets: [{ id: a }\n', /expected valid YAML/],
    [
      'an unknown suite key',
      (cohort) => `name: bad\ndatasets: [{ path: ${cohort} }]\nseed: [1]\n`,
      /Did you mean "seeds"/,
    ],
  ];
  it.each(suites)('%s', async (_, suite, pattern) => {
    const { code, message, left } = await runOn(smallTables(20), suite);
    expect(message).toMatch(pattern);
    expect(code).toBe(2);
    expect(left).toEqual([]);
  });
});

describe('wrong usage', () => {
  it.each([
    [['runn', 'x.yaml'], /run/],
    [['run'], /suite\.yaml/],
    [['run', 'nowhere.yaml'], /no such file/],
    [['run', 'suites/quick.yaml', '--engine', 'onyx'], /Did you mean "onnx"/],
    [['run', 'suites/quick.yaml', '--seeds', '5-1'], /--seeds/],
    [['run', 'suites/quick.yaml', '--metrics', 'marginal.kss'], /Did you mean "marginal\.ks"/],
    [['metrics', 'marginal.k'], /marginal\.ks/],
    [['trainers', 'centralised'], /centralized/],
    [['run', 'suites/quick.yaml', '--only', 'trainer=centralised'], /Did you mean "centralized"/],
    [['report', 'nowhere'], /finished run folder/],
    [['validate', 'nowhere'], /nothing there/],
    [
      ['score', '--real', 'r', '--holdout', 'h', '--synthetic', 's', '--out', 'datasets/eicu-demo'],
      /--out: expected a folder for scores and reports, found a cohort folder/,
    ],
    [
      ['train', 'fedavg', '--dataset', 'physionet2019', '--out', 'package.json'],
      /--out: expected a folder that can be written, found a file/,
    ],
  ])('fedehr %j exits with 2 and helps', async (args, pattern) => {
    const { code, stderr } = await fedehr(...args);
    expect(stderr).toMatch(pattern);
    expect(code).toBe(2);
  });
});
