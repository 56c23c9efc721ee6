import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { readCohort } from '../../src/cohort/readCohort.js';
import { ingestCommand } from '../../src/cli/ingest.js';
import { writeEicu } from '../datasets/eicu/eicuExtract.js';
import { scratch, writeTable, type Scratch } from '../datasets/ingest/sourceFolder.js';

let place: Scratch;

beforeAll(async () => {
  place = await scratch();
  await writeEicu(place.from);
});
afterAll(() => place.remove());

async function run(...words: string[]): Promise<string> {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await ingestCommand().exitOverride().parseAsync(words, { from: 'user' });
    return said.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    said.mockRestore();
  }
}

describe('fedehr ingest', () => {
  it('writes a cohort and prints one JSON document', async () => {
    const out = path.join(place.root, 'eicu');
    const text = await run(
      'eicu',
      ...['--from', place.from, '--out', out, '--features', 'drugs-labs', '--window', '48h', '--step', '24h'],
      ...['--hospital-by', 'region', '--hospitals', 'ids=Midwest,South', '--label', 'los3,mortality'],
      ...['--adults', '--first-stay', '--json', '--quiet'],
    );
    expect(JSON.parse(text)).toMatchObject({
      out,
      stays: 3,
      patients: 2,
      hospitals: 2,
      steps: 2,
      stepHours: 24,
    });
    const description: unknown = JSON.parse(await readFile(path.join(out, 'cohort.json'), 'utf8'));
    expect(description).toMatchObject({
      labels: [{ name: 'los3' }, { name: 'mortality' }],
      provenance: {
        settings: { hospitalBy: 'region', hospitals: 'ids=Midwest,South', adults: true, firstStay: true },
      },
    });
  });

  it('shows people the attrition', async () => {
    const text = await run('eicu', '--from', place.from, '--out', path.join(place.root, 'said'), '--quiet');
    expect(text).toMatch(
      /7 {2}ICU stays in the source\n.*6 {2}ICU stay with a length above zero\n6 stays of 4 patients/s,
    );
  });

  it('refuses wrong words', async () => {
    const to = ['--from', place.from, '--out', path.join(place.root, 'none')];
    await expect(run('eicuu', ...to)).rejects.toThrow(/Did you mean "eicu"/);
    await expect(run('eicu', ...to, '--window', 'day')).rejects.toThrow(/--window: expected a duration/);
    await expect(run('eicu', ...to, '--form', 'event')).rejects.toThrow(/Did you mean "events"/);
  });

  it('takes for a shipped dataset the grouping that it has, and names it when another is asked for', async () => {
    const from = path.join(place.root, 'challenge');
    const record = (id: number, unit: number): string[] => [
      'Time,Parameter,Value',
      `00:00,RecordID,${id}`,
      '00:00,Age,60',
      `00:00,ICUType,${unit}`,
      '01:00,HR,80',
    ];
    await writeTable(from, 'set-a/1.txt', record(1, 1));
    await writeTable(from, 'set-a/2.txt', record(2, 4));
    await writeTable(from, 'Outcomes-a.txt', [
      'RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death',
      '1,1,1,5,-1,0',
      '2,1,1,5,3,1',
    ]);
    const out = path.join(place.root, 'types');
    const text = await run(
      ...['physionet2012', '--from', from, '--out', out, '--hospital-by', 'icu-type', '--json', '--quiet'],
    );
    expect(JSON.parse(text)).toMatchObject({ stays: 2, hospitals: 2 });
    expect((await readCohort(out)).hospitals).toEqual(['CCU', 'SICU']);
    const to = ['--from', from, '--out', path.join(place.root, 'other')];
    await expect(run('physionet2012', ...to, '--hospital-by', 'region')).rejects.toThrow(
      /--hospital-by: expected for physionet2012 only icu-type, found 'region'.*eicu, mimic3/,
    );
    await expect(run('physionet2019', ...to, '--hospital-by', 'unit')).rejects.toThrow(
      /only hospital, found 'unit'.*partition "hospital,unit"/,
    );
    await expect(run('physionet2012', ...to, '--adults')).rejects.toThrow(/--adults: expected no further/);
    await expect(
      run('eicu', '--from', place.from, '--out', path.join(place.root, 'other'), '--hospital-by', 'icu-type'),
    ).rejects.toThrow(/for eicu one of hospital \| region \| region,beds \| unit, found 'icu-type'/);
  });
});
