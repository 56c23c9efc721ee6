import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { InputError } from '../../../src/cohort/inputError.js';
import { readCohort } from '../../../src/cohort/readCohort.js';
import type { Cohort, CohortEvents } from '../../../src/cohort/types.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { eventCohort, eventTexts } from './eventCohort.js';

const lab = {
  name: 'lab',
  item_column: 'item',
  columns: [
    { name: 'item', kind: 'categorical' },
    { name: 'result', kind: 'continuous' },
  ],
};
const drug = { name: 'drug', item_column: 'item', columns: [{ name: 'item', kind: 'categorical' }] };
const description = {
  format: 'fedehr-cohort',
  version: 1,
  name: 'small',
  stepHours: 1,
  steps: 2,
  features: [
    { name: 'HR', kind: 'continuous' },
    { name: 'given', kind: 'binary' },
  ],
  provenance: { source: 'made up', licence: 'none', created_by: 'test' },
  tables: [lab, drug],
};

const header = 'patient_id,hospital_id,stay_id,table,minute,item,result\n';
const good =
  'secret,A,s2,lab,120,HR,70\nsecret,A,s1,drug,5,aspirin,\nsecret,A,s1,lab,5,HR,60.5\nsecret,A,s1,lab,5,Na,\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-bad-events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(events: string | null, changed: object = {}, stays = true): Promise<Cohort> {
  const stay = (id: string): string => (stays ? `${id},` : '');
  await writeFile(path.join(folder, 'cohort.json'), JSON.stringify({ ...description, ...changed }));
  await writeFile(
    path.join(folder, 'static.csv'),
    stays
      ? 'patient_id,hospital_id,stay_id\nsecret,A,s1\nsecret,A,s2\n'
      : 'patient_id,hospital_id\nsecret,A\n',
  );
  await writeFile(
    path.join(folder, 'dynamic.csv'),
    `patient_id,hospital_id,${stay('stay_id')}t,HR,given\nsecret,A,${stay('s1')}0,60,\n${stays ? 'secret,A,s2,1,60,\n' : ''}`,
  );
  if (events !== null) await writeFile(path.join(folder, 'events.csv'), events);
  return readCohort(folder);
}

async function refused(events: string | null, changed: object = {}): Promise<string> {
  const error: unknown = await read(events, changed).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof InputError)) throw error;
  expect(error.message).not.toMatch(/secret|s1|s2|13579/);
  return error.message;
}

describe('events.csv', () => {
  it('is put in order: by stay, minute, table, then row of the file', async () => {
    expect(eventTexts(await read(header + good))).toEqual([
      ['lab | 5 | HR | 60.5', 'lab | 5 | Na | -', 'drug | 5 | aspirin'],
      ['lab | 120 | HR | 70'],
    ]);
  });

  it('needs no stay_id where every patient has one stay', async () => {
    const cohort = await read(
      'patient_id,hospital_id,table,minute,item,result\nsecret,A,lab,0,HR,1\n',
      {},
      false,
    );
    expect(eventTexts(cohort)).toEqual([['lab | 0 | HR | 1']]);
  });

  it('has levels for each table of its own', async () => {
    const { events } = await read(header + good);
    const levels = events!.columns.map(([column]) => (column!.kind === 'categorical' ? column!.levels : []));
    expect(levels).toEqual([['HR', 'Na'], ['aspirin']]);
  });

  it.each([
    [
      'an unknown table',
      'secret,A,s1,labs,5,HR,1',
      'column table, row 2: expected one of lab, drug, found another name',
    ],
    ['no table', 'secret,A,s1,,5,HR,1', 'column table, row 2: expected one of lab, drug, found none'],
    [
      'a minute after the window',
      'secret,A,s1,lab,121,HR,1',
      'column minute, row 2: expected whole minutes from ICU admission, 0 to 120, found a later one',
    ],
    [
      'a minute before admission',
      'secret,A,s1,lab,-1,HR,1',
      'row 2: expected whole minutes from ICU admission, 0 to 120, found a negative one',
    ],
    [
      'half a minute',
      'secret,A,s1,lab,0.5,HR,1',
      'row 2: expected whole minutes from ICU admission, 0 to 120, found no integer',
    ],
    ['no minute', 'secret,A,s1,lab,,HR,1', 'found no integer'],
    ['an unknown stay', 'secret,A,other,lab,5,HR,1', 'column stay_id, row 2: expected only stays of'],
    ['another patient', 'other,A,s1,lab,5,HR,1', 'column patient_id, row 2'],
    ['another hospital', 'secret,B,s1,lab,5,HR,1', 'column hospital_id, row 2'],
    [
      'text for a number',
      'secret,A,s1,lab,5,HR,>13579',
      'column result, row 2: expected finite numbers, found 1 cell not a number',
    ],
    [
      'infinity',
      'secret,A,s1,lab,5,HR,inf',
      'column result, row 2: expected finite numbers, found 1 cell NaN or infinite',
    ],
    [
      'a cell that the table lacks',
      'secret,A,s1,drug,5,aspirin,13579',
      'column result, row 2: expected no cell in an event of the table drug, which lacks the column, found one',
    ],
  ])('is refused with %s', async (_, line, message) => {
    expect(await refused(`${header}secret,A,s1,lab,5,HR,1\n${line}\n`)).toContain(message);
  });

  it('is refused without a column, with an unknown one, and when it is absent', async () => {
    expect(await refused(null)).toContain('expected one file events.parquet | events.csv');
    expect(await refused('patient_id,hospital_id,stay_id,table,minute,item\n')).toContain('column result');
    expect(await refused(`${header.trim()},note\n`)).toContain('the unknown column "note"');
  });
});

