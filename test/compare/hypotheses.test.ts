import { describe, expect, it } from 'vitest';
import { judgeHypotheses, type HypothesisResult } from '../../src/compare/hypotheses.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import { hypothesesMarkdown } from '../../src/report/comparison.js';
import type { RunResults } from '../../src/run/contract.js';
import { runOf, scoreRows } from './rows.js';

const generator = (trainer: string) => ({ trainer, variant: 'default' });
const cast = {
  candidate: generator('fedehr-gen'),
  centralized: generator('centralized'),
  fedavg: generator('fedavg'),
  endToEnd: generator('fedavg-e2e'),
};
const around = (centre: number): number[] => [0.001, -0.002, 0, 0.002, -0.001, 0.0005].map((d) => centre + d);

/** Primary and privacy scores of one generator at six seeds. */
function generatorRows(
  trainer: string,
  tstr: number,
  prevalence: number,
  discriminator: number,
  attack: number,
) {
  return [
    ...scoreRows(trainer, 'utility.tstr_auroc', around(tstr)),
    ...scoreRows(trainer, 'marginal.prevalence_r2', around(prevalence)),
    ...scoreRows(trainer, 'joint.discriminator_auroc', around(discriminator)),
    ...scoreRows(trainer, 'privacy.mia_distance_auroc', around(attack)),
    ...scoreRows(trainer, 'privacy.nnaa', around(0)),
  ];
}

function outcomes(run: RunResults): Record<string, HypothesisResult['outcome']> {
  return Object.fromEntries(
    judgeHypotheses(run, metricDescriptors, cast).map(({ id, outcome }) => [id, outcome]),
  );
}

describe('hypotheses on planted scores', () => {
  it('all hold: as good as centralized, better than FedAvg, no leak, end-to-end collapsed', () => {
    const rows = [
      ...generatorRows('fedehr-gen', 0.8, 0.95, 0.7, 0.5),
      ...generatorRows('centralized', 0.805, 0.95, 0.69, 0.5),
      ...generatorRows('fedavg', 0.75, 0.9, 0.8, 0.5),
      ...generatorRows('fedavg-e2e', 0.6, 0.2, 0.99, 0.5),
    ];
    expect(outcomes(runOf(rows))).toEqual({ H1: 'holds', H2: 'holds', H3: 'holds', H4: 'holds' });
  });

  it('H1 fails on one metric that surely differs by more than its margin', () => {
    const rows = [
      ...generatorRows('fedehr-gen', 0.8, 0.95, 0.8, 0.5),
      ...generatorRows('centralized', 0.8, 0.95, 0.7, 0.5),
    ];
    expect(outcomes(runOf(rows))['H1']).toBe('fails');
  });

  it('H2 needs every primary metric: equal on one is inconclusive, worse on one fails', () => {
    const baseline = generatorRows('fedavg', 0.75, 0.9, 0.8, 0.5);
    const equal = generatorRows('fedehr-gen', 0.8, 0.9, 0.7, 0.5).map((row, i) =>
      row.metric === 'marginal.prevalence_r2' && row.value !== null
        ? { ...row, value: row.value + (i % 2 === 0 ? 0.001 : -0.001) }
        : row,
    );
    expect(outcomes(runOf([...equal, ...baseline]))['H2']).toBe('inconclusive');
    const worse = generatorRows('fedehr-gen', 0.8, 0.85, 0.7, 0.5);
    expect(outcomes(runOf([...worse, ...baseline]))['H2']).toBe('fails');
  });

  it('H3 is inconclusive where a run scores no adversarial accuracy', () => {
    const rows = ['fedehr-gen', 'centralized']
      .flatMap((trainer) => generatorRows(trainer, 0.8, 0.95, 0.7, 0.5))
      .filter(({ metric }) => metric !== 'privacy.nnaa');
    expect(outcomes(runOf(rows))['H3']).toBe('inconclusive');
  });

  it('H3 fails as soon as one seed leaks more than the threshold', () => {
    const rows = [
      ...scoreRows('fedehr-gen', 'privacy.mia_distance_auroc', [0.5, 0.5, 0.56, 0.5, 0.5, 0.5]),
      ...scoreRows('centralized', 'privacy.mia_distance_auroc', around(0.5)),
    ];
    expect(outcomes(runOf(rows))['H3']).toBe('fails');
  });

  it('H4 holds when an end-to-end seed failed, fails when it trained well, and is not tested without one', () => {
    const well = runOf(generatorRows('fedavg-e2e', 0.8, 0.95, 0.7, 0.5));
    expect(outcomes(well)['H4']).toBe('fails');
    const failure = { dataset: 'simulated', seed: 1, reason: 'NaN', input: false };
    const diverged = { ...well, failures: [{ ...failure, ...generator('fedavg-e2e') }] };
    expect(outcomes(diverged)['H4']).toBe('holds');
    const ledger = { bytesUp: 0, bytesDown: 0, synchronisations: 0, epochs: {}, rounds: [] };
    const stageTwo = { varianceRatio: 0.1, divergencePerStep: [] };
    const flat = { dataset: 'simulated', seed: 1, seconds: 1, ledger: { ...ledger, stageTwo } };
    expect(outcomes({ ...well, training: [{ ...flat, ...generator('fedavg-e2e') }] })['H4']).toBe('holds');
    expect(outcomes(runOf(generatorRows('fedavg', 0.8, 0.95, 0.7, 0.5)))['H4']).toBe('not tested');
  });

  it('H4 takes no low prevalence R² for a collapse where fresh real patients stay as low', () => {
    const low = generatorRows('fedavg-e2e', 0.8, -0.9, 0.7, 0.5);
    expect(outcomes(runOf(low))['H4']).toBe('holds');
    const unreachable = low.map((row) =>
      row.metric === 'marginal.prevalence_r2' ? { ...row, ceiling: 0.47 } : row,
    );
    const ledger = { bytesUp: 0, bytesDown: 0, synchronisations: 0, epochs: {}, rounds: [] };
    const stageTwo = { varianceRatio: 0.9, divergencePerStep: [] };
    const lively = { dataset: 'simulated', seed: 1, seconds: 1, ledger: { ...ledger, stageTwo } };
    const run = { ...runOf(unreachable), training: [{ ...lively, ...generator('fedavg-e2e') }] };
    expect(outcomes(run)['H4']).toBe('fails');
  });

  it('are printed with their evidence', () => {
    const rows = [
      ...generatorRows('fedehr-gen', 0.8, 0.95, 0.7, 0.5),
      ...generatorRows('centralized', 0.8, 0.95, 0.7, 0.5),
    ];
    const text = hypothesesMarkdown(judgeHypotheses(runOf(rows), metricDescriptors, cast));
    expect(text).toContain('H1: fedehr-gen is as good as centralized');
    expect(text).toContain('6 pairs');
    expect(text).toContain('within ±0.020');
  });
});
