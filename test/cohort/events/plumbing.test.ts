import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { alignCohorts } from '../../../src/cohort/align.js';
import { contentHash } from '../../../src/cohort/contentHash.js';
import { onCommonLevels } from '../../../src/cohort/events/joinEvents.js';
import { withoutEvents } from '../../../src/cohort/events/withoutEvents.js';
import { firstSteps } from '../../../src/cohort/firstSteps.js';
import { joinCohorts } from '../../../src/cohort/joinCohorts.js';
import { readCohort } from '../../../src/cohort/readCohort.js';
import { selectStays } from '../../../src/cohort/select.js';
import { splitCohort } from '../../../src/cohort/split.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { recordHashes, writeCohort, writeCohortBlocks } from '../../../src/cohort/writeCohort.js';
import { eventCohort, eventTables, eventTexts, part } from './eventCohort.js';

const cohorts = fc
  .record({
    size: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(10_000),
    most: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ size, seed, most }) => eventCohort(size, seed, most));

describe('events', () => {
  it('go with their stays, also with stays taken twice or not at all', () => {
    fc.assert(
      fc.property(cohorts, fc.array(fc.nat(1000), { maxLength: 20 }), (cohort, picks) => {
        const rows = picks.map((pick) => pick % cohort.size);
        const selected = selectStays(cohort, rows);
        const texts = eventTexts(cohort);
        expect(eventTexts(selected)).toEqual(rows.map((row) => texts[row]));
        if (rows.length > 0) requireConsistent(selected, 'selected');
        const rowsKept = selected.events!.columns.map(([column]) => column!.filled.length);
        expect(rowsKept.reduce((sum, count) => sum + count, 0)).toBe(selected.events!.minute.length);
      }),
    );
  });

  it('of joined cohorts come one after the other, whatever their levels are', () => {
    fc.assert(
      fc.property(fc.array(cohorts, { minLength: 1, maxLength: 4 }), (parts) => {
        const joined = joinCohorts(parts.map((one, index) => (index % 2 === 0 ? one : relabelled(one))));
        expect(eventTexts(joined)).toEqual(parts.flatMap(eventTexts));
        requireConsistent(joined, 'joined');
      }),
    );
  });

  it('of parts that are joined again are the events of the whole', () => {
    fc.assert(
      fc.property(cohorts, fc.nat(100), (cohort, cut) => {
        const at = cut % (cohort.size + 1);
        const again = joinCohorts([part(cohort, 0, at), part(cohort, at, cohort.size)]);
        expect(again).toEqual(
          selectStays(
            cohort,
            Array.from({ length: cohort.size }, (_, stay) => stay),
          ),
        );
      }),
    );
  });

  it('are cut with the window, whose last minute stays in', () => {
    fc.assert(
      fc.property(cohorts, fc.integer({ min: 1, max: 5 }), (cohort, steps) => {
        const cut = firstSteps(cohort, steps);
        const early = eventTexts(cohort).map((stay) =>
          stay.filter((text) => Number(text.split(' | ')[1]) <= 60 * steps),
        );
        expect(eventTexts(cut)).toEqual(early);
        requireConsistent(cut, 'cut');
      }),
    );
  });

  it('are split by patient with their stays', () => {
    const cohort = eventCohort(60, 3, 5, 40);
    const texts = new Map(cohort.patients.map((id) => [id, new Set<string>()]));
    for (const [stay, text] of eventTexts(cohort).entries())
      texts.get(cohort.patients[stay]!)!.add(text.join());
    const split = splitCohort(cohort, { train: 0.5, holdout: 0.3, reference: 0.2 }, 1);
    for (const own of [split.train, split.holdout, split.reference])
      for (const [stay, text] of eventTexts(own).entries())
        expect(texts.get(own.patients[stay]!)!.has(text.join())).toBe(true);
  });

  it('of cohorts that have none are no events after joining, and a mixture is refused', () => {
    const cohort = eventCohort(5);
    expect(joinCohorts([withoutEvents(cohort), withoutEvents(cohort)])).not.toHaveProperty('events');
    expect(() => joinCohorts([cohort, withoutEvents(cohort)])).toThrow('with events and one without');
  });

  it('of other tables are not joined, and named when cohorts are aligned', () => {
    const cohort = eventCohort(5);
    const other = {
      ...cohort,
      events: { ...cohort.events!, tables: [{ ...eventTables[0]!, name: 'labs' }, eventTables[1]!] },
    };
    expect(() => joinCohorts([cohort, other])).toThrow('different tables');
    const named = [
      { role: 'real', folder: 'a', cohort },
      { role: 'synthetic', folder: 'b', cohort: other },
    ];
    expect(() => alignCohorts(named)).toThrow('its events are in labs (item categorical');
  });

  it('of aligned cohorts have one list of levels', () => {
    const cohort = eventCohort(9, 4);
    const named = [
      { role: 'real', folder: 'a', cohort },
      { role: 'holdout', folder: 'b', cohort: withoutEvents(cohort) },
      { role: 'synthetic', folder: 'c', cohort: relabelled(cohort) },
    ];
    const [real, grid, synthetic] = alignCohorts(named);
    expect(grid).not.toHaveProperty('events');
    expect(eventTexts(synthetic!)).toEqual(eventTexts(cohort));
    expect(synthetic!.events!.columns).toEqual(real!.events!.columns);
    expect(onCommonLevels([cohort.events!])).toEqual([cohort.events]);
  });

  it('count for the hash: every change of a cell, a minute or a level is another cohort', () => {
    const cohort = eventCohort(20, 2, 8);
    const hash = contentHash(cohort);
    const events = cohort.events!;
    const minute = events.minute.slice();
    minute[3]! += 1;
    const column = events.columns[0]![1]!;
    if (column.kind !== 'continuous') throw new Error('column 1 is continuous');
    const values = column.values.slice();
    values[0]! += 1e-9;
    const changed = { ...column, values };
    expect(contentHash(eventCohort(20, 2, 8))).toBe(hash);
    for (const other of [
      withoutEvents(cohort),
      { ...cohort, events: { ...events, minute } },
      {
        ...cohort,
        events: {
          ...events,
          columns: [[events.columns[0]![0]!, changed, events.columns[0]![2]!], events.columns[1]!],
        },
      },
      relabelled(cohort),
    ])
      expect(contentHash(other)).not.toBe(hash);
  });
});

