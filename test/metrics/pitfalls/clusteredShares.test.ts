import { describe, expect, it } from 'vitest';
import type { Cohort, CohortSplit } from '../../../src/cohort/types.js';
import { selectStays } from '../../../src/cohort/select.js';
import { wilsonInterval } from '../../../src/stats/interval.js';
import { scoreOf } from '../scoring.js';
import { simulateSplit } from '../simulatedCohort.js';

const TIMES = 3;

/** Every stay three times, as three stays of its patient. */
function repeated(cohort: Cohort): Cohort {
  const rows = Array.from({ length: cohort.size }, (_, row) => new Array<number>(TIMES).fill(row)).flat();
  return { ...selectStays(cohort, rows), patients: rows.map((row) => cohort.patients[row]!) };
}

const repeatedSplit = ({ train, holdout, reference }: CohortSplit): CohortSplit => ({
  train: repeated(train),
  holdout: repeated(holdout),
  reference: repeated(reference),
});

describe('several stays a patient do not narrow intervals of shares of stays', () => {
  const split = simulateSplit([40, 40], 'clustered-shares');
  const thrice = repeatedSplit(split);

  it.each([
    ['privacy.dcr_share', {}],
    ['privacy.duplicate_excess', {}],
    ['privacy.duplicate_excess', { within: 0.02 }],
  ] as const)('%s %j: three equal stays a patient are worth one', async (id, parameters) => {
    for (const generator of ['reference', 'train', 'holdout'] as const) {
      const [once, again] = await Promise.all([
        scoreOf(id, split[generator], split.holdout, parameters, { train: split.train }),
        scoreOf(id, thrice[generator], thrice.holdout, parameters, { train: thrice.train }),
      ]);
      if (once.state !== 'ok' || again.state !== 'ok') throw new Error('a value was expected');
      expect(again.value).toBeCloseTo(once.value, 12);
      expect(again.ciLow!).toBeCloseTo(once.ciLow!, 12);
      expect(again.ciHigh!).toBeCloseTo(once.ciHigh!, 12);
    }
  });

  it('joint.discriminative_score: three equal stays a patient are worth about one', async () => {
    const result = await scoreOf('joint.discriminative_score', thrice.reference, thrice.holdout, {
      measure: 'accuracy',
      against: 'holdout',
    });
    if (result.state !== 'ok') throw new Error('a value was expected');
    const patients = 2 * split.reference.size;
    const { low, high } = wilsonInterval(result.value * patients, patients);
    expect((result.ciHigh! - result.ciLow!) / (high - low)).toBeGreaterThan(0.95);
    expect((result.ciHigh! - result.ciLow!) / (high - low)).toBeLessThan(1.05);
  });
});
