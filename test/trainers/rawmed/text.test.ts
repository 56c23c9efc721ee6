import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cohort/inputError.js';
import { eventParser } from '../../../src/trainers/rawmed/text/decodeEvent.js';
import { digitPlaces } from '../../../src/trainers/rawmed/text/digitPlaces.js';
import { distinctEvents } from '../../../src/trainers/rawmed/text/distinctEvents.js';
import { encodeEvents, TYPE } from '../../../src/trainers/rawmed/text/encodeEvents.js';
import { keptColumns } from '../../../src/trainers/rawmed/text/keptColumns.js';
import { learnTokeniser } from '../../../src/trainers/rawmed/text/learnTokeniser.js';
import {
  joinTokens,
  normalNumber,
  normalText,
  numberText,
  textTokens,
  UNKNOWN,
} from '../../../src/trainers/rawmed/text/normalForm.js';
import { normalEvents } from '../../../src/trainers/rawmed/text/normalEvents.js';
import { releasedStatistics } from '../../../src/trainers/rawmed/text/releasedStatistics.js';
import { openTokeniser, SEP, UNK, type Tokeniser } from '../../../src/trainers/rawmed/text/tokeniser.js';
import { drugs, eventList, labs, smallEvents, type SmallEvent } from './smallEvents.js';

const one = { limit: 400, smallestCell: 1 };
const learnt = (events: ReturnType<typeof smallEvents>, options = one): Tokeniser =>
  learnTokeniser(
    events,
    Array.from({ length: events.start.length - 1 }, (_, i) => `p${i}`),
    options,
  );

const ordinary = smallEvents([
  [
    [0, 0, '1.0', 'Glucose', 'mg/dL', 95, null],
    [0, 1, 'Norepinephrine (mcg/min)', 12.34, 80],
  ],
  [[5, 0, '1.0', 'pH', null, 7.4, 7.45]],
]);

describe('normal form', () => {
  it('spaces punctuation and joins numbers', () => {
    expect(normalText('  mg/dL ')).toBe('mg / dl');
    expect(normalText('0.9% NaCl')).toBe('0.9 % nacl');
    expect(normalText('tid,0800')).toBe('tid , 0800');
    expect(normalText('')).toBe('');
  });
  it('B9: spaces inside numbers are lost, in real data as in generated data', () => {
    expect(normalText('5 325')).toBe('5325');
  });
  it('B3: two-decimal values keep all their decimals', () => {
    for (let hundredths = 0; hundredths < 10000; hundredths++)
      expect(normalNumber(hundredths / 100)).toBe(hundredths / 100);
    expect(numberText(0.57)).toBe('0.57');
    expect(normalNumber(0.12345678)).toBe(0.1235);
    expect(normalText('0.123456 mg')).toBe('0.1235 mg');
    expect(normalText('9.99999')).toBe('10.0');
  });
  it('numbers with two dots stay what they are', () => {
    expect(normalText('1.2.3')).toBe('1.2.3');
    expect(normalText('12.05.2020')).toBe('12.05.2020');
  });
  it('numbers as text', () => {
    expect([95, -0, -12.5, 1e21, 0.00004, 1e-9].map(numberText)).toEqual([
      '95.0',
      '0.0',
      '-12.5',
      '1000000000000000000000.0',
      '0.0',
      '0.0',
    ]);
    expect(() => numberText(NaN)).toThrow(InputError);
  });
  it('is idempotent and survives its own tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const normal = normalText(text);
        expect(normalText(normal)).toBe(normal);
        expect(joinTokens(textTokens(normal))).toBe(normal);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const normal = normalNumber(value);
        expect(normalNumber(normal)).toBe(normal);
        expect(Number(numberText(value))).toBe(normal);
        expect(normalText(numberText(value))).toBe(numberText(value));
      }),
    );
  });
});

describe('digit places', () => {
  const places = (text: string): number[] => [...digitPlaces(textTokens(text))];
  it.each([
    ['12.34', [7, 6, 5, 4, 3]],
    ['123', [8, 7, 6]],
    ['0.1234', [6, 5, 4, 3, 2, 1]],
    ['0.123456', [6, 5, 4, 3, 2, 1, 1, 1]],
    ['.5', [5, 4]],
    ['12345678', [13, 12, 11, 10, 9, 8, 7, 6]],
    ['1234567890', [13, 13, 13, 12, 11, 10, 9, 8, 7, 6]],
    ['..', [14, 14]],
    ['1.2.3', [14, 14, 14, 14, 14]],
    ['-3', [14, 6]],
    ['iv 5 mg', [14, 6, 14]],
  ])('%s', (text, expected) => expect(places(text)).toEqual(expected));
  it('are ids of the embedding for any text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.a]*$/), (text) => {
        for (const place of places(text)) expect(place >= 1 && place <= 14).toBe(true);
      }),
    );
  });
});

