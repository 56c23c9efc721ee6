import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eicu } from '../../../src/datasets/eicu/eicu.js';
import { writeEicu } from '../eicu/eicuExtract.js';
import { ingested, refusal, scratch, valueAt, writeTable, type Scratch } from './sourceFolder.js';

let place: Scratch;
let features: string;

beforeEach(async () => {
  place = await scratch();
  features = path.join(place.root, 'features.yaml');
  await writeEicu(place.from);
  await writeTable(place.from, 'vitalPeriodic.csv', [
    'vitalperiodicid,patientunitstayid,observationoffset,temperature,sao2,heartrate,respiration,cvp,etco2,systemicsystolic,systemicdiastolic,systemicmean,pamean',
    '1,101,-5,,,200,,,,,,,',
    '2,101,20,37,96,80,,,,130,,,',
    '3,101,25,38,,90,,,,,,,',
    '4,101,30,99,,100,,,,,,,',
    '5,101,3010,37,,70,,,,,,,',
    '6,104,5,36.5,94,60,,,,,,,',
  ]);
});
afterEach(() => place.remove());

/** A feature file with one concept over columns of the bedside monitor. */
async function choose(concept: string, unit: string, aggregate: string, items: string): Promise<void> {
  await writeFile(
    features,
    `name: mine
window: 24h
step: 1h
concepts:
  - name: ${concept}
    unit: '${unit}'
    units: { f: { scale: 1.8, offset: 32 } }
    range: [40, 120]
    aggregate: ${aggregate}
    items: { eicu: { vitalperiodic: ${items} } }
`,
  );
}

describe('sources with a column for each item', () => {
  it('are averaged together with other sources of the same concept', async () => {
    const { cohort } = await ingested(eicu, place, 'both');
    expect(valueAt(cohort, 0, 0, 'hr')).toBe(90);
    expect(valueAt(cohort, 0, 0, 'temp')).toBe(37.5);
    expect(valueAt(cohort, 0, 1, 'hr')).toBeNull();
    // Cuff 100, 110, 123 and arterial line 130.
    expect(valueAt(cohort, 0, 0, 'sbp')).toBe(115.75);
    expect(valueAt(cohort, 2, 0, 'hr')).toBe(60);
    expect(cohort.schema.provenance).toMatchObject({ outOfRange: { temp: '<11', dbp: '<11' } });
  });

  it('are converted from the unit of the item before the plausible range applies', async () => {
    await choose('warmth', '°X', 'mean', '[{ item: temperature, unit: F }]');
    const { cohort } = await ingested(eicu, place, 'converted', { features });
    expect(valueAt(cohort, 0, 0, 'warmth')).toBeCloseTo(((37 + 38) / 2) * 1.8 + 32, 4);
    expect(cohort.schema.provenance).toMatchObject({
      outOfRange: { warmth: '<11' },
      converted: [{ variable: 'warmth', from: 'f', values: '<11' }],
    });
  });

  it('give every column of a concept that names several', async () => {
    await choose('either', '%', 'mean', '[sao2, heartrate]');
    const { cohort } = await ingested(eicu, place, 'several', { features });
    expect(valueAt(cohort, 0, 0, 'either')).toBe((96 + 80 + 90 + 100) / 4);
  });

  it.each([
    ['median', 90],
    ['last', 100],
  ])('also serve the %s', async (aggregate, expected) => {
    await choose('beats', 'bpm', aggregate, '[heartrate]');
    const { cohort } = await ingested(eicu, place, aggregate, { features });
    expect(valueAt(cohort, 0, 0, 'beats')).toBe(expected);
  });

  it('are refused in a unit without conversion', async () => {
    await choose('warmth', '°X', 'mean', '[{ item: temperature, unit: K }]');
    expect(await refusal(eicu, place, { features })).toMatch(/concept warmth: .*values in 'k'/);
  });
});
