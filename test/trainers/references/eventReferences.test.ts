import { describe, expect, it } from 'vitest';

import { contentHash } from '../../../src/cohort/contentHash.js';
import { toGrid } from '../../../src/cohort/events/toGrid.js';
import { InputError } from '../../../src/cohort/inputError.js';
import { withoutEvents } from '../../../src/cohort/events/withoutEvents.js';
import { rowsOfHospital, selectStays } from '../../../src/cohort/select.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { simulateEvents } from '../../../src/datasets/simulatedEvents/simulateEvents.js';
import { trainerById } from '../../../src/trainers/index.js';
import { eventTexts } from '../../cohort/events/eventCohort.js';

const train = simulateEvents({ patients: 400, hospitals: 2 }, 11).cohort();
const reference = simulateEvents({ patients: 60, hospitals: 2 }, 12).cohort();
const [first, second] = train.hospitals as [string, string];
const size = (index: number): number => rowsOfHospital(train, index).length;
const asMany = { [first]: size(0), [second]: size(1) };

async function synthesise(
  id: string,
  stays: Record<string, number> = asMany,
  seed = 1,
  from: Cohort = train,
) {
  const generator = await trainerById(id).train({
    train: from,
    reference,
    parameters: {},
    seed: 1,
    engine: 'onnx',
    emit: () => undefined,
  });
  return generator.synthesise(stays, seed);
}

/** Table, item and further cells of every event of a hospital, without its minute. */
function rowsOf(cohort: Cohort, hospital: number): string[] {
  return eventTexts(selectStays(cohort, rowsOfHospital(cohort, hospital)))
    .flat()
    .map((text) =>
      text
        .split(' | ')
        .filter((_, at) => at !== 1)
        .join(' | '),
    );
}

const minutesOf = (cohort: Cohort): number[][] =>
  eventTexts(cohort).map((stay) => stay.map((text) => Number(text.split(' | ')[1])));

const ids = ['independent-events', 'item-bootstrap', 'markov-events'] as const;

describe.each(ids)('%s', (id) => {
  it('makes consistent stays with events and the grid that they make, the same for the same seed', async () => {
    const made = await synthesise(id);
    requireConsistent(made, id);
    const { values, observed } = toGrid(made.events!, made.schema, made.length);
    expect(contentHash({ ...made, values, observed })).toBe(contentHash(made));
    expect(made.patients.every((patient) => patient.startsWith('synthetic-'))).toBe(true);
    expect(contentHash(await synthesise(id))).toBe(contentHash(made));
    expect(eventTexts(await synthesise(id, asMany, 2))).not.toEqual(eventTexts(made));
  });

  it('makes as many stays as are asked for, of labels and statics of that hospital', async () => {
    const made = await synthesise(id, { [first]: 7, [second]: 300 });
    expect([0, 1].map((index) => rowsOfHospital(made, index).length)).toEqual([7, 300]);
    requireConsistent(made, id);
    const deaths = (cohort: Cohort): number => cohort.labels.reduce((sum, label) => sum + label, 0);
    expect(deaths(await synthesise(id))).toBe(deaths(train));
  });

  it('uses cells of the hospital only', async () => {
    const made = await synthesise(id);
    for (const index of [0, 1]) {
      const cells = (rows: string[]): Set<string> =>
        new Set(
          rows.flatMap((row) => row.split(' | ').map((cell, at) => `${row.split(' | ')[0]} ${at} ${cell}`)),
        );
      const known = cells(rowsOf(train, index));
      for (const cell of cells(rowsOf(made, index))) expect(known.has(cell)).toBe(true);
    }
  });

  it('needs a dataset that comes as events', async () => {
    const refused = synthesise(id, asMany, 1, withoutEvents(train));
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow('a dataset that comes as events');
  });
});

