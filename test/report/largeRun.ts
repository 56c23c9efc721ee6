import type { MetricDescriptor, ScoreRow } from '../../src/metrics/contract.js';
import type { RunResults, SiteFigures } from '../../src/run/contract.js';
import { random } from '../../src/engine/random.js';
import { descriptors as few, fixture } from './fixture.js';

export interface LargeRun {
  readonly results: RunResults;
  readonly descriptors: readonly MetricDescriptor[];
}

/** A run of many hospitals, metrics and seeds, with three generators and three references. */
export function largeRun(hospitals: number, metrics: number, seeds: number): LargeRun {
  const base = fixture();
  const ids = Array.from({ length: hospitals }, (_, index) => `H${String(index).padStart(3, '0')}`);
  const descriptors = Array.from({ length: metrics }, (_, index): MetricDescriptor => {
    const source = few[index % few.length]!;
    const round = Math.floor(index / few.length);
    return round === 0
      ? source
      : { ...source, id: `${source.id}_${round}`, title: `${source.title} ${round}`, headline: round === 1 };
  });
  const generators = ['fedehr-gen', 'centralized', 'fedavg', 'copy', 'holdout', 'marginals'];
  const draw = random(0, 'large-run');
  const rows: ScoreRow[] = [];
  for (const trainer of generators)
    for (let seed = 0; seed < seeds; seed++)
      for (const site of ['pooled', ...ids])
        for (const descriptor of descriptors) {
          const value = draw.uniform();
          const absent = site !== 'pooled' && draw.uniform() < 0.05;
          rows.push({
            suite: 'large',
            dataset: base.manifest.datasets[0]!.id,
            trainer,
            variant: 'default',
            seed,
            site,
            metric: descriptor.id,
            metricVersion: 1,
            parameters: { against: 'holdout' },
            value: absent ? null : value,
            ciLow: absent ? null : value - 0.03,
            ciHigh: absent ? null : value + 0.03,
            floor: descriptor.bounds === 'none' ? null : 0.9,
            ceiling: descriptor.bounds === 'none' ? null : 0.05,
            direction: descriptor.direction,
            n: 200,
            state: absent ? 'undefined' : 'ok',
            reason: absent ? 'single-class-test: the holdout has stays of one class only' : null,
            seconds: 0.4,
            key: 'sha256:0',
          });
        }
  const atSite = (site: string): SiteFigures[] =>
    base.figures.filter((figure) => figure.site === 'B').map((figure) => ({ ...figure, site }));
  const weights = Object.fromEntries(ids.map((id) => [id, 1 / hospitals]));
  return {
    descriptors,
    results: {
      ...base,
      rows,
      figures: [...base.figures.filter(({ site }) => site === 'pooled'), ...ids.flatMap(atSite)],
      training: Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) =>
        base.training
          .filter((record) => record.seed === 0)
          .map((record) => ({
            ...record,
            seed,
            ledger: {
              ...record.ledger,
              rounds: record.ledger.rounds.map((round) =>
                round.weights === undefined ? round : { ...round, weights },
              ),
            },
          })),
      ),
      manifest: {
        ...base.manifest,
        seeds: Array.from({ length: seeds }, (_, seed) => seed),
        datasets: [
          {
            ...base.manifest.datasets[0]!,
            hospitals: ids.map((id, index) => ({ id, train: 100 + index, holdout: 50, reference: 50 })),
            patients: { train: 39_900, holdout: 10_000, reference: 10_000 },
          },
        ],
      },
    },
  };
}
