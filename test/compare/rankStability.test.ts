import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { duelsBy } from '../../src/compare/groups.js';
import { onParetoFront } from '../../src/compare/pareto.js';
import { rankGenerators } from '../../src/compare/rankStability.js';
import { metricNamed } from '../../src/metrics/selection.js';
import { scoreRows } from './rows.js';

const tstr = metricNamed('utility.tstr_auroc').descriptor;

describe('ranks', () => {
  it('are stable where one generator leads at every seed, and shared where none does', () => {
    const rows = [
      ...scoreRows('a', tstr.id, [0.6, 0.7, 0.6, 0.7]),
      ...scoreRows('b', tstr.id, [0.7, 0.6, 0.7, 0.6]),
      ...scoreRows('best', tstr.id, [0.9, 0.91, 0.92, 0.93]),
      ...scoreRows('gone', tstr.id, [null, null, null, null]),
    ];
    const { generators, withoutValue, seeds } = rankGenerators(rows, 'simulated', tstr);
    expect(seeds).toBe(4);
    expect(withoutValue).toEqual(['gone']);
    expect(generators.map(({ generator, rank }) => [generator.trainer, rank])).toEqual([
      ['best', 1],
      ['a', 2.5],
      ['b', 2.5],
    ]);
    expect(generators[0]).toMatchObject({ rankLow: 1, rankHigh: 1, first: 1 });
    expect(generators[1]).toMatchObject({ rankLow: 2, rankHigh: 3, first: 0 });
  });

  it('use the seeds that all have, and say nothing of stability under three', () => {
    const rows = [...scoreRows('a', tstr.id, [0.6, 0.7, null]), ...scoreRows('b', tstr.id, [0.5, 0.6, 0.9])];
    const { generators, seeds } = rankGenerators(rows, 'simulated', tstr);
    expect(seeds).toBe(2);
    expect(generators[0]).toMatchObject({ generator: { trainer: 'a' }, rankLow: null, first: null });
  });
});

describe('the Pareto front', () => {
  it('holds what nothing beats in both, equal offers together', () => {
    const offers = [
      { cost: 1, expense: 5 },
      { cost: 2, expense: 2 },
      { cost: 2, expense: 3 },
      { cost: 1, expense: 5 },
      { cost: 3, expense: 2 },
    ];
    expect(onParetoFront(offers)).toEqual([true, true, false, true, false]);
  });
});

describe('who is compared with whom', () => {
  const generators = ['fedavg/shared', 'fedavg/own', 'fedehr-gen/shared', 'local/default'].map((name) => {
    const [trainer, variant] = name.split('/') as [string, string];
    return { trainer, variant };
  });
  const names = (duels: ReturnType<typeof duelsBy>): string[] =>
    duels.map(({ candidate, baseline }) => `${candidate.trainer}/${candidate.variant}-${baseline.variant}`);

  it('by trainer: those with the baseline’s variant, or a single one', () => {
    expect(names(duelsBy('trainer', generators, generators[0]!))).toEqual([
      'fedehr-gen/shared-shared',
      'local/default-shared',
    ]);
  });

  it('by variant: the others of the trainer, without a baseline against the first', () => {
    expect(names(duelsBy('variant', generators, generators[1]!))).toEqual(['fedavg/shared-own']);
    expect(names(duelsBy('variant', generators, null))).toEqual(['fedavg/own-shared']);
  });

  it('is an input error when nothing is left', () => {
    expect(() => duelsBy('variant', generators.slice(1), null)).toThrow(InputError);
    expect(() => duelsBy('trainer', [], null)).toThrow(InputError);
  });
});