describe('tokeniser', () => {
  it('takes whole words where it can, spells where it cannot, and keeps digits alone', () => {
    const tokeniser = learnt(ordinary);
    const pieces = (text: string): string[] =>
      Array.from(tokeniser.encode(text), (id) => tokeniser.pieces[id]!);
    expect(pieces('Glucose 12.5')).toEqual(['glucose', '1', '2', '.', '5']);
    expect(pieces('glue')).toEqual(['g', '##l', '##u', '##e']);
    expect(pieces('字 glucose')).toEqual(['[UNK]', 'glucose']);
    expect(tokeniser.decode(tokeniser.encode('字 glue'))).toBe(`${UNKNOWN} glue`);
  });
  it('has the reserved ids and opens from its list', () => {
    const tokeniser = learnt(ordinary);
    expect(tokeniser.pieces.slice(0, 3)).toEqual(['[PAD]', '[SEP]', '[UNK]']);
    expect(openTokeniser(tokeniser.pieces).encode('glucose')).toEqual(tokeniser.encode('glucose'));
    expect(() => openTokeniser(['a'])).toThrow(InputError);
  });
  it('keeps to its limit, and refuses one that does not hold the names', () => {
    expect(learnt(ordinary, { limit: 40, smallestCell: 1 }).size).toBe(40);
    expect(() => learnt(ordinary, { limit: 10, smallestCell: 1 })).toThrow(/vocabulary limit from/);
  });
  it('leaves out words of fewer than eleven patients', () => {
    const stays = Array.from({ length: 11 }, (_, i): SmallEvent[] => [
      [0, 1, i === 0 ? 'secretdrug' : 'aspirin', 1, 1],
      [0, 1, i === 1 ? 'heparin' : 'aspirin', 1, 1],
    ]);
    const { pieces } = learnTokeniser(
      smallEvents(stays),
      stays.map((_, i) => `p${i}`),
      { limit: 400 },
    );
    expect(pieces).toContain('aspirin');
    expect(pieces).not.toContain('secretdrug');
    expect(pieces).not.toContain('##c');
    const ofOnePatient = learnTokeniser(
      smallEvents(stays),
      stays.map(() => 'p'),
      { limit: 400 },
    );
    expect(ofOnePatient.pieces).not.toContain('aspirin');
  });
  it('is the same for every order of the stays', () => {
    const list = eventList(ordinary);
    expect(learnt(smallEvents([...list].reverse())).pieces).toEqual(learnt(ordinary).pieces);
  });
  it('decodes any ids to normal text', () => {
    const tokeniser = learnt(ordinary);
    const decode = (ids: readonly number[]): string => tokeniser.decode(ids);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: tokeniser.size - 1 })), (ids) => {
        expect(joinTokens(textTokens(decode(ids)))).toBe(decode(ids));
      }),
    );
  });
});

describe('truncation by whole column', () => {
  it('stops at the first column that does not fit', () => {
    expect(keptColumns(1, [3, 5, 4, 2], 0, 11)).toEqual([0, 1]);
    expect(keptColumns(1, [3, 5, 0, 2], 0, 13)).toEqual([0, 1, 3]);
    expect(keptColumns(1, [3, 50, 4, 2], 0, 64)).toEqual([0, 1, 2, 3]);
    expect(keptColumns(1, [3, 60, 4, 2], 0, 64)).toEqual([0]);
  });
  it('never loses the item, wherever its column stands', () => {
    expect(keptColumns(1, [4, 5, 4], 1, 8)).toEqual([1]);
    expect(keptColumns(1, [4, 5, 4], 1, 12)).toEqual([0, 1]);
    expect(keptColumns(1, [4, 5, 4], 1, 7)).toBeNull();
  });
  it('5,000-character values: a column is lost whole, an item is an error told once', () => {
    const long = 'ph'.repeat(2500);
    const column = smallEvents([[[0, 0, '1', 'glucose', long, 95, 100]]]);
    const tokeniser = learnt(ordinary);
    const { statistics, types } = encodeEvents(column, tokeniser, { length: 128 });
    expect(statistics).toMatchObject({ truncatedEvents: 1, columns: 5, truncatedColumns: 3 });
    expect(types.some((type) => type === TYPE.end)).toBe(true);
    const item = smallEvents([
      Array.from({ length: 12 }, (): SmallEvent => [0, 0, '1', 'ph'.repeat(2500), null, 95, null]),
    ]);
    expect(() => encodeEvents(item, tokeniser, { length: 128 })).toThrow(/12 events whose item does not/);
    expect(() => normalEvents(item, { text: { tokeniser, length: 128 } })).toThrow(InputError);
    const few = smallEvents([[[0, 0, '1', 'ph'.repeat(2500), null, 95, null]]]);
    expect(() => encodeEvents(few, tokeniser, { length: 128 })).toThrow(/fewer than 11 events/);
  });
});

