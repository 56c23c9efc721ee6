import { random } from '../../src/engine/random.js';
import { headlineParameters } from '../../src/metrics/headline.js';
import { metricNamed } from '../../src/metrics/selection.js';
import type { ScoreRow } from '../../src/metrics/contract.js';
import type { RunResults } from '../../src/run/contract.js';

/** Centre and seed deviation of every simulated metric. */
export const PLANTED: Readonly<Record<string, readonly [number, number]>> = {
  'utility.tstr_auroc': [0.67, 0.02],
  'joint.discriminator_auroc': [0.9, 0.01],
  'marginal.ks': [0.05, 0.003],
  'temporal.acf_gap': [0.1, 0.02],
  'privacy.mia_distance_auroc': [0.5, 0.006],
};
export const TRAINERS = ['fedehr-gen', 'centralized', 'fedavg', 'copy'];
export const SITES = ['pooled', 'A', 'B'];

/** A run with these rows on one dataset; `copy` is a reference. */
function runWith(rows: readonly ScoreRow[], seeds: readonly number[]): RunResults {
  return {
    manifest: {
      format: 'fedehr-run',
      version: 1,
      suite: 'planted',
      config: { references: ['copy'] },
      seeds,
      engine: 'onnx',
      versions: {},
      machine: { platform: '', processor: '', cores: 1 },
      datasets: [
        {
          id: 'simulated',
          title: 'planted',
          licence: 'none',
          citation: '',
          hospitals: [],
          label: 'death',
          sha256: { 'dynamic.parquet': 'aa' },
          findings: [],
        },
      ],
    },
    rows,
    figures: [],
    training: [],
    failures: [],
  };
}

/** Scores of all planted metrics, generators and sites at these seeds: nothing but noise around fixed centres. */
export function noiseRun(name: string, seeds: readonly number[]): RunResults {
  const rows = seeds.flatMap((seed) =>
    TRAINERS.flatMap((trainer) =>
      SITES.flatMap((site) =>
        Object.entries(PLANTED).map(([metric, [centre, deviation]]): ScoreRow => {
          const { descriptor } = metricNamed(metric);
          const noise = random(name, seed, trainer, site, metric).normal();
          return {
            suite: 'planted',
            dataset: 'simulated',
            trainer,
            variant: 'default',
            seed,
            site,
            metric,
            metricVersion: descriptor.version,
            parameters: headlineParameters(descriptor),
            value: centre + deviation * (site === 'pooled' ? 1 : 1.5) * noise,
            ciLow: null,
            ciHigh: null,
            floor: null,
            ceiling: null,
            direction: descriptor.direction,
            n: 100,
            state: 'ok',
            reason: null,
            seconds: 0.5,
            key: 'sha256:0',
          };
        }),
      ),
    ),
  );
  return runWith(rows, seeds);
}

/** A run with some rows changed. */
export function changed(
  run: RunResults,
  which: Partial<ScoreRow>,
  change: (row: ScoreRow) => Partial<ScoreRow>,
): RunResults {
  const hit = (row: ScoreRow): boolean =>
    Object.entries(which).every(([key, value]) => row[key as keyof ScoreRow] === value);
  return { ...run, rows: run.rows.map((row) => (hit(row) ? { ...row, ...change(row) } : row)) };
}
