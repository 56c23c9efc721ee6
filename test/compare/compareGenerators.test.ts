import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { compareGenerators } from '../../src/compare/compareGenerators.js';
import { generatorNamed } from '../../src/compare/generator.js';
import { judge } from '../../src/compare/judge.js';
import { gains, pairScores } from '../../src/compare/pairedScores.js';
import { summariseSeeds } from '../../src/compare/seedSummary.js';
import { random } from '../../src/engine/random.js';
import { metricDescriptors, metricNamed } from '../../src/metrics/index.js';
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
    expect(scores!.pairs).toEqual([
      { seed: 0, candidate: 0.1, baseline: 0.2 },
      { seed: 2, candidate: 0.3, baseline: 0.5 },
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

  it('is wrong in at most 5 % of comparisons without any difference', () => {
    const stream = random('no difference');
    let wrong = 0;
    for (let i = 0; i < 1000; i++) {
      const { verdict } = judge(
        Array.from({ length: 6 }, () => stream.normal()),
        null,
      );
      if (verdict !== 'inconclusive') wrong++;
    }
    // 2/2⁶ = .03125 of all comparisons are expected; 53 is four standard deviations above.
    expect(wrong).toBeLessThanOrEqual(50);
    expect(wrong).toBeGreaterThan(10);
  });
});

describe('a comparison', () => {
  it('corrects each dataset and site for its own number of metrics', () => {
    const up = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    const none = up.map(() => 0);
    const rows = [
      ...scoreRows('fedehr-gen', 'utility.tstr_auroc', up),
      ...scoreRows('fedavg', 'utility.tstr_auroc', none),
      ...scoreRows('fedehr-gen', 'marginal.ks', up),
      ...scoreRows('fedavg', 'marginal.ks', none),
      ...scoreRows('fedehr-gen', 'marginal.ks', up, 'A'),
      ...scoreRows('fedavg', 'marginal.ks', none, 'A'),
    ];
    const compared = compareGenerators(rows, ours, theirs, metricDescriptors);
    expect(compared.map(({ site, judgement }) => [site, judgement.verdict])).toEqual([
      ['pooled', 'better'],
      ['pooled', 'worse'],
      ['A', 'worse'],
    ]);
    expect(compared.map(({ adjustedP }) => adjustedP)).toEqual([0.0625, 0.0625, 0.03125]);
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
