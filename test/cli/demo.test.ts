import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headlineParameters } from '../../src/metrics/headline.js';
import { metricNamed, metricsOf } from '../../src/metrics/selection.js';
import { selectionsAt } from '../../src/metrics/selectionsAt.js';
import type { ScoreRow } from '../../src/metrics/contract.js';
import type { RunManifest } from '../../src/run/contract.js';
import { fedehr, type Finished } from './fedehr.js';

const TRAINERS = ['fedehr-gen', 'centralized', 'fedavg'];
const REFERENCES = ['copy', 'holdout', 'marginals'];
const SITES = ['pooled', 'A', 'B'];
const FIDELITY = [
  'marginal.ks',
  'marginal.wasserstein',
  'marginal.missing_rate',
  'marginal.prevalence_r2',
  'pairwise.correlation_gap',
  'temporal.acf_gap',
  'temporal.mask_transition',
  'joint.discriminator_auroc',
];

let folder: string;
let run: Finished;
let rows: ScoreRow[];

async function scoresOf(out: string): Promise<ScoreRow[]> {
  return (JSON.parse(await readFile(join(out, 'scores.json'), 'utf8')) as { rows: ScoreRow[] }).rows;
}

/** The headline row of a metric. */
function headline(trainer: string, metric: string, site = 'pooled'): ScoreRow {
  const first = headlineParameters(metricNamed(metric).descriptor);
  const row = rows.find(
    (candidate) =>
      candidate.trainer === trainer &&
      candidate.metric === metric &&
      candidate.site === site &&
      JSON.stringify(candidate.parameters) === JSON.stringify(first),
  );
  if (row === undefined) throw new Error(`no row ${trainer} ${metric} ${site}`);
  return row;
}

function value(trainer: string, metric: string): number {
  const row = headline(trainer, metric);
  if (row.value === null) throw new Error(`${trainer} ${metric}: ${row.state} ${row.reason ?? ''}`);
  return row.value;
}

function interval(trainer: string, metric: string): [number, number] {
  const { ciLow, ciHigh } = headline(trainer, metric);
  if (ciLow === null || ciHigh === null) throw new Error(`${trainer} ${metric} has no interval`);
  return [ciLow, ciHigh];
}

describe('the demo on two real hospital systems', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedehr-demo-'));
    run = await fedehr(
      'run',
      'suites/quick.yaml',
      '--out',
      join(folder, 'a'),
      '--store',
      join(folder, 'store-a'),
    );
    rows = run.code === 0 ? await scoresOf(join(folder, 'a')) : [];
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('ends with exit 0, prints a row for every generator, and names the report', async () => {
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    for (const name of [...TRAINERS, ...REFERENCES])
      expect(run.stdout).toMatch(new RegExp(`^\\s*${name}\\b.*±`, 'm'));
    const report = /Report: (.*)$/m.exec(run.stdout)?.[1] ?? '';
    await access(report);
    const figures = await readdir(join(folder, 'a', 'report', 'figures'));
    expect(figures.filter((name) => name.endsWith('.vl.json')).length).toBeGreaterThanOrEqual(8);
    expect(figures.filter((name) => name.endsWith('.svg')).length).toBeGreaterThanOrEqual(8);
  });

  it('scores every generator at every site on every metric, with a state and no NaN', () => {
    for (const trainer of [...TRAINERS, ...REFERENCES])
      for (const site of SITES)
        for (const { metric, parameters } of selectionsAt(site, metricsOf('fast'))) {
          const { descriptor } = metric;
          const found = rows.filter(
            (row) =>
              row.trainer === trainer &&
              row.site === site &&
              row.metric === descriptor.id &&
              JSON.stringify(row.parameters) === JSON.stringify(parameters),
          );
          expect(found, `${trainer} ${site} ${descriptor.id} ${JSON.stringify(parameters)}`).toHaveLength(1);
          const row = found[0];
          if (row?.state === 'ok') expect(Number.isFinite(row.value), descriptor.id).toBe(true);
          else expect(row?.reason, descriptor.id).toMatch(/./);
        }
  });

  it('has not fallen behind the committed baseline', async () => {
    const junit = join(folder, 'check.xml');
    const check = await fedehr(
      ...['check', join(folder, 'a'), '--baseline', 'reports/baselines/quick.json', '--junit', junit],
    );
    expect(check.code, check.stdout + check.stderr).toBe(0);
    expect(await readFile(junit, 'utf8')).toMatch(/<testsuites? [^>]*failures="0"/);
  });

  it('sees through the copy: members are recognised and every nearest neighbour is a member', () => {
    expect(value('copy', 'privacy.mia_distance_auroc')).toBeGreaterThanOrEqual(0.95);
    expect(value('copy', 'privacy.dcr_share')).toBeGreaterThanOrEqual(0.95);
  });

  it('finds nothing to fault in fresh real patients', () => {
    const [from, to] = interval('holdout', 'privacy.mia_distance_auroc');
    expect(from).toBeLessThanOrEqual(0.5);
    expect(to).toBeGreaterThanOrEqual(0.5);
    // The ceiling is another draw of real patients of the same size with noise of its own, which no interval of the score
    // holds: a difference of two equally noisy numbers is √2 times as wide.
    for (const metric of FIDELITY) {
      const [, high] = interval('holdout', metric);
      const { ceiling } = headline('holdout', metric);
      const halfWidth = high - value('holdout', metric);
      expect(Math.abs(value('holdout', metric) - ceiling!), metric).toBeLessThanOrEqual(
        Math.SQRT2 * halfWidth,
      );
    }
  });

  it('stands on at least 1,000 real patients a hospital in train and in holdout', async () => {
    const manifest = JSON.parse(await readFile(join(folder, 'a', 'manifest.json'), 'utf8')) as RunManifest;
    const hospitals = manifest.datasets[0]?.hospitals ?? [];
    expect(hospitals).toHaveLength(2);
    for (const { train, holdout } of hospitals)
      expect(Math.min(train ?? 0, holdout ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('tells the trained model from independent columns', () => {
    expect(value('marginals', 'temporal.acf_gap')).toBeGreaterThanOrEqual(
      3 * value('centralized', 'temporal.acf_gap'),
    );
    expect(value('centralized', 'joint.discriminator_auroc')).toBeLessThan(
      value('marginals', 'joint.discriminator_auroc'),
    );
    expect(value('centralized', 'utility.tstr_auroc')).toBeGreaterThan(
      value('marginals', 'utility.tstr_auroc'),
    );
    expect(value('centralized', 'pairwise.correlation_gap')).toBeLessThanOrEqual(
      value('marginals', 'pairwise.correlation_gap'),
    );
  });

  it('gives the same bytes again, apart from seconds, whatever the number of workers', async () => {
    const again = await fedehr(
      'run',
      'suites/quick.yaml',
      '--out',
      join(folder, 'b'),
      '--store',
      join(folder, 'store-b'),
      '--workers',
      '1',
    );
    expect(again.code).toBe(0);
    const text = async (name: string): Promise<string> =>
      (await readFile(join(folder, name, 'scores.json'), 'utf8')).replaceAll(
        /"seconds":[0-9.e-]+/g,
        '"seconds":0',
      );
    expect(await text('b')).toBe(await text('a'));
  }, 900_000);
});
