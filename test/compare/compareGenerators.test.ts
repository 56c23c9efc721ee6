import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { compareGenerators } from '../../src/compare/compareGenerators.js';
import { generatorNamed } from '../../src/compare/generator.js';
import { judge } from '../../src/compare/judge.js';
import { gains, pairScores, WORST_HOSPITAL } from '../../src/compare/pairedScores.js';
import { PRIMARY_METRICS, primaryMetricsOf } from '../../src/compare/primary.js';
import { summariseSeeds } from '../../src/compare/seedSummary.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { runOf, scoreRows } from './rows.js';

const ours = { trainer: 'fedehr-gen', variant: 'default' };
const theirs = { trainer: 'fedavg', variant: 'default' };

describe('pairs', () => {
  it('are formed by seed; a seed without a value on one side is counted and left out', () => {
    const rows = [
      ...scoreRows('fedehr-gen', 'marginal.ks', [0.1, null, 0.3]),
      ...scoreRows('fedavg', 'marginal.ks', [0.2, 0.2, 0.5]),
    ];
    const [scores] = pairScores(rows, ours, theirs);
    expect(scores!.pairs).toMatchObject([
      { seed: 0, candidate: 0.1, baseline: 0.2, standardErrors: null },
      { seed: 2, candidate: 0.3, baseline: 0.5, standardErrors: null },
    ]);
    expect(scores!.unpaired).toBe(1);
  });

  it('count a gain as positive where the candidate is better: lower, higher, or nearer to the target', () => {
    const pairs = [{ seed: 0, candidate: 0.45, baseline: 0.6 }];
    const gainOf = (metric: string): number => gains({ pairs }, metricNamed(metric).descriptor)[0]!;
    expect(gainOf('marginal.ks')).toBeCloseTo(0.15, 12);
    expect(gainOf('utility.tstr_auroc')).toBeCloseTo(-0.15, 12);
    expect(gainOf('privacy.mia_distance_auroc')).toBeCloseTo(0.05, 12);
  });
});

describe('a verdict', () => {
  it('needs six pairs: five equal gains stay inconclusive and say that .05 is out of reach', () => {
    expect(judge([1, 1, 1, 1, 1], null)).toMatchObject({ verdict: 'inconclusive', reachable: false });
    expect(judge([1, 1, 1, 1, 1, 1], null)).toMatchObject({ verdict: 'better', reachable: true });
    expect(judge([-1, -1, -1, -1, -1, -1], null).verdict).toBe('worse');
    expect(judge([], 0.1)).toMatchObject({ verdict: 'inconclusive', gain: null, p: null });
  });

  it('is equivalent when the gains surely lie within the margin, even if they are surely not 0', () => {
    expect(judge([0.001, 0.002, 0.001, 0.003, 0.002, 0.001], 0.02).verdict).toBe('equivalent');
  });
});

