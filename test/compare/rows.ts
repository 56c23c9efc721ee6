import type { ScoreRow } from '../../src/metrics/contract.js';
import { headlineParameters } from '../../src/metrics/headline.js';
import { metricNamed } from '../../src/metrics/selection.js';
import type { RunManifest, RunResults } from '../../src/run/contract.js';

/** Score rows of one generator and metric, one a seed; null = undefined at that seed. */
export function scoreRows(
  trainer: string,
  metric: string,
  values: readonly (number | null)[],
  site = 'pooled',
  dataset = 'simulated',
): ScoreRow[] {
  const { descriptor } = metricNamed(metric);
  return values.map((value, seed) => ({
    suite: 'planted',
    dataset,
    trainer,
    variant: 'default',
    seed,
    site,
    metric,
    metricVersion: descriptor.version,
    parameters: headlineParameters(descriptor),
    value,
    ciLow: null,
    ciHigh: null,
    floor: null,
    ceiling: null,
    direction: descriptor.direction,
    n: 100,
    state: value === null ? 'undefined' : 'ok',
    reason: value === null ? 'planted' : null,
    seconds: 0,
    key: 'sha256:0',
  }));
}

/** A run with these rows and nothing else. */
export function runOf(rows: readonly ScoreRow[]): RunResults {
  const dataset = {
    title: 'planted',
    licence: 'none',
    citation: '',
    hospitals: [],
    label: null,
    sha256: {},
    findings: [],
  };
  const manifest: RunManifest = {
    format: 'fedehr-run',
    version: 1,
    suite: 'planted',
    config: {},
    seeds: [],
    engine: 'onnx',
    versions: {},
    machine: { platform: '', processor: '', cores: 1 },
    datasets: [...new Set(rows.map((row) => row.dataset))].map((id) => ({ id, ...dataset })),
  };
  return { manifest, rows, figures: [], training: [], failures: [] };
}