describe('independent-events', () => {
  it('keeps every column, all minutes and the numbers of events, and nothing that belongs together', async () => {
    const made = await synthesise('independent-events');
    expect(minutesOf(made).map((own) => own.length)).toEqual(minutesOf(train).map((own) => own.length));
    expect(minutesOf(made).flat().sort()).toEqual(minutesOf(train).flat().sort());
    for (const index of [0, 1]) {
      const columns = (cohort: Cohort): string[] =>
        rowsOf(cohort, index)
          .flatMap((row) => row.split(' | ').map((cell, at) => `${row.split(' | ')[0]} ${at} ${cell}`))
          .sort();
      expect(columns(made)).toEqual(columns(train));
    }
    const creatinine = (cohort: Cohort): number =>
      eventTexts(cohort)
        .flat()
        .filter((text) => text.includes('| creatinine | mg/dL |')).length;
    expect(creatinine(train)).toBeGreaterThan(500);
    expect(creatinine(made)).toBeLessThan(0.5 * creatinine(train)); // its unit is mg/dL, no longer by rule
  });
});

describe('item-bootstrap', () => {
  it('gives whole real events as often as they occur, and no bursts of panels', async () => {
    const made = await synthesise('item-bootstrap');
    const known = new Set(rowsOf(train, 0));
    const rows = rowsOf(made, 0);
    for (const row of rows) expect(known.has(row)).toBe(true);
    const share = (all: string[], item: string): number =>
      all.filter((row) => row.includes(item)).length / all.length;
    for (const item of ['sodium', 'propofol', 'heparin'])
      expect(Math.abs(share(rows, item) - share(rowsOf(train, 0), item))).toBeLessThan(0.015);
    const mean = (cohort: Cohort): number => cohort.events!.minute.length / cohort.size;
    expect(Math.abs(mean(made) / mean(train) - 1)).toBeLessThan(0.3);
    // Gaps of 0 are as frequent as in train, but what shares a minute is no panel: items repeat.
    const repeated = (cohort: Cohort): number =>
      eventTexts(cohort).flatMap((own) =>
        own
          .slice(1)
          .filter(
            (text, at) => text.split(' | ').slice(0, 3).join() === own[at]!.split(' | ').slice(0, 3).join(),
          ),
      ).length;
    expect(repeated(made)).toBeGreaterThan(10 * repeated(train));
  });
});

describe('markov-events', () => {
  it('follows each set of items by what followed it in the hospital', async () => {
    const pairs = (cohort: Cohort, index: number): Set<string> => {
      const found = new Set<string>();
      for (const own of eventTexts(selectStays(cohort, rowsOfHospital(cohort, index)))) {
        const bursts = new Map<number, Set<string>>();
        for (const text of own) {
          const cells = text.split(' | ');
          const minute = Number(cells[1]);
          bursts.set(minute, (bursts.get(minute) ?? new Set()).add(`${cells[0]} ${cells[2]}`));
        }
        let before: readonly [string, number] = ['', 0];
        for (const [minute, set] of bursts) {
          const items = [...set].sort().join();
          found.add(`${before[0]} then ${items} after ${minute - before[1]}`);
          before = [items, minute];
        }
      }
      return found;
    };
    const made = await synthesise('markov-events');
    for (const index of [0, 1]) {
      const known = pairs(train, index);
      for (const pair of pairs(made, index)) expect(known.has(pair), pair).toBe(true);
    }
    const known = new Set(rowsOf(train, 1));
    for (const row of rowsOf(made, 1)) expect(known.has(row)).toBe(true);
  });
});

describe('other references on event cohorts', () => {
  it('carry the events of their stays along, and marginals has none', async () => {
    expect(eventTexts(await synthesise('copy'))).toEqual(eventTexts(train));
    const holdout = await synthesise('holdout', { [first]: 5, [second]: 5 });
    const known = new Set(eventTexts(reference).map((own) => own.join()));
    for (const own of eventTexts(holdout)) expect(known.has(own.join())).toBe(true);
    expect(await synthesise('marginals')).not.toHaveProperty('events');
  });
});
