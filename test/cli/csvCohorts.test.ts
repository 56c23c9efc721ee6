import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoreRow } from '../../src/metrics/contract.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import { escapeHtml } from '../../src/cohort/escapeHtml.js';
import { fedehr, type Finished } from './fedehr.js';

const cohorts = fileURLToPath(new URL('../fixtures/csvCohorts', import.meta.url));
const tutorial = fileURLToPath(new URL('../../docs/tutorial-score-csv.md', import.meta.url));
const parts = ['real', 'holdout', 'synthetic'] as const;
const metrics = [
  'marginal.ks',
  'pairwise.correlation_gap',
  'temporal.acf_gap',
  'temporal.increment_ks',
  'utility.tstr_auroc',
  'privacy.mia_distance_auroc',
  'privacy.duplicate_excess',
];

let root: string;
let finished: Finished;
let rows: readonly ScoreRow[];
let page: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-csv-'));
  const folders = parts.flatMap((part) => [`--${part}`, join(cohorts, part)]);
  const options = ['--label', 'death', '--metrics', metrics.join(','), '--resamples', '20', '--json'];
  finished = await fedehr('score', ...folders, ...options, '--out', join(root, 'out'));
  const written = JSON.parse(finished.stdout) as { scores: string; report: string };
  rows = (JSON.parse(await readFile(written.scores, 'utf8')) as { rows: ScoreRow[] }).rows;
  page = await readFile(written.report, 'utf8');
});
afterAll(() => rm(root, { recursive: true, force: true }));

// The folders are what docs/examples/write_csv_cohorts.py writes: pandas tables, no part of this product.
describe('the tutorial on cohorts that pandas wrote', () => {
  it.each(parts)('finds the %s folder valid although nobody hashed its files', async (part) => {
    expect(JSON.parse(await readFile(join(cohorts, part, 'cohort.json'), 'utf8'))).not.toHaveProperty(
      'files',
    );
    const { code, stdout } = await fedehr('validate', join(cohorts, part), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, stays: 120, hospitals: 2 });
  });

  it('scores every metric pooled and at both hospitals, each with a finite value', () => {
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    for (const site of ['pooled', 'north', 'south'])
      expect(new Set(rows.filter((row) => row.site === site).map(({ metric }) => metric))).toEqual(
        new Set(metrics),
      );
    for (const { metric, site, state, value } of rows) {
      expect(state, `${metric} at ${site}`).toBe('ok');
      expect(Number.isFinite(value), `${metric} at ${site}`).toBe(true);
    }
  });

  it('finds the one thing that is wrong with the synthetic stays: they have no memory', () => {
    const acf = pooled('temporal.acf_gap');
    expect(acf.ciLow).toBeGreaterThan(5 * acf.ceiling!);
    const correlation = pooled('pairwise.correlation_gap');
    expect(correlation.value).toBeLessThan(0.1 * correlation.floor!);
  });

  it('raises no memorisation flag, since the script never looked at the real patients', async () => {
    expect(JSON.parse(finished.stdout)).toMatchObject({ memorisation: [] });
    expect(await readFile(tutorial, 'utf8')).not.toContain('Memorisation flag:');
    const ofTrain = rows.find(
      (row) => row.metric === 'marginal.ks' && row.site === 'pooled' && row.parameters['against'] === 'train',
    )!;
    for (const printed of [ofTrain.value!, ofTrain.ceiling!])
      expect(await readFile(tutorial, 'utf8')).toContain(printed.toFixed(3));
  });

  it.each(metrics)('explains %s beside its score in the report', (metric) => {
    const { explanation } = metricDescriptors.find(({ id }) => id === metric)!;
    expect(page).toContain(`<p class="muted explanation copyless">${escapeHtml(explanation)}</p>`);
  });

  it('is described with the numbers that the command prints', async () => {
    const text = await readFile(tutorial, 'utf8');
    for (const metric of ['marginal.ks', 'pairwise.correlation_gap', 'temporal.acf_gap'])
      expect(text).toContain(`${pooled(metric).value!.toFixed(3)} ±`);
    expect(text).toContain(`--metrics ${metrics.join(',')}`);
    expect(text).toContain(`${rows.length} scores (${rows.length} ok)`);
  });
});

function pooled(metric: string): ScoreRow {
  return rows.find(
    (row) => row.metric === metric && row.site === 'pooled' && row.parameters['against'] !== 'train',
  )!;
}
