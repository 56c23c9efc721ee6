import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireEvents } from '../../../src/cohort/events/requireEvents.js';
import type { Cohort, CohortEvents } from '../../../src/cohort/types.js';
import { simulateEvents } from '../../../src/datasets/simulatedEvents/simulateEvents.js';
import { random } from '../../../src/engine/random.js';
import { acceptedStay } from '../../../src/trainers/rawmed/acceptedStay.js';
import { dealHospitals } from '../../../src/trainers/rawmed/assembleCohort.js';
import { holdOutPatients } from '../../../src/trainers/rawmed/heldOutPatients.js';
import { readStayEvent, withStayEvents } from '../../../src/trainers/rawmed/stayEvent.js';
import { timeSlots } from '../../../src/trainers/rawmed/stayTexts.js';
import { minuteInText, withTimeInText } from '../../../src/trainers/rawmed/timeInText.js';
import { rateFactor } from '../../../src/trainers/rawmed/training/trainingLoop.js';

const cohort = simulateEvents({ patients: 20, hospitals: 2 }, 4).cohort();
const events = cohort.events!;
const fail = (place: string, expected: string, found: string): never => {
  throw new Error(`${place}: ${expected}, ${found}`);
};

/** Cells of a stay's own event as the verification would give them. */
function stayCells(source: CohortEvents, stay: number): (string | number | null)[] {
  return source.columns[0]!.map((column) => {
    if (column.filled[stay] === 0) return null;
    return column.kind === 'continuous'
      ? column.values[stay]!
      : column.levels[column.codes[stay]!]!.toLowerCase();
  });
}

describe('the event that says statics and labels', () => {
  it('stands first in every stay, leaves the others as they are, and reads back to the same values', () => {
    const stated = withStayEvents(cohort, events);
    requireEvents(stated, cohort.schema, cohort.size, 'stated', fail);
    const { statics, labels } = cohort.schema;
    for (let stay = 0; stay < cohort.size; stay++) {
      const from = stated.start[stay]!;
      expect([stated.table[from], stated.minute[from]]).toEqual([0, 0]);
      expect(stated.start[stay + 1]! - from).toBe(events.start[stay + 1]! - events.start[stay]! + 1);
      const own = readStayEvent(cohort.schema, stayCells(stated, stay));
      own.statics.forEach((value, s) => expect(value).toBe(cohort.statics[stay * statics.length + s]));
      own.labels.forEach((value, l) => expect(value).toBe(cohort.labels[stay * labels.length + l]));
    }
    expect([...stated.table].filter((table) => table > 0).map((table) => table - 1)).toEqual([
      ...events.table,
    ]);
  });

  it('unknown values are missing cells and come back as unknown', () => {
    const staticsObserved = new Uint8Array(cohort.staticsObserved.length);
    const unknown: Cohort = { ...cohort, statics: new Float32Array(cohort.statics.length), staticsObserved };
    const stated = withStayEvents(unknown, events);
    const own = readStayEvent(cohort.schema, stayCells(stated, 3));
    expect(own.statics.every((value) => value === null)).toBe(true);
    expect(own.labels[0]).toBe(cohort.labels[3]);
  });

  it('a number out of range and a text that is no level are unknown', () => {
    const statics = cohort.schema.statics.map((variable) =>
      variable.kind === 'continuous' ? { ...variable, range: [0, 50] as const } : variable,
    );
    const { statics: read } = readStayEvent({ ...cohort.schema, statics }, ['stay', 51, '\uFFFD', 'no']);
    expect(read).toEqual([null, null]);
  });

  it('levels that read alike and a table of its name are input errors', () => {
    const statics = cohort.schema.statics.map((variable) =>
      variable.kind === 'categorical' ? { ...variable, levels: ['F', 'f'] } : variable,
    );
    expect(() => withStayEvents({ ...cohort, schema: { ...cohort.schema, statics } }, events)).toThrow(
      /levels that differ/,
    );
    const tables = events.tables.map((table, t) => (t === 0 ? { ...table, name: 'Stay' } : table));
    expect(() => withStayEvents(cohort, { ...events, tables })).toThrow(/no table named "stay"/);
  });

  it('a generated stay must begin with it and have it once', () => {
    const { schema } = cohort;
    const parameters = { statics: 'stay-event', time: 'digits' } as const;
    const at = (table: number) => ({
      table,
      minute: 0,
      cells: ['stay', 60, 'f', 'no'],
      repaired: 0,
      withheld: 0,
    });
    const verdict = (tables: readonly number[]) =>
      acceptedStay({ schema, parameters }, { stay: tables.map(at) });
    expect(verdict([1, 0, 1, 1, 1, 1, 1])).toEqual({ rejected: 'no-stay-event' });
    expect(verdict([0, 1, 1, 0, 1, 1, 1, 1])).toEqual({ rejected: 'second-stay-event' });
    expect(verdict([0, 1, 1, 1, 1, 1])).toEqual({ rejected: 'too-few-events' });
    const accepted = verdict([0, 1, 2, 3, 1, 1, 1]);
    expect(accepted).toMatchObject({ stay: { values: { statics: [60, 0], labels: [0] } } });
    expect('stay' in accepted && accepted.stay.events.map(({ table }) => table)).toEqual([0, 1, 2, 0, 0, 0]);
    expect(acceptedStay({ schema, parameters }, { rejected: 'no-end' })).toEqual({ rejected: 'no-end' });
  });
});

