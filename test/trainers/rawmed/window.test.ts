import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cohort/inputError.js';
import { eventCounts, eventLimit } from '../../../src/trainers/rawmed/text/eventWindow.js';
import { normalEvents } from '../../../src/trainers/rawmed/text/normalEvents.js';
import {
  binOfDigits,
  timeBin,
  timeDigitCount,
  timeDigits,
} from '../../../src/trainers/rawmed/text/timeDigits.js';
import { eventList, smallEvents, type SmallEvent } from './smallEvents.js';

const lab = (minute: number, item = 'ph', value: number | null = 7): SmallEvent => [
  minute,
  0,
  null,
  item,
  null,
  value,
  null,
];
const drug = (minute: number, item = 'heparin'): SmallEvent => [minute, 1, item, 1, null];
const minutes = (count: number): SmallEvent[] => Array.from({ length: count }, (_, i) => lab(i));

describe('time digits', () => {
  it('two up to twelve hours, three beyond', () => {
    expect([360, 720, 721, 1440].map(timeDigitCount)).toEqual([2, 2, 3, 3]);
    expect(() => timeDigitCount(10000)).toThrow(InputError);
    expect(timeDigits(timeBin(720), 2)).toEqual([7, 2]);
    expect(timeDigits(timeBin(1440), 3)).toEqual([1, 4, 4]);
    expect(timeDigits(timeBin(9), 2)).toEqual([0, 0]);
  });
  it('have an inverse, and no digit gives no time (S1)', () => {
    fc.assert(fc.property(fc.nat(999), (bin) => binOfDigits(timeDigits(bin, 3)) === bin));
    expect(binOfDigits([7, -3])).toBeNull();
    expect(binOfDigits([])).toBeNull();
    expect(() => timeDigits(100, 2)).toThrow(RangeError);
  });
});

describe('limit of events', () => {
  it('is the nearest-rank 95th percentile of stays with six or more', () => {
    const stays = Array.from({ length: 20 }, (_, i) => minutes(6 + i));
    expect(eventLimit(smallEvents([...stays, minutes(1), []]), { window: 720 })).toBe(24);
    expect(eventLimit(smallEvents([minutes(1)]), { window: 720 })).toBe(0);
  });
  it('B16: is looked up for the window in use', () => {
    const events = smallEvents([Array.from({ length: 100 }, (_, i) => lab(i * 10))]);
    expect(eventLimit(events, { window: 360 })).toBe(37);
    expect(eventLimit(events, { window: 720 })).toBe(73);
  });
});

describe('normal events', () => {
  it('keeps both ends of the window, floors to ten minutes', () => {
    const events = normalEvents(smallEvents([[lab(0), lab(719), lab(720), lab(721)]]), { window: 720 });
    expect([...events.minute]).toEqual([0, 710, 720]);
  });
  it('never cuts away what the pipeline put at the head of a stay', () => {
    const long = smallEvents([[lab(0), ...Array.from({ length: 2100 }, (_, i) => drug(i))]]);
    const kept = normalEvents(long, { limit: 3000, added: 1 });
    expect(kept.table).toHaveLength(2049);
    expect([...kept.table].filter((table) => table === 0)).toHaveLength(1);
    expect([...normalEvents(long).table]).not.toContain(0);
  });
  it('takes the latest 2,048, then the first up to the limit', () => {
    const events = smallEvents([Array.from({ length: 2100 }, (_, i) => lab(i, 'ph', i))]);
    expect([...normalEvents(events, { limit: 2 }).columns[0]!.map((column) => column.filled.length)]).toEqual(
      [2, 2, 2, 2, 2],
    );
    expect(eventList(normalEvents(events, { limit: 2 }))[0]!.map((event) => event[5])).toEqual([52, 53]);
  });
  it('B17: a bin is ordered by table, then as the events were', () => {
    const stay = [lab(1, 'b'), drug(2), lab(5, 'a'), drug(12, 'x'), lab(13, 'c')];
    expect(eventList(normalEvents(smallEvents([stay])))[0]!.map((event) => event[2] ?? event[3])).toEqual([
      'b',
      'a',
      'heparin',
      'c',
      'x',
    ]);
  });
  it('all events in one minute keep their order', () => {
    const stay = Array.from({ length: 30 }, (_, i) => lab(7, `item ${i}`));
    const [normal] = eventList(normalEvents(smallEvents([stay])));
    expect(normal!.map((event) => event[3])).toEqual(stay.map((event) => event[3]));
    expect(normal!.every(([minute]) => minute === 0)).toBe(true);
  });
  it('B2: a stay whose events have no columns does not move the stays behind it', () => {
    const empty: SmallEvent = [0, 0, null, '', ' ', null, null];
    const normal = normalEvents(smallEvents([[empty], [lab(3)], [empty, lab(5, 'K')], []]));
    expect([...normal.start]).toEqual([0, 0, 1, 2, 2]);
    expect(eventList(normal)[2]).toEqual([[0, 0, null, 'k', null, 7, null]]);
  });
  it('joins levels that are equal in normal form and keeps their order', () => {
    const normal = normalEvents(
      smallEvents([[lab(0, 'PH'), lab(0, 'mg/dl'), lab(0, 'ph'), lab(0, 'mg / dL')]]),
    );
    const [, item] = normal.columns[0]!;
    expect(item).toMatchObject({ levels: ['ph', 'mg / dl'], codes: Int32Array.of(0, 1, 0, 1) });
  });
  it('a column never filled stays so; a stay with one event is one', () => {
    const normal = normalEvents(smallEvents([[lab(3)]]));
    expect([...normal.columns[0]![0]!.filled]).toEqual([0]);
    expect([...eventCounts(normal)]).toEqual([1]);
  });
});
