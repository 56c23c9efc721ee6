import { describe, expect, it } from 'vitest';
import { compareGenerators } from '../../src/compare/compareGenerators.js';
import { judge } from '../../src/compare/judge.js';
import { PRIMARY_METRICS } from '../../src/compare/primary.js';
import { random, type Random } from '../../src/engine/random.js';
import { metricDescriptors } from '../../src/metrics/index.js';
import { reachOf } from '../../src/report/comparisonTable.js';
import { scoreRows } from './rows.js';

const ours = { trainer: 'fedehr-gen', variant: 'default' };
const theirs = { trainer: 'fedavg', variant: 'default' };
const COMPARISONS = 1000;

/** Primary scores of two generators at so many seeds; the candidate is better by `effect` in every metric. */
function simulated(stream: Random, seeds: number, deviation: number, effect = 0) {
  return PRIMARY_METRICS.flatMap(({ metric }) => {
    const better = metric === 'joint.discriminator_auroc' ? -effect : effect;
    const around = (centre: number): number[] =>
      Array.from({ length: seeds }, () => centre + deviation * stream.normal());
    return [
      ...scoreRows(ours.trainer, metric, around(0.7 + better)),
      ...scoreRows(theirs.trainer, metric, around(0.7)),
    ];
  });
}

function verdictsOf(stream: Random, seeds: number, deviation: number, effect = 0) {
  const rows = simulated(stream, seeds, deviation, effect);
  return compareGenerators(rows, ours, theirs, metricDescriptors).map(({ verdict }) => verdict);
}

describe('statistical honesty', () => {
  it.each([6, 7, 8])(
    'with %i seeds and no difference, any primary metric is called better or worse in one of twenty comparisons at most',
    (seeds) => {
      const stream = random('no difference', seeds);
      let wrong = 0;
      for (let i = 0; i < COMPARISONS; i++)
        if (verdictsOf(stream, seeds, 0.05).some((one) => one === 'better' || one === 'worse')) wrong++;
      expect(wrong).toBeLessThanOrEqual(0.05 * COMPARISONS);
      // Eight seeds reach the corrected level, so that some false findings must occur.
      if (seeds === 8) expect(wrong).toBeGreaterThan(5);
    },
  );

  it('would be wrong too often without the correction', () => {
    const stream = random('uncorrected');
    let wrong = 0;
    for (let i = 0; i < COMPARISONS; i++) {
      const verdicts = [1, 2, 3].map(
        () =>
          judge(
            Array.from({ length: 8 }, () => stream.normal()),
            null,
          ).verdict,
      );
      if (verdicts.some((one) => one !== 'inconclusive')) wrong++;
    }
    expect(wrong).toBeGreaterThan(0.08 * COMPARISONS);
  });

  it('finds a difference of the size that it calls detectable in about 80 % of comparisons', () => {
    const stream = random('detectable');
    const { detectable } = judge(
      Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
      null,
    );
    const deviation = Math.sqrt(8 / 7);
    let found = 0;
    for (let i = 0; i < COMPARISONS; i++) {
      const gains = Array.from({ length: 8 }, () => detectable! + deviation * stream.normal());
      if (judge(gains, null).verdict === 'better') found++;
    }
    expect(found / COMPARISONS).toBeGreaterThan(0.76);
    expect(found / COMPARISONS).toBeLessThan(0.84);
  });

  it('calls equal generators equivalent, and different ones hardly ever', () => {
    const stream = random('equivalence');
    let [equal, different] = [0, 0];
    for (let i = 0; i < COMPARISONS / 4; i++) {
      if (verdictsOf(stream, 8, 0.004).every((one) => one === 'equivalent')) equal++;
      // At the margin of the narrowest two: the claim is false there.
      if (verdictsOf(stream, 8, 0.004, 0.02).slice(0, 2).includes('equivalent')) different++;
    }
    expect(equal).toBeGreaterThan(0.9 * (COMPARISONS / 4));
    expect(different).toBeLessThanOrEqual(0.05 * (COMPARISONS / 4) + 4);
  });

  it('says that five seeds cannot reach significance, whatever they show', () => {
    const rows = [
      ...scoreRows(ours.trainer, 'utility.tstr_auroc', [0.9, 0.91, 0.92, 0.93, 0.94]),
      ...scoreRows(theirs.trainer, 'utility.tstr_auroc', [0.5, 0.5, 0.5, 0.5, 0.5]),
    ];
    const compared = compareGenerators(rows, ours, theirs, metricDescriptors);
    expect(compared[0]).toMatchObject({
      verdict: 'inconclusive',
      judgement: { p: 0.0625, reachable: false },
    });
    expect(reachOf(compared).join(' ')).toContain('2/2^5 = 0.0625');
  });

  it('says that six seeds cannot carry one finding among three primary metrics', () => {
    const compared = compareGenerators(
      simulated(random('six'), 6, 0.001, 0.2),
      ours,
      theirs,
      metricDescriptors,
    );
    expect(compared.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    expect(reachOf(compared)).toEqual([expect.stringContaining('7 seeds reach it')]);
  });
});
