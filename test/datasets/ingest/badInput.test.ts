import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eicu } from '../../../src/datasets/eicu/eicu.js';
import type { IngestAdapter } from '../../../src/datasets/ingest/adapter.js';
import { adapterById } from '../../../src/datasets/ingest/adapters.js';
import {
  gridSteps,
  parseChoice,
  parseDuration,
  parseHospitals,
} from '../../../src/datasets/ingest/ingestOptions.js';
import { labLines, patientLines, writeEicu } from '../eicu/eicuExtract.js';
import { ingested, refusal, scratch, valueAt, writeTable, type Scratch } from './sourceFolder.js';

let place: Scratch;

beforeEach(async () => {
  place = await scratch();
  await writeEicu(place.from);
});
afterEach(() => place.remove());

async function replace(name: string, lines: readonly string[]): Promise<void> {
  await rm(path.join(place.from, name));
  await writeTable(place.from, name, lines);
}

describe('bad input to the ingest, each refused with nothing half-written', () => {
  it('a missing folder or table, by name', async () => {
    expect(await refusal(eicu, { ...place, from: path.join(place.root, 'nowhere') })).toMatch(
      /--from: expected the folder/,
    );
    await rm(path.join(place.from, 'patient.csv.gz'));
    expect(await refusal(eicu, place)).toMatch(/table patient: expected patient\.csv\.gz.*no such file/);
  });

  it('no table at all for the features or a label', async () => {
    for (const name of ['lab.csv.gz', 'vitalAperiodic.csv.gz', 'respiratoryCharting.csv.gz'])
      await rm(path.join(place.from, name));
    expect(await refusal(eicu, place)).toMatch(/table lab: expected .*no such file/);
    await rm(path.join(place.from, 'diagnosis.csv.gz'));
    expect(await refusal(eicu, place, { features: 'drugs-labs', labels: ['sepsis'] })).toMatch(
      /table diagnosis: expected/,
    );
  });

  it('two files for one table', async () => {
    await writeTable(place.from, 'LAB.csv', labLines);
    expect(await refusal(eicu, place)).toMatch(/table lab: expected one file, found .* and /);
  });

  it('takes columns in upper case and refuses ambiguous and renamed ones', async () => {
    const [header, ...rows] = labLines;
    await replace('lab.csv.gz', [header!.toUpperCase(), ...rows]);
    const { cohort } = await ingested(eicu, place, 'upper');
    expect(valueAt(cohort, 0, 1, 'crea')).toBe(3);
    await replace('lab.csv.gz', [
      header!.replace('labresultrevisedoffset', 'LABNAME').replace('labname', 'LabName'),
      ...rows,
    ]);
    expect(await refusal(eicu, place)).toMatch(/column labname: expected one column.*LabName and LABNAME/);
    await replace('lab.csv.gz', [header!.replace('labresultoffset', 'labresultofset'), ...rows]);
    expect(await refusal(eicu, place)).toMatch(
      /expected a column labresultoffset.*Did you mean "labresultofset"/,
    );
  });

  it('a file without its header line, of which nothing is quoted', async () => {
    await replace('lab.csv.gz', labLines.slice(1));
    const message = await refusal(eicu, place);
    expect(message).toMatch(/lab\.csv\.gz, line 1: expected a header line with the columns labid/);
    expect(message).not.toMatch(/9\.9/);
  });

  it('times that are none, told by file, line and column and never by value', async () => {
    await replace('lab.csv.gz', [...labLines, '99,101,half past nine,1,sodium,140,140,mmol/L,mmol/L,0']);
    const message = await refusal(eicu, place);
    expect(message).toMatch(/lab\.csv\.gz, line 15, column labresultoffset: expected a whole number/);
    expect(message).not.toMatch(/half past/);
  });

  it('of several faulty tables the first', async () => {
    const many = Array.from({ length: 20_000 }, () => labLines[1]!);
    await replace('lab.csv.gz', [labLines[0]!, ...many, '99,101,late,1,sodium,140,140,mmol/L,mmol/L,0']);
    await replace('respiratoryCharting.csv.gz', [
      'respchartid,patientunitstayid,respchartoffset,respchartentryoffset,respcharttypecat,respchartvaluelabel,respchartvalue',
      '1,101,early,20,respFlowSettings,FiO2,40',
    ]);
    expect(await refusal(eicu, place)).toMatch(/lab\.csv\.gz, line 20002, column labresultoffset/);
  });

  it('a gzip file that is cut short, also at the end of a line', async () => {
    const file = path.join(place.from, 'lab.csv.gz');
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length - 12));
    expect(await refusal(eicu, place)).toMatch(
      /lab\.csv\.gz: expected a complete gzip file, found one that is cut/,
    );
    // A Z_SYNC_FLUSH boundary: everything before the cut decompresses to whole lines.
    const { deflated, cut } = gzipInTwo(labLines.slice(0, 5).join('\n') + '\n', labLines.slice(5).join('\n'));
    await writeFile(file, deflated.subarray(0, cut));
    expect(await refusal(eicu, place)).toMatch(/cut short/);
  });

  it('another delimiter', async () => {
    for (const delimiter of [';', '\t']) {
      await replace(
        'lab.csv.gz',
        labLines.map((line) => line.replaceAll(',', delimiter)),
      );
      expect(await refusal(eicu, place)).toMatch(/line 1: expected columns separated by commas/);
    }
  });

  it('a line with other than the header’s number of cells', async () => {
    await replace('patient.csv.gz', [...patientLines, '108,1008,Female,64']);
    expect(await refusal(eicu, place)).toMatch(/patient\.csv\.gz, line 9: expected comma-separated/);
  });

  it('no eligible stay, with the whole attrition', async () => {
    const message = await refusal(eicu, place, { hospitals: { kind: 'min', stays: 50 } });
    expect(message).toMatch(/ICU stays in the source: 7;.*above zero: 6;.*at least 50 remaining stays: 0/);
  });

  it('an unknown hospital, grouping or form', async () => {
    expect(await refusal(eicu, place, { hospitals: { kind: 'ids', ids: ['100'] } })).toMatch(
      /--hospitals: expected ids.*found '100'/,
    );
    expect(await refusal(eicu, place, { hospitalBy: 'regoin' })).toMatch(/Did you mean "region"/);
  });

  it('times that all lie outside the window', async () => {
    const [header, ...rows] = labLines;
    const shifted = rows.map((row) => {
      const cells = row.split(',');
      cells[2] = String(Number(cells[2]) * 1000 + 1_000_000);
      return cells.join(',');
    });
    await replace('lab.csv.gz', [header!, ...shifted]);
    await replace('vitalAperiodic.csv.gz', [
      'vitalaperiodicid,patientunitstayid,observationoffset,noninvasivesystolic,noninvasivediastolic,noninvasivemean',
    ]);
    await rm(path.join(place.from, 'respiratoryCharting.csv.gz'));
    expect(await refusal(eicu, place)).toMatch(
      /expected measurements inside the window.*all before admission or after the window/,
    );
  });

  it('a unit without conversion, unless such values are to be dropped', async () => {
    await replace('lab.csv.gz', [...labLines, '99,101,70,1,potassium,4,4,furlong,furlong,0']);
    expect(await refusal(eicu, place)).toMatch(
      /concept k: expected one of the units meq\/l, mmol\/l, found 1 values in 'furlong'/,
    );
    const { cohort } = await ingested(eicu, place, 'dropped', { unknownUnits: 'drop' });
    expect(cohort.schema.provenance.unknownUnit).toEqual({ k: '<11' });
  });

  it('a full disk', async () => {
    // More rows than the memory holds, with next to no room to put them aside.
    const large: IngestAdapter = {
      ...eicu,
      sql: async (file) => {
        const text = await eicu.sql(file);
        return file === 'stays.sql'
          ? `${text}; CREATE TABLE large AS SELECT hash(range) AS a, hash(range + 1) AS b, hash(range + 2) AS c FROM range(6000000)`
          : text;
      },
    };
    expect(await refusal(large, place, { memory: '128MB', temporaryDisk: '1MB' })).toMatch(
      /found a full disk.*Nothing was written/,
    );
  });

  it('a folder that holds something else', async () => {
    const out = path.join(place.root, 'mine');
    await writeTable(out, 'notes.txt', ['keep me']);
    expect(await refusal(eicu, place, { out })).toMatch(/expected a new or empty folder/);
    expect(await readFile(path.join(out, 'notes.txt'), 'utf8')).toBe('keep me\n');
  });

  it('feature files that are wrong', async () => {
    const features = path.join(place.root, 'features.yaml');
    expect(await refusal(eicu, place, { features: 'vital-labs' })).toMatch(/Did you mean "vitals-labs"/);
    await writeFile(features, 'name: mine\nwindow: 24h\nstep: 1h\nconcepts: [creat]\n');
    expect(await refusal(eicu, place, { features })).toMatch(/found "creat"\. Did you mean "crea"/);
    await writeFile(features, 'name: mine\nwindow: 24h\nstep: 1h\nconcept: [crea]\n');
    expect(await refusal(eicu, place, { features })).toMatch(
      /unknown key "concept"\. Did you mean "concepts"/,
    );
    await writeFile(features, 'name: [mine\n');
    expect(await refusal(eicu, place, { features })).toMatch(/expected YAML/);
  });
});

