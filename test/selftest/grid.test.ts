import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import type { MetricSelection } from '../../src/metrics/defineMetric.js';
import { metricNamed, metricsOf } from '../../src/metrics/selection.js';
import { climbLadder, type LadderCell } from '../../src/selftest/grid.js';
import { ladder } from '../../src/selftest/generators/index.js';
import { ladderDataOf, ownLadderData, type LadderData } from '../../src/selftest/ladderData.js';
import { simulateCohort } from '../metrics/simulatedCohort.js';

let planted: LadderData;
let real: LadderData;
beforeAll(async () => {
  const own = await ownLadderData(0);
  [planted, real] = [own[0]!, own[1]!];
});

const climb = (data: LadderData, selections: readonly MetricSelection[]): Promise<LadderCell[]> =>
  climbLadder(data.split, { selections, resamples: 100, label: data.label, seed: 0, planted: data.planted });

const wrongIn = (cells: readonly LadderCell[]): string[] =>
  cells
    .filter(({ verdict }) => verdict === 'wrong')
    .map(
      (cell) =>
        `${cell.metric} ${JSON.stringify(cell.parameters)} ${cell.generator}: ${cell.remark ?? ''}, got ${cell.value ?? cell.reason}`,
    );

describe('the ladder of generators with known faults', () => {
  it(
    'finds every metric of the preset fast right on planted data, with every generator',
    { timeout: 300_000 },
    async () => {
      const selections = metricsOf('fast');
      const cells = await climb(planted, selections);
      expect(wrongIn(cells)).toEqual([]);
      expect(cells.filter(({ verdict }) => verdict === 'not-applicable')).toEqual([]);
      expect(cells.filter(({ site }) => site === 'pooled')).toHaveLength(selections.length * ladder.length);
      expect(cells.some(({ site }) => site === 'B')).toBe(true);
    },
  );

  it('finds every metric of the preset fast right on real patients', { timeout: 300_000 }, async () => {
    expect(wrongIn(await climb(real, metricsOf('fast')))).toEqual([]);
  });

  it('sees gaps where hours are silent, which neither of its own cohorts has in numbers', async () => {
    const cohort = simulateCohort([150, 150], 'silent-hours');
    const stream = random('silent-hours');
    const width = cohort.schema.features.length;
    // Silence lasts, so that the order of hours matters as well.
    let silent = false;
    for (let hour = 0; hour < cohort.size * cohort.schema.steps; hour++) {
      silent = stream.uniform() < (silent ? 0.75 : 0.2);
      if (!silent) continue;
      cohort.observed.fill(0, hour * width, (hour + 1) * width);
      cohort.values.fill(0, hour * width, (hour + 1) * width);
    }
    const data = { ...ladderDataOf('silent hours', cohort, 1), planted: true };
    const cells = await climb(data, metricsOf(['temporal.gap_ks']));
    expect(wrongIn(cells)).toEqual([]);
    for (const generator of ['marginals', 'shuffled', 'collapse', 'imputed'])
      for (const cell of cells.filter((one) => one.generator === generator))
        expect(cell.value! - cell.ceiling!, generator).toBeGreaterThan(0.02);
  });

  it('calls a metric wrong that says the same about everything', async () => {
    const ks = metricNamed('marginal.ks');
    const constant: MetricSelection = {
      metric: {
        ...ks,
        compute: () => ({ state: 'ok', value: 0.03, ciLow: 0.02, ciHigh: 0.04, n: 10 }),
      },
      parameters: { against: 'train' },
    };
    const wrong = (await climb(planted, [constant])).filter(({ verdict }) => verdict === 'wrong');
    expect(wrong.map(({ generator }) => generator)).toEqual(
      expect.arrayContaining(['copy', 'collapse', 'imputed', 'empty', 'onePatient']),
    );
  });

  it('calls a metric wrong of which nobody has said what it must say', async () => {
    const ks = metricNamed('marginal.ks');
    const unknown = { ...ks, descriptor: { ...ks.descriptor, id: 'marginal.unheard_of' } };
    const cells = await climb(planted, [{ metric: unknown, parameters: {} }]);
    const pooled = cells.filter(({ site }) => site === 'pooled');
    expect(pooled).toHaveLength(ladder.length);
    for (const cell of pooled)
      expect(cell).toMatchObject({ verdict: 'wrong', remark: 'this metric has no row of expectations' });
  });

  it('does not apply to data without what the metric needs, and says so', async () => {
    const cohort = simulateCohort([60, 60], 'no-label');
    const unlabelled = {
      ...cohort,
      schema: { ...cohort.schema, labels: [] },
      labels: new Float32Array(0),
      labelsObserved: new Uint8Array(0),
    };
    const data = ladderDataOf('unlabelled', unlabelled, 1);
    expect(data.label).toBeNull();
    const cells = await climb(data, metricsOf(['utility.tstr_auroc']));
    expect(wrongIn(cells)).toEqual([]);
    expect(cells.filter(({ generator }) => generator === 'copy')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          verdict: 'not-applicable',
          remark: expect.stringContaining('no-label') as string,
        }),
      ]),
    );
  });
});
