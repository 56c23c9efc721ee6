import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { readDescription } from '../../src/cohort/readCohort.js';
import { hospitalCounts } from '../../src/cohort/select.js';
import { splitCohort } from '../../src/cohort/split.js';
import { openDatabase, sqlFile } from '../../src/cohort/table/duckdb.js';
import type { Cohort } from '../../src/cohort/types.js';
import { requireConsistent, requireUsable } from '../../src/cohort/validate.js';
import { datasetById, datasets } from '../../src/datasets/datasets.js';
import { resolveDataset } from '../../src/datasets/resolveDataset.js';

function deaths(cohort: Cohort): number[] {
  const label = cohort.schema.labels.findIndex(({ name }) => name === 'mortality');
  const width = cohort.schema.labels.length;
  const counts = cohort.hospitals.map(() => 0);
  for (let stay = 0; stay < cohort.size; stay++)
    if (cohort.labelsObserved[stay * width + label] === 1)
      counts[cohort.hospital[stay]!]! += cohort.labels[stay * width + label]!;
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** No person in two parts of a split. */
function expectSeparatePersons(cohort: Cohort): void {
  const { train, holdout, reference } = splitCohort(cohort, { train: 0.6, holdout: 0.2, reference: 0.2 }, 0);
  const parts = [train, holdout, reference].map(({ patients }) => new Set(patients));
  expect(sum(parts.map(({ size }) => size))).toBe(new Set(cohort.patients).size);
}

describe('shipped physionet2012', () => {
  it('has the published records and deaths of each ICU type, less those without measurements', async () => {
    const cohort = await datasetById('physionet2012').load();
    requireConsistent(cohort, 'physionet2012');
    requireUsable(cohort, 'physionet2012');
    expect(cohort.size).toBe(8000 - 10);
    // Sets a and b: CCU 577 + 590, CSRU 874 + 782, MICU 1481 + 1436, SICU 1068 + 1192; 1122 deaths.
    const published = [1167, 1656, 2917, 2260];
    for (const [k, count] of hospitalCounts(cohort).entries()) {
      expect(count).toBeLessThanOrEqual(published[k]!);
      expect(count).toBeGreaterThan(published[k]! - 11);
    }
    expect(deaths(cohort)).toEqual([153, 77, 561, 331]);
    expect(cohort.schema).toMatchObject({ steps: 48, stepHours: 1 });
    expect(cohort.schema.features).toHaveLength(37);
  });
});

describe('shipped eicu-demo', () => {
  it('has the documented stays, patients and hospitals, by hospital and by region', async () => {
    const cohort = await (await resolveDataset('eicu-demo')).load();
    requireConsistent(cohort, 'eicu-demo');
    requireUsable(cohort, 'eicu-demo');
    expect(cohort.size).toBe(2267);
    expect(new Set(cohort.patients).size).toBe(1751);
    expect(cohort.hospitals).toHaveLength(185);
    expect(cohort.hospitals).toEqual(datasetById('eicu-demo').hospitals);
    const sizes = hospitalCounts(cohort);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([7, 33]);
    expectSeparatePersons(cohort);

    const regions = await (await resolveDataset('eicu-demo', { partition: 'region' })).load();
    expect(regions.hospitals).toEqual(['Midwest', 'Northeast', 'South', 'Unknown', 'West']);
    expect(hospitalCounts(regions)).toEqual([744, 140, 649, 202, 532]);
    expectSeparatePersons(regions);

    const cells = await (await resolveDataset('eicu-demo', { partition: 'region,beds' })).load();
    const cellSize = (id: string): number => hospitalCounts(cells)[cells.hospitals.indexOf(id)]!;
    expect(cellSize('Midwest, <100 beds')).toBe(207);
    expect(cellSize('South, 100 - 249 beds')).toBe(237);
    expect(cellSize('West, 250 - 499 beds')).toBe(177);
    expect(cellSize('Unknown, >= 500 beds')).toBe(14);
    expect(new Set(cells.patients)).toEqual(new Set(cohort.patients));
  });

  it('has the documented share of charted hours in its first hours', async () => {
    const cohort = await datasetById('eicu-demo').load();
    const charted = (name: string): number => {
      const feature = cohort.schema.features.findIndex((one) => one.name === name);
      const width = cohort.schema.features.length;
      let seen = 0;
      for (let at = feature; at < cohort.observed.length; at += width) seen += cohort.observed[at]!;
      return (100 * seen) / sum([...cohort.length]);
    };
    expect(Math.abs(charted('hr') - 94.5)).toBeLessThan(2);
    expect(Math.abs(charted('sbp') - 84.6)).toBeLessThan(2);
    expect(Math.abs(charted('temp') - 26)).toBeLessThan(3);
  });
});

describe('shipped mimic3-demo', () => {
  it('has the documented stays and patients, by unit and by charting system', async () => {
    const cohort = await datasetById('mimic3-demo').load();
    requireConsistent(cohort, 'mimic3-demo');
    requireUsable(cohort, 'mimic3-demo');
    expect(cohort.size).toBe(132);
    expect(new Set(cohort.patients).size).toBe(96);
    expect(cohort.hospitals).toEqual(['CCU', 'CSRU', 'MICU', 'SICU', 'TSICU']);
    expectSeparatePersons(cohort);
    const charting = await (await resolveDataset('mimic3-demo', { partition: 'charting' })).load();
    expect(hospitalCounts(charting)).toEqual([56, 76]);
  });
});

describe('shipped event demos', () => {
  it.each([
    ['mimic4-demo', 110, 84, ['labevents', 'prescriptions', 'inputevents']],
    ['eicu-demo-events', 1293, 1075, ['lab', 'medication', 'infusiondrug']],
  ])('%s has a grid and events of the same stays', async (id, stays, patients, tables) => {
    const dataset = datasetById(id);
    const cohort = await dataset.load();
    requireConsistent(cohort, id);
    requireUsable(cohort, id);
    expect(cohort.size).toBe(stays);
    expect(new Set(cohort.patients).size).toBe(patients);
    expectSeparatePersons(cohort);
    const described = await readDescription(dataset.folder);
    expect(described.tables?.map(({ name }) => name)).toEqual(tables);
    const database = await openDatabase({ folders: [dataset.folder] });
    try {
      const [row] = (
        await database.connection.runAndReadAll(
          `SELECT count(DISTINCT e.stay_id), min(e.minute), max(e.minute), count(*) FILTER (s.stay_id IS NULL),
             count(DISTINCT e."table")
           FROM read_parquet(${sqlFile(path.join(dataset.folder, 'events.parquet'))}) e
           LEFT JOIN read_parquet(${sqlFile(path.join(dataset.folder, 'static.parquet'))}) s
             ON s.stay_id = e.stay_id AND s.patient_id = e.patient_id AND s.hospital_id = e.hospital_id`,
        )
      ).getRows();
      expect(row!.map(Number)).toEqual([stays, 0, 720, 0, 3]);
    } finally {
      database.close();
    }
  });
});

describe('every shipped dataset', () => {
  it('is listed with what its folder holds: licence, citation, datasheet', async () => {
    for (const dataset of datasets) {
      const { id, folder, licence, citation, hospitals, labels } = dataset;
      const cohort = await dataset.load();
      expect(cohort.hospitals, id).toEqual(hospitals);
      expect(
        cohort.schema.labels.map(({ name }) => name),
        id,
      ).toEqual(labels);
      expect(cohort.schema.provenance.licence, id).toBe(licence);
      expect(cohort.schema.provenance.citation, id).toBe(citation);
      for (const name of ['LICENSE.txt', 'CITATION.bib', 'DATASHEET.md'])
        expect((await stat(path.join(folder, name))).size, `${id}/${name}`).toBeGreaterThan(500);
    }
  });

  it('keeps the licence text and notice of ODbL databases', async () => {
    for (const { folder, licence } of datasets) {
      if (licence !== 'ODbL 1.0') continue;
      expect(await readFile(path.join(folder, 'LICENSE.txt'), 'utf8')).toContain(
        'ODC Open Database License (ODbL)',
      );
      expect(await readFile(path.join(folder, 'NOTICE.txt'), 'utf8')).toContain(
        'offered under the same licence',
      );
    }
  });

  it('holds no id of its source', async () => {
    for (const dataset of datasets) {
      const { id } = dataset;
      const { patients } = await dataset.load();
      expect(
        patients.every((patient) => /^[ABPR]\d{4,6}$/.test(patient)),
        id,
      ).toBe(true);
    }
  });
});
