import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canariesBelow, canariesIn, plantCanaries, CANARY_ID, CANARY_VALUES } from './canaries.js';
import { fedehr } from './fedehr.js';
import { smallTables, writeTables, type Tables } from './smallCohort.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-canaries-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const kindOfEvent = (line: string): unknown => (JSON.parse(line) as { kind?: unknown }).kind;

describe('the scanner', () => {
  it('finds every canary in the real cohort itself', async () => {
    const folder = await writeTables(join(root, 'seen', 'cohort'), plantCanaries(smallTables(60)));
    const found = canariesIn(
      Buffer.concat([
        await readFile(join(folder, 'static.csv')),
        await readFile(join(folder, 'dynamic.csv')),
      ]),
    );
    expect(found).toEqual(expect.arrayContaining([CANARY_ID, ...CANARY_VALUES.map(String)]));
    expect(canariesIn(Buffer.from(new Float32Array([1, CANARY_VALUES[0]]).buffer))).toEqual([
      `${CANARY_VALUES[0]} as float32`,
    ]);
  });
});

describe('values and ids of real rows', () => {
  it('reach no file and no output of fedehr score', async () => {
    const out = join(root, 'scored', 'run');
    const cohorts: string[] = [];
    for (const [role, seed] of [
      ['real', 1],
      ['holdout', 2],
      ['reference', 4],
    ] as const)
      cohorts.push(
        `--${role}`,
        await writeTables(join(root, role), plantCanaries(smallTables(60, seed, role))),
      );
    cohorts.push('--synthetic', await writeTables(join(root, 'synthetic'), smallTables(60, 3, 'synthetic')));
    const args = [...cohorts, '--label', 'death', '--out', out, '--resamples', '10'];
    const scored = await fedehr('score', ...args);
    expect(scored.code).toBe(0);
    const report = await fedehr('report', out, '--format', 'md');
    expect(report.code).toBe(0);
    expect(canariesIn([scored.stdout, scored.stderr, report.stdout, report.stderr].join('\n'))).toEqual([]);
    expect(await canariesBelow(join(root, 'scored'))).toEqual([]);
  });

  it('reach no file, no log, no event, no product of the store and no model of fedehr run', async () => {
    const project = join(root, 'project');
    await writeTables(join(root, 'source'), plantCanaries(smallTables(100)));
    const suite = join(root, 'suite.yaml');
    const small = '{ autoencoder: { rounds: 2, localEpochs: 1 }, tcvae: { rounds: 2, localEpochs: 1 } }';
    await writeFile(
      suite,
      `name: canaries
datasets: [{ path: source, label: death }]
split: { train: 0.5, holdout: 0.3, reference: 0.2 }
trainers:
  - { id: fedehr-gen, parameters: ${small} }
references: [copy, holdout, marginals]
resamples: 10
`,
    );
    const outputs: string[] = [];
    for (const args of [
      ['run', suite, '--out', join(project, 'run'), '--store', join(project, 'store')],
      ['run', suite, '--out', join(project, 'again'), '--store', join(project, 'store'), '--json'],
      ['report', join(project, 'run')],
      ['compare', join(project, 'run'), '--candidate', 'fedehr-gen', '--baseline', 'marginals'],
    ]) {
      const { code, stdout, stderr } = await fedehr(...args);
      // With --json the events of a run are told on stderr.
      if (args[0] === 'run' && args.includes('--json'))
        expect(stderr.trim().split('\n').map(kindOfEvent)).not.toContain(undefined);
      else expect(stderr).toBe('');
      expect(code).toBe(0);
      outputs.push(stdout, stderr);
    }
    expect(canariesIn(outputs.join('\n'))).toEqual([]);
    expect(await canariesBelow(project)).toEqual([]);
  }, 300_000);

  it('reach no error message, whatever is wrong with the rows', async () => {
    const spoil: Readonly<Record<string, (tables: Tables) => void>> = {
      'text where a number belongs': ({ dynamic }) => spoilCell(dynamic, 5, 4, `${CANARY_ID}-text`),
      'value above its range': ({ dynamic }) => spoilCell(dynamic, 5, 4, `9${CANARY_VALUES[3]}`),
      'step beyond the grid': ({ dynamic }) => spoilCell(dynamic, 5, 3, '99'),
      'step that is none': ({ dynamic }) => spoilCell(dynamic, 5, 3, `${CANARY_ID}-step`),
      'another hospital': ({ dynamic }) => spoilCell(dynamic, 5, 2, `${CANARY_ID}-ward`),
      'patient without statics': ({ dynamic }) => spoilCell(dynamic, 5, 1, `${CANARY_ID}-stay-unknown`),
      'level unknown': (tables) => spoilCell(tables.static, 5, 4, `${CANARY_ID}-level`),
      'label neither 0 nor 1': (tables) => spoilCell(tables.static, 5, 5, String(CANARY_VALUES[0])),
      'row twice': (tables) => tables.static.push(tables.static[5]!),
      'row with too many cells': ({ dynamic }) => dynamic.push(`${dynamic[5]!},${CANARY_ID}-more`),
      'open quotation mark': ({ dynamic }) => spoilCell(dynamic, 5, 4, `"${CANARY_ID}-quote`),
    };
    const holdout = await writeTables(join(root, 'fine'), plantCanaries(smallTables(30, 2, 'fine')));
    for (const [what, spoiled] of Object.entries(spoil)) {
      const tables = plantCanaries(smallTables(30));
      spoiled(tables);
      const real = await writeTables(join(root, 'spoiled', what.replaceAll(' ', '-')), tables);
      const args = ['--real', real, '--holdout', holdout, '--synthetic', holdout];
      const { code, stdout, stderr } = await fedehr('score', ...args, '--out', join(root, 'nowhere'));
      expect(code, what).toBe(2);
      expect(stderr, what).toContain('expected');
      expect(canariesIn(stdout + stderr), what).toEqual([]);
    }
  }, 300_000);
});

function spoilCell(lines: string[], row: number, column: number, text: string): void {
  const cells = lines[row]!.split(',');
  cells[column] = text;
  lines[row] = cells.join(',');
}
