import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mimic3 } from '../../../src/datasets/mimic3/mimic3.js';
import {
  ingested,
  labelsOf,
  refusal,
  scratch,
  staticsOf,
  valueAt,
  type Scratch,
} from '../ingest/sourceFolder.js';
import { writeMimic3 } from './mimic3Extract.js';

let place: Scratch;

beforeAll(async () => {
  place = await scratch();
  await writeMimic3(place.from);
});
afterAll(() => place.remove());

describe('MIMIC-III', () => {
  it('reads both charting systems, upper-case names and shifted dates', async () => {
    const { cohort, result } = await ingested(mimic3, place, 'grid', {
      labels: ['mortality', 'los3', 'ventilation', 'sepsis'],
    });
    expect(result).toMatchObject({ stays: 3, patients: 2, hospitals: 1 });
    expect(cohort.patients).toEqual(['1', '2', '2']);
    expect([...cohort.length]).toEqual([24, 24, 12]);
    expect(staticsOf(cohort, 'age').map((age) => Math.round(Number(age)))).toEqual([60, 90, 90]);
    expect(staticsOf(cohort, 'race')).toEqual(['Hispanic', null, null]);
    expect(labelsOf(cohort, 'mortality')).toEqual([0, 1, 1]);
    expect(labelsOf(cohort, 'los3')).toEqual([0, 1, 0]);
    // A charted mode in CareVue; a procedure in MetaVision.
    expect(labelsOf(cohort, 'ventilation')).toEqual([1, 0, 1]);
    expect(labelsOf(cohort, 'sepsis')).toEqual([0, 1, 1]);
  });

  it('brings charted values into the cohort’s units', async () => {
    const { cohort } = await ingested(mimic3, place, 'chart');
    expect(valueAt(cohort, 0, 0, 'hr')).toBe(85);
    expect(valueAt(cohort, 0, 1, 'temp')).toBeCloseTo(37, 4);
    expect(valueAt(cohort, 0, 1, 'fio2')).toBeCloseTo(40, 4);
    // The row marked as an error is left out.
    expect(valueAt(cohort, 1, 0, 'hr')).toBe(100);
    // No stay named: the one it falls into.
    expect(valueAt(cohort, 1, 1, 'hr')).toBe(110);
    expect(valueAt(cohort, 1, 1, 'temp')).toBeNull();
    expect(valueAt(cohort, 1, 1, 'fio2')).toBe(50);
    expect(cohort.schema.provenance.outOfRange).toEqual({ temp: '<11' });
  });

  it('gives laboratory results to the stay they fall into, also without a hospital stay', async () => {
    const { cohort } = await ingested(mimic3, place, 'labs');
    expect(valueAt(cohort, 0, 0, 'crea')).toBeCloseTo(1.1, 6);
    expect(valueAt(cohort, 1, 2, 'crea')).toBeCloseTo(2.2, 6);
    expect(valueAt(cohort, 2, 3, 'crea')).toBeCloseTo(3.3, 6);
  });

  it('counts prescriptions by whole days and infusions by the minute', async () => {
    const { cohort } = await ingested(mimic3, place, 'drugs', { features: 'drugs-labs' });
    const course = (stay: number, drug: string): (number | null)[] =>
      Array.from({ length: cohort.length[stay]! }, (_, step) => valueAt(cohort, stay, step, drug));
    // 2 March, midnight to midnight, is 14 to 38 hours after admission at 10:00.
    expect(course(0, 'furosemide')).toEqual([0, 1, 1, 1]);
    expect(course(0, 'propofol')).toEqual([1, 0, 0, 0]);
    expect(course(1, 'propofol')).toEqual([0, 1, 1, 0, 0, 0]);
  });

  it('can be split into pseudo-hospitals', async () => {
    const groups = async (hospitalBy: string): Promise<readonly string[]> =>
      (await ingested(mimic3, place, 'groups', { hospitalBy })).cohort.hospitals;
    expect(await groups('dbsource')).toEqual(['carevue', 'metavision']);
    expect(await groups('unit')).toEqual(['MICU', 'SICU']);
    expect(await refusal(mimic3, place, { hospitalBy: 'region' })).toMatch(
      /for mimic3 one of hospital \| unit \| dbsource/,
    );
    expect(await refusal(mimic3, place, { form: 'events' })).toMatch(/--form: expected grid for mimic3/);
  });
});
