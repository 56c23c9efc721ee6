import { describe, expect, it } from 'vitest';
import { joinCohorts } from '../../../src/cohort/joinCohorts.js';
import { rowsOfHospital, selectStays } from '../../../src/cohort/select.js';
import type { Cohort, CohortSplit } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { metrics } from '../../../src/metrics/index.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { resultAt } from '../../../src/metrics/resultAt.js';
import { changed, simulateCohort, simulateSplit } from '../simulatedCohort.js';

async function score(
  id: string,
  synthetic: Cohort,
  split: CohortSplit,
  parameters: MetricParameters = {},
  resamples = 0,
): Promise<Result> {
  const selection = { metric: metricNamed(id), parameters };
  return resultAt(split, synthetic, 'pooled', selection, { resamples, label: null, seed: 4 });
}

function valueOf(result: Result): number {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

function detailOf(result: Result): Readonly<Record<string, unknown>> {
  if (result.state !== 'ok' || result.detail === undefined) throw new Error('no detail');
  return result.detail;
}

const SITE = [
  'site.fidelity_gap',
  'site.worst_membership',
  'site.contribution_skew',
  'site.client_inference',
];
const split = simulateSplit([160, 100, 16], 'site');
const fresh = simulateCohort([160, 100, 16], 'site-fresh');
/** All training patients of the small hospital C, everybody else fresh. */
const leaking = changed(
  joinCohorts([
    selectStays(fresh, [...rowsOfHospital(fresh, 0), ...rowsOfHospital(fresh, 1)]),
    selectStays(split.train, rowsOfHospital(split.train, 2)),
  ]),
  {},
);

describe.each(SITE)('%s', (id) => {
  it('is scored on the pooled cohort only', () => {
    expect(metricNamed(id).descriptor).toMatchObject({ family: 'site', pooledOnly: true });
  });

  it('leaves out a hospital under 11 stays, names it, and tells nothing else about it', async () => {
    const small = simulateSplit([40, 40, 8], 'site-small');
    const result = await score(id, small.reference, small);
    expect(detailOf(result)['suppressed']).toEqual(['C']);
    expect(JSON.stringify(detailOf(result)).split('"C"')).toHaveLength(2);
  });

  it('is undefined with a reason when no two hospitals can be compared', async () => {
    const alone = simulateSplit([40, 5], 'site-alone');
    const result = await score(id, alone.reference, alone);
    if (id === 'site.worst_membership') expect(result.state).toBe('ok');
    else
      expect(result).toMatchObject({
        state: 'undefined',
        reason: expect.stringContaining('one-hospital') as string,
      });
  });
});

describe('site.worst_membership', () => {
  it('a pooled attack misses the copy of one small hospital that the site-aware attack catches', async () => {
    const pooled = await score('privacy.mia_distance_auroc', leaking, split);
    if (pooled.state !== 'ok') throw new Error(pooled.reason);
    expect(pooled.ciLow!).toBeLessThan(0.5);
    const bySite = await score('site.worst_membership', leaking, split, { attack: 'distance' });
    expect(detailOf(bySite)).toMatchObject({ worst: 'C', caught: ['C'] });
    expect(valueOf(bySite)).toBeGreaterThan(0.9);
  });

  it('needs no hospital names of the synthetic stays', async () => {
    const elsewhere = changed(leaking, { hospital: new Uint16Array(leaking.size) });
    const bySite = await score('site.worst_membership', elsewhere, split, { attack: 'distance' });
    expect(detailOf(bySite)).toMatchObject({ caught: ['C'] });
  });

  it('corrects for looking at many hospitals: fresh patients are rarely caught', async () => {
    let [caught, uncorrected] = [0, 0];
    for (let k = 0; k < 40; k++) {
      const many = simulateSplit([14, 14, 14, 14, 14, 14, 14, 14], `site-many-${k}`);
      const detail = detailOf(await score('site.worst_membership', many.reference, many));
      const sites = detail['sites'] as readonly { readonly p: number }[];
      if ((detail['caught'] as readonly string[]).length > 0) caught++;
      if (sites.some(({ p }) => p <= 0.05)) uncorrected++;
    }
    expect(caught).toBeLessThanOrEqual(6);
    expect(uncorrected).toBeGreaterThan(caught + 3);
  });

  it('lists small hospitals first', async () => {
    const sites = detailOf(await score('site.worst_membership', fresh, split))['sites'];
    expect((sites as readonly { readonly site: string }[]).map(({ site }) => site)).toEqual(['C', 'B', 'A']);
  });
});

describe('site.fidelity_gap', () => {
  it('one hospital only: its own gap is good and the other hospital’s bad', async () => {
    const onlyA = simulateCohort([276, 0, 0], 'site-only-a');
    const worst = async (synthetic: Cohort): Promise<number> =>
      valueOf(await score('site.fidelity_gap', synthetic, split, { summary: 'worst', against: 'holdout' }));
    expect(await worst(onlyA)).toBeGreaterThan((await worst(fresh)) + 0.05);
    const spread = async (synthetic: Cohort): Promise<number> =>
      valueOf(await score('site.fidelity_gap', synthetic, split, { summary: 'spread', against: 'holdout' }));
    expect(await spread(onlyA)).toBeGreaterThan(await spread(fresh));
  });

  it('compares synthetic and other hospitals’ stays with the same stays of a hospital', async () => {
    // The real patients of all other hospitals in the place of the synthetic ones have a gap of 0 at hospital C.
    const withoutC = selectStays(split.train, [
      ...rowsOfHospital(split.train, 0),
      ...rowsOfHospital(split.train, 1),
    ]);
    const inputs = { ...split, synthetic: withoutC, label: null, resamples: 0 };
    const result = await metricNamed('site.fidelity_gap').compute(inputs, {}, random('gap'));
    const sites = detailOf(result)['sites'] as readonly { readonly site: string; readonly gap: number }[];
    expect(sites.find(({ site }) => site === 'C')!.gap).toBe(0);
  });

  it('mean, worst and spread are those of the hospitals’ gaps, with an interval', async () => {
    const at = (summary: string): Promise<Result> =>
      score('site.fidelity_gap', fresh, split, { summary, against: 'holdout' }, 20);
    const [worst, mean, spread] = [await at('worst'), await at('mean'), await at('spread')];
    const gaps = (detailOf(worst)['sites'] as readonly { readonly gap: number }[]).map(({ gap }) => gap);
    expect(valueOf(worst)).toBe(Math.max(...gaps));
    expect(valueOf(mean)).toBeCloseTo(gaps.reduce((a, b) => a + b, 0) / 3, 12);
    expect(valueOf(spread)).toBeCloseTo(Math.max(...gaps) - Math.min(...gaps), 12);
    if (worst.state !== 'ok') throw new Error(worst.reason);
    expect(worst.ciLow!).toBeLessThan(worst.value);
  });
});

describe('site.contribution_skew', () => {
  it('is the total variation between nearest hospitals and their share of train', async () => {
    const copied = changed(selectStays(split.train, rowsOfHospital(split.train, 0)), {});
    const result = await score('site.contribution_skew', copied, split);
    expect(valueOf(result)).toBeCloseTo(1 - 160 / 276, 12);
  });

  it('a copy of train contributes in proportion', async () => {
    expect(valueOf(await score('site.contribution_skew', changed(split.train, {}), split))).toBeCloseTo(
      0,
      12,
    );
  });

  it('takes hospitals that are too small together', async () => {
    const small = simulateSplit([40, 40, 8], 'site-small');
    const result = await score('site.contribution_skew', changed(small.train, {}), small);
    expect(valueOf(result)).toBeCloseTo(0, 12);
  });
});

describe('site.client_inference', () => {
  it('what hospitals have in common with their fresh patients is no leak', async () => {
    // Hospitals that measure on different levels: anybody's is easily guessed.
    const apart = (cohort: Cohort): Cohort => ({
      ...cohort,
      values: cohort.values.map((value, cell) =>
        cohort.observed[cell] === 1 && cell % 6 < 5
          ? value + 30 * cohort.hospital[Math.floor(cell / 72)]!
          : value,
      ),
    });
    const real = { train: apart(split.train), holdout: apart(split.holdout), reference: split.reference };
    const result = await score('site.client_inference', apart(fresh), real);
    if (result.state !== 'ok') throw new Error(result.reason);
    expect(result.ciLow!).toBeLessThan(0);
    expect(result.ciHigh!).toBeGreaterThan(0);
    expect(Number(detailOf(result)['control'])).toBeGreaterThan(0.8);
  });

  it('copies that name their hospital give it away', async () => {
    const result = await score('site.client_inference', changed(split.train, {}), split);
    expect(detailOf(result)).toMatchObject({ attack: 1 });
    if (result.state !== 'ok') throw new Error(result.reason);
    expect(result.ciLow!).toBeGreaterThan(0);
  });
});

it('every metric of family site compares hospitals', () => {
  for (const { descriptor } of metrics)
    if (descriptor.family === 'site') expect(descriptor.pooledOnly).toBe(true);
});
