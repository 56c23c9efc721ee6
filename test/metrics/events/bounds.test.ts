import { describe, expect, it } from 'vitest';
import { computeBounds } from '../../../src/metrics/bounds.js';
import { metricsOf } from '../../../src/metrics/selection.js';
import { simulateSplit } from '../simulatedCohort.js';
import { severeCohort } from './severeStays.js';

const selections = metricsOf(['events.i_cde', 'events.i_pcc', 'events.time_gap']);

describe('floor and ceiling of event metrics', () => {
  it('are independent columns and fresh stays, the floor clearly worse', async () => {
    const split = {
      train: severeCohort(60, 'train'),
      holdout: severeCohort(60, 'holdout'),
      reference: severeCohort(60, 'fresh'),
    };
    const options = { selections, resamples: 0, label: null, seed: 1, sites: ['pooled'] };
    const { entries } = await computeBounds(split, options);
    expect(entries).toHaveLength(selections.length);
    for (const { metric, parameters, floor, ceiling } of entries)
      expect(floor, `${metric} ${JSON.stringify(parameters)}`).toBeGreaterThan(1.5 * ceiling!);
    expect((await computeBounds(split, options)).entries).toEqual(entries);
  });

  it('are null on cohorts of the grid form alone', async () => {
    const split = simulateSplit([40], 'grid-bounds');
    const options = { selections, resamples: 0, label: null, seed: 1, sites: ['pooled'] };
    for (const { floor, ceiling } of (await computeBounds(split, options)).entries)
      expect([floor, ceiling]).toEqual([null, null]);
  });
});