describe('time of an event', () => {
  it.each(['digits', 'single'] as const)('%s: a bin comes back from its tokens', (time) => {
    const slots = timeSlots(time, 720);
    for (let minute = 0; minute <= 720; minute += 10) {
      const tokens = slots.write(minute + (minute < 720 ? 7 : 0));
      expect(tokens).toHaveLength(slots.slots);
      expect(Math.max(...tokens)).toBeLessThan(slots.values);
      expect(slots.read(tokens)).toBe(minute);
    }
  });

  it('in-text: the first column of every table says the bin, and nothing else changes', () => {
    const said = withTimeInText(events);
    for (let event = 0; event < events.table.length; event++) {
      const [table, row] = [events.table[event]!, events.row[event]!];
      const column = said.columns[table]![0]!;
      expect(column.kind === 'continuous' && column.values[row]).toBe(Math.floor(events.minute[event]! / 10));
    }
    expect(said.columns.map(([, ...rest]) => rest)).toEqual(events.columns);
    const cell = (value: string) => ({ table: 0, cells: [{ column: 'time', value }] });
    expect(minuteInText(cell('7.0'))).toBe(70);
    expect(minuteInText(cell('seven'))).toBeNull();
    expect(minuteInText({ table: 0, cells: [] })).toBeNull();
    expect(() => withTimeInText(said)).toThrow(/no column named "time"/);
  });
});

describe('patients that only watch', () => {
  it('are never among those learnt from, whatever the shares, and both sides have one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.integer(),
        (owners, share, seed) => {
          fc.pre(new Set(owners).size >= 2);
          const patients = owners.map((owner) => `p${owner}`);
          const stays = [...owners.keys()];
          const { fit, validation } = holdOutPatients(stays, patients, share, random('held', seed));
          expect([...fit, ...validation].sort((a, b) => a - b)).toEqual(stays);
          expect(Math.min(fit.length, validation.length)).toBeGreaterThan(0);
          const learnt = new Set(fit.map((stay) => patients[stay]));
          expect(validation.some((stay) => learnt.has(patients[stay]))).toBe(false);
        },
      ),
    );
  });
});

it('hospitals are dealt as many stays as asked for', () => {
  const dealt = dealHospitals(['a', 'b', 'c'], { a: 3, c: 4 }, 7, 1);
  expect([0, 1, 2].map((index) => dealt.filter((hospital) => hospital === index).length)).toEqual([3, 0, 4]);
  expect(dealHospitals(['a', 'b'], { a: 3, b: 4 }, 5, 1)).toHaveLength(5);
});

it('the learning rate grows from nearly 0, is whole after the warm-up, and falls to nearly 0', () => {
  const schedule = { updates: 100, warmup: 0.1, decay: 'cosine' } as const;
  const factors = Array.from({ length: 100 }, (_, i) => rateFactor(i + 1, schedule));
  expect(factors[0]).toBeCloseTo(0.1, 12);
  expect(factors.slice(9, 11)).toEqual([1, 1]);
  expect(factors.slice(10).every((factor, i, all) => i === 0 || factor < all[i - 1]!)).toBe(true);
  expect(factors[99]).toBeLessThan(0.001);
  expect(rateFactor(1, { updates: 5 })).toBe(1);
});