describe('what truncation and the vocabulary took', () => {
  const stays = (affected: number) =>
    smallEvents(
      Array.from({ length: 12 }, (_, i): SmallEvent[] => [
        [0, 0, '1', 'glucose', i < affected ? 'ph'.repeat(2500) : null, 95, 100],
      ]),
    );
  const patients = Array.from({ length: 12 }, (_, i) => `p${i}`);
  const released = (affected: number, of = patients, smallestCell = 11) => {
    const events = stays(affected);
    const encoded = encodeEvents(events, learnt(ordinary), { length: 128 });
    return releasedStatistics(encoded, events.start, of, smallestCell);
  };

  it('is said where eleven patients or more have it', () => {
    expect(released(11)).toMatchObject({ events: 12, truncatedEvents: 11 });
    expect(released(11).truncatedColumns).toBeGreaterThan(0);
  });

  it('counts as none where fewer patients have it, however many events they have', () => {
    expect(released(10)).toMatchObject({ events: 12, truncatedEvents: 0, truncatedColumns: 0 });
    const one = patients.map(() => 'p0');
    expect(released(12, one)).toMatchObject({ truncatedEvents: 0 });
    expect(released(12, one, 1)).toMatchObject({ truncatedEvents: 12 });
  });
});

describe('streams', () => {
  const tokeniser = learnt(ordinary);
  const encoded = encodeEvents(ordinary, tokeniser, { length: 64 });
  const stream = (event: number): [string, number, number][] =>
    Array.from(encoded.tokens.subarray(event * 64, (event + 1) * 64), (id, i) => [
      tokeniser.pieces[id]!,
      encoded.types[event * 64 + i]!,
      encoded.places[event * 64 + i]!,
    ]);
  it('are aligned: table, columns in source order, SEP, padding', () => {
    const written = stream(1);
    const end = written.findIndex(([piece]) => piece === '[SEP]');
    expect(written.slice(0, 7)).toEqual([
      ['infusiondrug', 1, 14],
      ['drugname', 2, 14],
      ['norepinephrine', 3, 14],
      ['(', 3, 14],
      ['mcg', 3, 14],
      ['/', 3, 14],
      ['min', 3, 14],
    ]);
    expect(written.slice(8, 21)).toEqual([
      ['doses', 2, 14],
      ['_', 2, 14],
      ['per', 2, 14],
      ['_', 2, 14],
      ['2', 2, 7],
      ['4', 2, 6],
      ['_', 2, 14],
      ['hrs', 2, 14],
      ['1', 3, 7],
      ['2', 3, 6],
      ['.', 3, 5],
      ['3', 3, 4],
      ['4', 3, 3],
    ]);
    expect(written[end]).toEqual(['[SEP]', TYPE.end, 14]);
    expect(
      written.slice(end + 1).every(([piece, type, place]) => piece === '[PAD]' && type + place === 0),
    ).toBe(true);
  });
  it('join equal texts with their counts', () => {
    const twice = encodeEvents(smallEvents([...eventList(ordinary), ...eventList(ordinary)]), tokeniser, {
      length: 64,
    });
    const distinct = distinctEvents(twice);
    expect(distinct.count).toBe(3);
    expect([...distinct.weight]).toEqual([2, 2, 2]);
    expect([...distinct.rowOf]).toEqual([0, 1, 2, 0, 1, 2]);
    expect(distinct.tokens).toEqual(encoded.tokens);
  });
});