describe('a comparison', () => {
  const up = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
  const none = up.map(() => 0);
  const against = (metric: string, ups: readonly number[], site = 'pooled') => [
    ...scoreRows('fedehr-gen', metric, ups, site),
    ...scoreRows('fedavg', metric, none, site),
  ];

  it('corrects over the pooled primary metrics and leaves the others as exploratory', () => {
    const rows = [
      ...against('utility.tstr_auroc', up),
      ...against('joint.discriminator_auroc', up),
      ...against('marginal.ks', up),
      ...against('utility.tstr_auroc', up, 'A'),
    ];
    const compared = compareGenerators(rows, ours, theirs, metricDescriptors);
    expect(compared.map(({ site, role, verdict }) => [site, role, verdict])).toEqual([
      ['pooled', 'primary', 'better'],
      ['pooled', 'primary', 'better'],
      ['pooled', 'exploratory', 'worse'],
      ['A', 'exploratory', 'better'],
    ]);
    expect(compared[0]!.adjustedP).toBe(2 * (2 / 2 ** 7));
    expect(compared[2]!.adjustedP).toBeNull();
    expect(compared[1]!.judgement.detectable).toBeGreaterThan(0.1);
  });

  it('takes the primary metrics that the suite declares', () => {
    const rows = against('marginal.ks', up);
    const declared = primaryMetricsOf({ config: { primary: [{ metric: 'marginal.ks', margin: 0.01 }] } });
    const [compared] = compareGenerators(rows, ours, theirs, metricDescriptors, declared);
    expect(compared).toMatchObject({ role: 'primary', verdict: 'worse', judgement: { margin: 0.01 } });
    expect(primaryMetricsOf({ config: {} })).toBe(PRIMARY_METRICS);
  });

  it('puts the worst hospital beside pooled: each generator’s own, where both have a value', () => {
    const rows = [
      ...scoreRows('fedehr-gen', 'marginal.ks', [0.1, 0.1], 'A'),
      ...scoreRows('fedehr-gen', 'marginal.ks', [0.3, 0.2], 'B'),
      ...scoreRows('fedehr-gen', 'marginal.ks', [0.9, 0.9], 'C'),
      ...scoreRows('fedavg', 'marginal.ks', [0.5, 0.2], 'A'),
      ...scoreRows('fedavg', 'marginal.ks', [0.1, 0.4], 'B'),
      ...scoreRows('fedavg', 'marginal.ks', [null, null], 'C'),
    ];
    const worst = compareGenerators(rows, ours, theirs, metricDescriptors).at(-1)!;
    expect(worst.site).toBe(WORST_HOSPITAL);
    expect(worst.judgement.pairs).toBe(2);
    expect(worst.judgement.gain).toBeCloseTo((0.5 - 0.3 + 0.4 - 0.2) / 2, 12);
  });

  it('has the noise of patients beside the noise of seeds, from the wider half of each interval', () => {
    const withInterval = (trainer: string, value: number, half: number) =>
      scoreRows(trainer, 'marginal.ks', [value]).map((row) => ({
        ...row,
        ciLow: Math.max(0, value - half),
        ciHigh: value + half,
      }));
    const rows = [...withInterval('fedehr-gen', 0.02, 0.03), ...withInterval('fedavg', 0.5, 0.04)];
    const [compared] = compareGenerators(rows, ours, theirs, metricDescriptors);
    expect(compared!.patients!.low).toBeCloseTo(0.48 - 0.05, 9);
    expect(compared!.patients!.high).toBeCloseTo(0.48 + 0.05, 9);
    expect(
      compareGenerators(against('marginal.ks', up), ours, theirs, metricDescriptors)[0]!.patients,
    ).toBeNull();
  });

  it('gives the gain in standard deviations of the baseline over seeds', () => {
    const rows = [
      ...scoreRows('fedehr-gen', 'utility.tstr_auroc', [0.7, 0.8, 0.9]),
      ...scoreRows('fedavg', 'utility.tstr_auroc', [0.5, 0.6, 0.7]),
    ];
    expect(compareGenerators(rows, ours, theirs, metricDescriptors)[0]!.effect).toBeCloseTo(2, 9);
  });

  it('means the only variant by the name of its trainer, and says which there are', () => {
    const known = [ours, { trainer: 'fedavg', variant: 'independent' }];
    expect(generatorNamed('fedavg', known, '--baseline')).toEqual(known[1]);
    expect(() => generatorNamed('fedagv', known, '--baseline')).toThrow(InputError);
    const two = [...known, { trainer: 'fedavg', variant: 'shared' }];
    expect(() => generatorNamed('fedavg', two, '--baseline')).toThrow('fedavg/independent, fedavg/shared');
  });
});

describe('the summary over seeds', () => {
  it('has mean, deviation and the mean of the worst hospital by the direction of the metric', () => {
    const run = runOf([
      ...scoreRows('fedavg', 'utility.tstr_auroc', [0.6, 0.8]),
      ...scoreRows('fedavg', 'utility.tstr_auroc', [0.5, 0.9], 'A'),
      ...scoreRows('fedavg', 'utility.tstr_auroc', [0.7, 0.6], 'B'),
    ]);
    const [summary] = summariseSeeds(run, [metricNamed('utility.tstr_auroc').descriptor]);
    const [score] = summary!.generators[0]!.scores;
    expect(score!.mean).toBeCloseTo(0.7, 12);
    expect(score!.deviation).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(score!.worstHospital).toBeCloseTo(0.55, 12);
    expect(score!.seeds).toBe(2);
  });
});