function gzipInTwo(first: string, second: string): { deflated: Buffer; cut: number } {
  // Two gzip members: the first alone is a complete file, so the cut is made inside the second's header.
  const head = gzipSync(first);
  return { deflated: Buffer.concat([head, gzipSync(second)]), cut: head.length + 12 };
}

describe('options of the ingest', () => {
  it('reads durations, hospitals and choices', () => {
    expect(parseDuration('--window', '72h')).toBe(4320);
    expect(parseDuration('--step', '30min')).toBe(30);
    expect(() => parseDuration('--window', '3 weeks')).toThrow(/--window: expected a duration/);
    expect(parseHospitals('min=50')).toEqual({ kind: 'min', stays: 50 });
    expect(parseHospitals('ids=167, 420')).toEqual({ kind: 'ids', ids: ['167', '420'] });
    expect(() => parseHospitals('50')).toThrow(/--hospitals: expected min=N/);
    expect(() => parseChoice('--form', 'evnets', ['grid', 'events'])).toThrow(/Did you mean "events"/);
    expect(() => gridSteps(60, 25)).toThrow(/a step that divides the window/);
  });

  it('knows its datasets', async () => {
    expect((await adapterById('mimic4')).id).toBe('mimic4');
    await expect(adapterById('mimic5')).rejects.toThrow(/Did you mean "mimic/);
    await expect(adapterById('table')).rejects.toThrow(/expected a mapping file/);
    await expect(adapterById('eicu', 'map.yaml')).rejects.toThrow(/expected no mapping file/);
  });
});