describe('events.csv beyond what is kept', () => {
  it('is refused with a minute that no Int32 holds, though the window is longer', async () => {
    const long = { stepHours: 1e9 };
    const at = (minute: string) => refused(`${header}secret,A,s1,lab,${minute},HR,1\n`, long);
    expect(await at('2147483648')).toContain('0 to 2147483647, found a later one');
    const { events } = await read(`${header}secret,A,s1,lab,2147483647,HR,1\n`, long);
    expect([...events!.minute]).toEqual([2_147_483_647]);
  });

  it('is refused with more cells than the limit', async () => {
    vi.stubEnv('FEDEHR_MAX_EVENT_CELLS', '27');
    try {
      expect(await refused(header + good)).toContain('events and columns: expected at most 27 cells');
      vi.stubEnv('FEDEHR_MAX_EVENT_CELLS', '28');
      expect((await read(header + good)).events!.minute).toHaveLength(4);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('tables and grid of cohort.json', () => {
  const feature = { feature: 'HR', table: 'lab', items: ['hr'], column: 'result' };
  it('say how the grid is made out of events', async () => {
    const grid = [feature, { feature: 'given', table: 'drug', items: ['aspirin'], column: null }];
    expect((await read(header + good, { grid })).events!.grid).toEqual(grid);
    expect((await read(header + good)).events!.grid).toEqual([]);
  });

  it.each([
    ['a table twice', { tables: [lab, lab] }, 'a table twice'],
    ['a column twice', { tables: [{ ...lab, columns: [lab.columns[0], lab.columns[0]] }] }, 'a column twice'],
    ['an unknown item column', { tables: [{ ...lab, item_column: 'itm' }] }, 'Did you mean "item"?'],
    [
      'a numeric item column',
      { tables: [{ ...lab, item_column: 'result' }] },
      'one of its categorical columns',
    ],
    [
      'a key as a column',
      { tables: [{ ...drug, item_column: 'Table', columns: [{ name: 'Table', kind: 'categorical' }] }] },
      'a name other than',
    ],
    [
      'two kinds of one column',
      { tables: [lab, { ...drug, columns: [...drug.columns, { name: 'result', kind: 'categorical' }] }] },
      'the kind that another table gives it, continuous',
    ],
    [
      'a grid without tables',
      { tables: undefined, grid: [feature] },
      'no `grid` in a cohort without `tables`',
    ],
    ['an unknown feature', { grid: [{ ...feature, feature: 'HRR' }] }, 'Did you mean "HR"?'],
    ['presence for a number', { grid: [{ ...feature, column: null }] }, 'a binary feature of the cohort'],
    [
      'a value for presence',
      { grid: [{ ...feature, feature: 'given' }] },
      'a continuous feature of the cohort',
    ],
    ['an unknown event table', { grid: [{ ...feature, table: 'labs' }] }, 'Did you mean "lab"?'],
    ['a column of text', { grid: [{ ...feature, column: 'item' }] }, 'a continuous column of the table lab'],
    ['a feature twice', { grid: [feature, feature] }, 'every feature once'],
    [
      'a unit in a number',
      { grid: [{ ...feature, unit: { columns: ['result'], own: [], other: [] } }] },
      'a categorical column of the table lab',
    ],
  ])('are refused with %s', async (_, changed, message) => {
    expect(await refused(header + good, changed)).toContain(message);
  });
});

describe('events in memory', () => {
  const cohort = eventCohort(20, 2, 8);
  const events = cohort.events!;
  const changed = (array: Int32Array, at: number, value: number): Int32Array =>
    array.map((old, index) => (index === at ? value : old));
  const first = events.columns[0]!;
  const item = first[0]!.kind === 'categorical' ? first[0]! : null;
  const cases: readonly (readonly [string, Partial<CohortEvents>, string])[] = [
    ['a minute after the window', { minute: changed(events.minute, 3, 301) }, 'minutes from 0 to 300'],
    ['another order', { minute: changed(events.minute, events.start[1]! - 1, 0) }, 'by minute, then table'],
    [
      'a row twice',
      { row: changed(events.row, events.table.lastIndexOf(events.table[0]!), events.row[0]!) },
      'a row',
    ],
    ['too few stays', { start: events.start.slice(1) }, 'entries from 0 to the number of events'],
    [
      'an unknown level',
      {
        columns: [
          [
            { ...item!, codes: item!.codes.map((code, at) => (item!.filled[at] === 1 ? 9 : code)) },
            first[1]!,
            first[2]!,
          ],
          events.columns[1]!,
        ],
      },
      'indices of levels',
    ],
    [
      'a value where nothing is filled',
      {
        columns: [
          [
            { ...item!, codes: item!.codes.map((code, at) => (item!.filled[at] === 1 ? code : 1)) },
            first[1]!,
            first[2]!,
          ],
          events.columns[1]!,
        ],
      },
      'cells of 0 where nothing is filled in',
    ],
    [
      'a column too few',
      { columns: [[first[0]!, first[1]!], events.columns[1]!] },
      'the columns of the tables',
    ],
    [
      'another kind',
      { columns: [[first[1]!, first[0]!, first[2]!], events.columns[1]!] },
      'a categorical column',
    ],
    [
      'an unknown feature in the grid',
      { grid: [{ ...events.grid[0]!, feature: 'none' }] },
      'a continuous feature',
    ],
  ];
  it.each(cases)('are refused with %s', (_, part, message) => {
    requireConsistent(cohort, 'fine');
    expect(() => requireConsistent({ ...cohort, events: { ...events, ...part } }, 'changed')).toThrow(
      message,
    );
  });
});