/** The same texts under other codes: every list of levels the other way round, with a level more. */
function relabelled(cohort: ReturnType<typeof eventCohort>): ReturnType<typeof eventCohort> {
  const columns = cohort.events!.columns.map((own) =>
    own.map((column) => {
      if (column.kind === 'continuous') return column;
      const levels = ['unused', ...column.levels].reverse();
      const codes = column.codes.map((code, at) =>
        column.filled[at] === 1 ? levels.indexOf(column.levels[code]!) : 0,
      );
      return { ...column, codes, levels };
    }),
  );
  return { ...cohort, events: { ...cohort.events!, columns } };
}

describe('an event cohort folder', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'fedehr-events-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('gives back what was written, with several stays of a patient and rows beyond one chunk of the reader', async () => {
    for (const [name, cohort] of Object.entries({
      "o'hara": eventCohort(900, 5, 8, 600),
      plain: eventCohort(7, 6, 0),
    })) {
      const folder = path.join(root, name);
      const { files } = await writeCohort(cohort, folder);
      expect(Object.keys(files)).toEqual(['dynamic.parquet', 'static.parquet', 'events.parquet']);
      const read = await readCohort(folder);
      expect(eventTexts(read)).toEqual(eventTexts(cohort));
      expect(read.events!.grid).toEqual(cohort.events!.grid);
      expect(withoutEvents(read)).toEqual(withoutEvents(cohort));
      requireConsistent(read, 'read');
      await writeCohort(read, folder);
      expect(await readCohort(folder)).toEqual(read);
    }
  });

  it('is the same block after block, and has the same bytes for the same cohort', async () => {
    const cohort = eventCohort(50, 7);
    async function* blocks() {
      for (const [from, to] of [
        [0, 20],
        [20, 21],
        [21, 50],
      ] as const)
        yield Promise.resolve(part(cohort, from, to));
    }
    await writeCohortBlocks(blocks(), path.join(root, 'blocks'));
    const whole = await writeCohort(cohort, path.join(root, 'whole'));
    expect(await readCohort(path.join(root, 'blocks'))).toEqual(await readCohort(path.join(root, 'whole')));
    expect((await readdir(path.join(root, 'blocks'))).sort()).toEqual([
      'cohort.json',
      'dynamic.parquet',
      'events.parquet',
      'static.parquet',
    ]);
    expect(await writeCohort(cohort, path.join(root, 'again'))).toEqual(whole);
    expect(await recordHashes(path.join(root, 'whole'))).toEqual(whole.files);
    expect(await readCohort(path.join(root, 'whole'))).toEqual(await readCohort(path.join(root, 'again')));
  });
});
