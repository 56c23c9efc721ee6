import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../src/cohort/types.js';
import { random, type Random } from '../../src/engine/random.js';
import { delong } from '../../src/stats/auroc.js';
import { scoreOf } from './scoring.js';
import { cohortOf } from './simulatedCohort.js';

const [LOWEST, HIGHEST] = [0.9, 0.98];

/** Whether an interval holds the truth, over so many samples; in [0, 1]. */
async function coverage(
  samples: number,
  covers: (sample: number) => boolean | Promise<boolean>,
): Promise<number> {
  let covered = 0;
  for (let k = 0; k < samples; k++) if (await covers(k)) covered++;
  return covered / samples;
}

function expectNominal(share: number): void {
  expect(share).toBeGreaterThanOrEqual(LOWEST);
  expect(share).toBeLessThanOrEqual(HIGHEST);
}

describe('the DeLong interval of an AUROC covers the truth in 90 to 98 % of samples', () => {
  const truth = 0.7602499389065233; // Φ(1/√2), normal scores one standard deviation apart

  it('with unequal classes', async () => {
    const stream = random('coverage', 'classes');
    const share = await coverage(600, () => {
      const positives = Array.from({ length: 30 }, () => 1 + stream.normal());
      const negatives = Array.from({ length: 150 }, () => stream.normal());
      const { low, high } = delong(positives, negatives);
      return low <= truth && truth <= high;
    });
    expectNominal(share);
  });

  it('with scores rounded to few levels, so that many are tied', async () => {
    // P(N > 0) for levels 0 and 1 cut at the middle: AUROC = ½ + ½·(P(1 | positive) − P(1 | negative)).
    const shareAbove = 0.6914624612740131; // Φ(½)
    const tied = 0.5 + 0.5 * (2 * shareAbove - 1);
    const stream = random('coverage', 'ties');
    const share = await coverage(600, () => {
      const positives = Array.from({ length: 60 }, () => (1 + stream.normal() > 0.5 ? 1 : 0));
      const negatives = Array.from({ length: 80 }, () => (stream.normal() > 0.5 ? 1 : 0));
      const { low, high } = delong(positives, negatives);
      return low <= tied && tied <= high;
    });
    expectNominal(share);
  });

  it('with several stays a patient, by patients only', async () => {
    const stream = random('coverage', 'stays');
    // Two thirds of the variance are the patient's: four stays tell little more than one.
    const patients = (shift: number, count: number, prefix: string): [number[], string[]] => {
      const [scores, owners]: [number[], string[]] = [[], []];
      for (let p = 0; p < count; p++) {
        const own = Math.sqrt(2 / 3) * stream.normal();
        for (let stay = 0; stay < 4; stay++) {
          scores.push(shift + own + Math.sqrt(1 / 3) * stream.normal());
          owners.push(`${prefix}${p}`);
        }
      }
      return [scores, owners];
    };
    let ofStays = 0;
    const ofPatients = await coverage(400, () => {
      const [positives, positiveOwners] = patients(1, 50, 'p');
      const [negatives, negativeOwners] = patients(0, 60, 'n');
      const { low, high } = delong(positives, negatives, {
        positives: positiveOwners,
        negatives: negativeOwners,
      });
      const naive = delong(positives, negatives);
      if (naive.low <= truth && truth <= naive.high) ofStays++;
      return low <= truth && truth <= high;
    });
    expectNominal(ofPatients);
    expect(ofStays / 400).toBeLessThan(0.85);
  });
});

/**
 * Stays of two features with correlation `r`, half of whose variance lasts over the stay: x = a + e and y = r·x + √(1 − r²)·z, z like x and
 * independent of it.
 */
function correlatedCohort(r: number, patients: number, stream: Random): Cohort {
  return cohortOf(
    Array.from({ length: patients }, () => {
      const lasting = [stream.normal(), stream.normal()] as const;
      return Array.from({ length: 6 }, () => {
        const [x, z] = [lasting[0] + stream.normal(), lasting[1] + stream.normal()];
        return [x, r * x + Math.sqrt(1 - r * r) * z];
      });
    }),
  );
}

describe('the bootstrap interval of the correlation gap covers the truth in 90 to 98 % of samples', () => {
  it.each([
    [0.8, 0.2],
    [0.5, -0.3],
  ])('real correlation %f, synthetic %f', async (real, synthetic) => {
    const stream = random('coverage', 'correlation', real);
    const share = await coverage(300, async (seed) => {
      const result = await scoreOf(
        'pairwise.correlation_gap',
        correlatedCohort(synthetic, 60, stream),
        correlatedCohort(real, 60, stream),
        {},
        { resamples: 100, seed },
      );
      if (result.state !== 'ok') throw new Error(result.reason);
      const truth = real - synthetic;
      return result.ciLow! <= truth && truth <= result.ciHigh!;
    });
    expectNominal(share);
  });
});