describe('serialise, tokenise, parse', () => {
  const text = fc.oneof(
    { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }), weight: 2 },
    { arbitrary: fc.stringMatching(/^[a-cA-C0-9 ./,-]{0,12}$/), weight: 4 },
    {
      arbitrary: fc.constantFrom('', ' ', '-5', '字字', 'x'.repeat(5000), UNKNOWN, '##a', '[UNK]', 'nan'),
      weight: 2,
    },
  );
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const short = text.filter((value) => value.length < 20);
  const lab = fc.tuple(
    fc.integer({ min: 0, max: 720 }),
    fc.constant(0),
    fc.option(text),
    fc.option(short),
    fc.option(text),
    fc.option(number),
    fc.constant(null), // a column never filled
  );
  const drug = fc.tuple(
    fc.integer({ min: 0, max: 720 }),
    fc.constant(1),
    fc.option(short),
    fc.option(number),
    fc.option(fc.integer({ min: -300, max: 300 })),
  );
  const stay = fc
    .array(fc.oneof(lab, drug), { maxLength: 6 })
    .map((events) => events.sort((a, b) => a[0] - b[0] || a[1] - b[1]));

  it('is the identity on normalised rows', () => {
    fc.assert(
      fc.property(
        fc.array(stay as fc.Arbitrary<SmallEvent[]>, { maxLength: 4 }),
        fc.integer({ min: 60, max: 400 }),
        fc.integer({ min: 1, max: 3 }),
        (stays, limit, smallestCell) => {
          const events = smallEvents(stays);
          const tokeniser = learnt(events, { limit, smallestCell });
          const length = 160;
          const normal = normalEvents(events, { text: { tokeniser, length } });
          expect(eventList(normalEvents(normal, { text: { tokeniser, length } }))).toEqual(eventList(normal));
          const encoded = encodeEvents(normal, tokeniser, { length });
          expect(encoded.statistics).toMatchObject({ truncatedColumns: 0, emptyEvents: 0 });
          const parse = eventParser(events.tables, tokeniser);
          const read = eventList(normal)
            .flat()
            .map(([minute], e) => {
              const at = [e * length, (e + 1) * length] as const;
              const decoded = parse(encoded.tokens.subarray(...at), encoded.types.subarray(...at));
              if ('rejected' in decoded) throw new Error(decoded.rejected);
              const { columns } = [labs, drugs][decoded.table]!;
              const cells = columns.map(({ name, kind }) => {
                const found = decoded.cells.find(({ column }) => column === normalText(name));
                if (found === undefined) return null;
                return kind === 'continuous' ? Number(found.value) : found.value;
              });
              return [minute, decoded.table, ...cells];
            });
          expect(read).toEqual(eventList(normal).flat());
        },
      ),
    );
  });
});

describe('parser', () => {
  const tokeniser = learnt(ordinary);
  const parse = eventParser(ordinary.tables, tokeniser);
  const ids = (pieces: readonly string[]): number[] => pieces.map((piece) => tokeniser.pieces.indexOf(piece));
  const good = ['lab', 'labname', 'glucose', '[SEP]'];
  it('reads one event, to the first SEP or end of types', () => {
    const event = { table: 0, cells: [{ column: 'labname', value: 'glucose' }] };
    expect(parse(ids([...good, 'lab']), [1, 2, 3, 6, 1])).toEqual(event);
    expect(parse(ids([...good.slice(0, 3), 'lab', '[SEP]']), [1, 2, 3, 6, 6])).toEqual(event);
    expect(parse(ids(good), [1, 2, 3, 3])).toEqual(event);
  });
  it('B1: an event without an end is rejected, not skipped', () => {
    expect(parse(ids(good.slice(0, 3)), [1, 2, 3])).toEqual({ rejected: 'no-end' });
  });
  it.each([
    ['type-order', good, [2, 2, 3, 6]],
    ['type-order', good, [1, 3, 2, 6]],
    ['type-order', good, [1, 2, 2, 6]],
    ['type-order', good, [1, 2, 0, 6]],
    ['type-order', ['[SEP]'], [6]],
    ['unknown-table', ['glucose', ...good.slice(1)], [1, 2, 3, 6]],
    ['no-column', ['lab', '[SEP]'], [1, 6]],
    ['empty-text', ['lab', 'labname', '[PAD]', '[SEP]'], [1, 2, 3, 6]],
  ])('rejects with the reason %s', (rejected, pieces, types) => {
    expect(parse(ids(pieces), types)).toEqual({ rejected });
  });
});

describe('bad input', () => {
  it('tables without an item column', () => {
    const table = { ...labs, itemColumn: 'name' };
    const events = smallEvents([[[0, 0, '1', 'glucose', null, 95, null]]], [table]);
    expect(() => learnt(events)).toThrow(/no column "name"/);
    expect(() => normalEvents(events)).toThrow(InputError);
  });
  it('names that the text cannot tell apart', () => {
    const table = { ...labs, columns: [...labs.columns, { name: 'LABNAME', kind: 'categorical' as const }] };
    expect(() => normalEvents(smallEvents([[]], [table]))).toThrow(/LABNAME/);
  });
  it('a tokeniser of other tables', () => {
    const other = learnt(smallEvents([[]], [drugs]));
    expect(() => encodeEvents(ordinary, other, { length: 64 })).toThrow(
      /names the tokeniser was learnt with/,
    );
  });
  it('events without cells: counted, and not text that a parser takes', () => {
    const events = smallEvents([[[0, 0, null, null, null, null, null]]]);
    const tokeniser = learnt(events);
    const { statistics, tokens, types } = encodeEvents(events, tokeniser, { length: 32 });
    expect(statistics.emptyEvents).toBe(1);
    expect([tokens[1], tokens.includes(UNK)]).toEqual([SEP, false]);
    expect(eventParser(events.tables, tokeniser)(tokens, types)).toEqual({ rejected: 'no-column' });
  });
});
