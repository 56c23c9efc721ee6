import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrainingFailure } from '../../../src/federation/trainingFailure.js';
import { eventParser } from '../../../src/trainers/rawmed/text/decodeEvent.js';
import { encodeEvents } from '../../../src/trainers/rawmed/text/encodeEvents.js';
import { learnTokeniser } from '../../../src/trainers/rawmed/text/learnTokeniser.js';
import { UNKNOWN } from '../../../src/trainers/rawmed/text/normalForm.js';
import { normalEvents } from '../../../src/trainers/rawmed/text/normalEvents.js';
import { assembleEvents } from '../../../src/trainers/rawmed/verification/assembleEvents.js';
import { nearestText } from '../../../src/trainers/rawmed/verification/nearestText.js';
import { readNumber } from '../../../src/trainers/rawmed/verification/readNumber.js';
import { orderedTimes } from '../../../src/trainers/rawmed/verification/timeOrder.js';
import { verificationRules } from '../../../src/trainers/rawmed/verification/verificationRules.js';
import { verifiedStays } from '../../../src/trainers/rawmed/verification/verifiedStays.js';
import { eventVerifier } from '../../../src/trainers/rawmed/verification/verifyEvent.js';
import { stayVerifier, type DraftStay } from '../../../src/trainers/rawmed/verification/verifyStay.js';
import { eventList, smallEvents, type SmallEvent } from './smallEvents.js';

const real: SmallEvent[][] = [
  [
    [0, 0, '1', 'glucose', 'mg/dl', 80, null],
    [0, 0, '1', 'glucose', 'mg/dl', 120.55556, null],
    [10, 0, '1', 'ph', null, 7.2, null],
    [10, 1, 'heparin', 5, 60],
    [20, 1, 'propofol', null, 90],
    [30, 0, '1', 'ph', null, 7.5, null],
  ],
  [[0, 0, '1', 'glucose', 'mg/dl', 100, null]],
];
const normal = normalEvents(smallEvents(real));
const rules = verificationRules(normal, ['a', 'b'], { smallestCell: 1 });
const verify = eventVerifier(rules);
const lab = (...cells: readonly (readonly [string, string])[]) =>
  verify({ table: 0, cells: cells.map(([column, value]) => ({ column, value })) });
const drug = (...cells: readonly (readonly [string, string])[]) =>
  verify({ table: 1, cells: cells.map(([column, value]) => ({ column, value })) });

describe('nearest text', () => {
  const known = [
    { text: 'ba', count: 1 },
    { text: 'ca', count: 2 },
    { text: 'aa', count: 2 },
  ];
  it('B8: ties go to the more frequent, then by text, in any order of the vocabulary', () => {
    expect(known[nearestText('xa', known, 0.5)]!.text).toBe('aa');
    fc.assert(
      fc.property(fc.shuffledSubarray(known, { minLength: 3 }), (shuffled) => {
        expect(shuffled[nearestText('xa', shuffled, 0.5)]!.text).toBe('aa');
      }),
    );
  });
  it('takes a distance of the threshold, none beyond', () => {
    expect(nearestText('xa', [{ text: 'aa', count: 1 }], 0.5)).toBe(0);
    expect(nearestText('xa', [{ text: 'aa', count: 1 }], 0.49)).toBe(-1);
    expect(nearestText('xx', known, 0.5)).toBe(-1);
    expect(nearestText('xa', [], 0.5)).toBe(-1);
  });
});

describe('numbers of generated texts', () => {
  it.each([
    ['12.5', 12.5],
    ['1 2 . 5', 12.5],
    ['-3.0', -3],
    ['0.57', 0.57],
    ['1..5', 1.5],
    ['5 mg', 5],
    ['.5', 0.5],
    ['1.23456', 1.2346],
  ])('%s', (text, value) => expect(readNumber(text)).toBe(value));
  it.each([
    'nan',
    'inf',
    '-inf',
    'Infinity',
    '1e5',
    '1_0',
    '1.2.3',
    '',
    '.',
    '-',
    '--1',
    '1-2',
    '0x10',
    '9'.repeat(400),
  ])('B4: %s is none', (text) => expect(readNumber(text)).toBeNull());
});

describe('verification of an event', () => {
  it('takes known columns and values', () => {
    expect(lab(['labname', 'glucose'], ['labresult', '95.0'])).toEqual({
      table: 0,
      cells: [null, 'glucose', null, 95, null],
      repaired: 0,
      withheld: 0,
    });
  });
  it('repairs names and categories that are near, and says how many', () => {
    expect(lab(['labnam e', 'glucosa'], ['labresul', '95.0'])).toEqual({
      table: 0,
      cells: [null, 'glucose', null, 95, null],
      repaired: 2,
      withheld: 0,
    });
  });
  it('B5: a name that is far from all is rejected, and so are two of one column', () => {
    expect(lab(['xyz', 'glucose'])).toEqual({ rejected: 'unknown-column' });
    expect(lab(['labname', 'glucose'], ['labnam', 'ph'])).toEqual({ rejected: 'duplicate-column' });
  });
  it('numbers', () => {
    expect(lab(['labname', 'ph'], ['labresult', 'glucose'])).toEqual({ rejected: 'not-a-number' });
  });
  it('ranges of columns and items, the latter not of what is unrelated to the item', () => {
    expect(lab(['labname', 'ph'], ['labresult', '121'])).toEqual({ rejected: 'outside-column-range' });
    expect(lab(['labname', 'ph'], ['labresult', '100'])).toEqual({ rejected: 'outside-item-range' });
    expect(lab(['labname', 'glucose'], ['labresult', '120.5556'])).toMatchObject({ repaired: 0 });
    expect(drug(['drugname', 'heparin'], ['patientweight', '90.0'])).toMatchObject({ repaired: 0 });
    expect(drug(['drugname', 'heparin'], ['patientweight', '91.0'])).toEqual({
      rejected: 'outside-column-range',
    });
  });
  it('B6: a value where real never has one is rejected, for the column and for the item', () => {
    expect(lab(['labname', 'ph'], ['ref _ range _ upper', '7.0'])).toEqual({
      rejected: 'outside-column-range',
    });
    expect(drug(['drugname', 'propofol'], ['doses _ per _ 24 _ hrs', '5.0'])).toEqual({
      rejected: 'outside-item-range',
    });
  });
  it('B7: missing is no category: never compared, and the text "nan" is no missing', () => {
    expect(lab(['labname', 'ph'])).toMatchObject({ cells: [null, 'ph', null, null, null] });
    expect(lab(['labname', 'ph'], ['unit', 'nan'])).toEqual({ rejected: 'unknown-category' });
  });
  it('an item is missing only where it is in training', () => {
    expect(lab(['unit', 'mg / dl'])).toEqual({ rejected: 'missing-item' });
    const some = verificationRules(
      normalEvents(smallEvents([[[0, 0, '1', null, 'mg/dl', 5, null]]])),
      ['a'],
      { smallestCell: 1 },
    );
    const check = eventVerifier(some);
    const cells = [{ column: 'labresult', value: '5.0' }];
    expect(check({ table: 0, cells })).toMatchObject({ repaired: 0 });
    expect(check({ table: 0, cells: [{ column: 'labresult', value: '6.0' }] })).toMatchObject({
      rejected: 'outside-column-range',
    });
  });
  it('B10: neither rules nor tables are changed', () => {
    const before = structuredClone(rules);
    lab(['labname', 'glucosa'], ['labresult', '95.0']);
    drug(['drugname', 'heparin'], ['patientweight', '91.0']);
    expect(rules).toEqual(before);
  });
  it('what fewer than eleven patients have is unknown by default', () => {
    const stays = Array.from({ length: 11 }, (_, i): SmallEvent[] => [
      [0, 0, '1', 'glucose', null, 80 + i, i === 0 ? 5 : null],
      ...(i > 0 ? [[0, 0, '1', 'amylase', null, 50, null] as const] : []),
    ]);
    const events = normalEvents(smallEvents(stays));
    const of = (patients: readonly string[]) => verificationRules(events, patients)[0]!;
    const known = of(stays.map((_, i) => `p${i}`));
    expect(known.columns[1]!.vocabulary).toEqual([{ text: 'glucose', count: 11 }]);
    expect(known.columns.map(({ range }) => range)).toEqual([null, null, null, [50, 90], null]);
    expect(known.itemRanges).toEqual([[null, null, null, [80, 90], null]]);
    expect(of(stays.map(() => 'p')).columns[1]!.vocabulary).toEqual([]);
  });
  it('rare texts are withheld where they are together not rare, and rare items share their ranges', () => {
    const stays = Array.from({ length: 12 }, (_, i): SmallEvent[] => [
      [0, 0, '1', 'glucose', null, 80 + i, i === 0 ? 5 : null],
      [0, 0, '1', `${'qwxyz'.repeat(3)} ${i}`, null, 10 + i, 3 + i],
    ]);
    const known = verificationRules(
      normalEvents(smallEvents(stays)),
      stays.map((_, i) => `p${i}`),
    );
    expect(known[0]!.columns[1]).toMatchObject({
      vocabulary: [{ text: 'glucose', count: 12 }],
      rareTexts: true,
    });
    expect(known[0]!.itemRanges).toEqual([[null, null, null, [80, 91], [3, 14]]]);
    expect(known[0]!.rareItem).toEqual([null, null, null, [10, 21], [3, 14]]);
    const check = eventVerifier(known);
    const cells = (item: string, value: string) => [
      { column: 'labname', value: item },
      { column: 'labresult', value },
    ];
    expect(check({ table: 0, cells: cells('qwxyzqwxyzqwxyz 3', '21.0') })).toEqual({
      table: 0,
      cells: [null, UNKNOWN, null, 21, null],
      repaired: 0,
      withheld: 1,
    });
    expect(check({ table: 0, cells: cells('qwxyzqwxyzqwxyz 3', '80.0') })).toEqual({
      rejected: 'outside-item-range',
    });
    expect(check({ table: 0, cells: [{ column: 'labtypeid', value: 'zzz' }] })).toEqual({
      rejected: 'unknown-category',
    });
  });
});

describe('time order', () => {
  const window = 720;
  it('ends at the first decrease, or goes on at the latest time', () => {
    expect(orderedTimes([0, 15, 10, 9, 40], { window, order: 'cut' })).toEqual([0, 10, 10]);
    expect(orderedTimes([0, 15, 10, 9, 40], { window, order: 'running-max' })).toEqual([0, 10, 10, 10, 40]);
  });
  it.each(['cut', 'running-max'] as const)(
    'ends at no time, a negative one or one beyond the window: %s',
    (order) => {
      expect(orderedTimes([0, null, 10], { window, order })).toEqual([0]);
      expect(orderedTimes([0, -100, 10], { window, order })).toEqual([0]);
      expect(orderedTimes([0, 720, 730, 720], { window, order })).toEqual([0, 720]);
    },
  );
});

describe('verification of a stay', () => {
  const check = stayVerifier(rules, { window: 720 });
  const good = (minute: number | null): DraftStay[number] => ({
    minute,
    event: { table: 0, cells: [{ column: 'labname', value: 'glucose' }] },
  });
  const six = [0, 0, 10, 10, 20, 30].map(good);
  it('takes six events in order, not five', () => {
    expect(check(six)).toMatchObject({
      stay: [{ minute: 0 }, { minute: 0 }, { minute: 10 }, { minute: 10 }, { minute: 20 }, { minute: 30 }],
    });
    expect(check(six.slice(1))).toEqual({ rejected: 'too-few-events' });
    expect(check([])).toEqual({ rejected: 'too-few-events' });
    expect(check([...six.slice(0, 5), good(0)])).toEqual({ rejected: 'too-few-events' });
  });
  it('B1: an event that is none takes its time and the whole stay with it', () => {
    const broken: DraftStay = [
      ...six.slice(0, 3),
      { minute: 10, event: { rejected: 'no-end' } },
      ...six.slice(3),
    ];
    expect(check(broken)).toEqual({ rejected: 'no-end' });
  });
  it('is rejected for one wrong event, also behind the cut', () => {
    const wrong: DraftStay[number] = {
      minute: 0,
      event: { table: 0, cells: [{ column: 'labname', value: 'xxxxxxx' }] },
    };
    expect(check([...six, wrong])).toEqual({ rejected: 'unknown-category' });
  });
});

describe('training data as text and back', () => {
  const tokeniser = learnTokeniser(normal, ['a', 'b'], { limit: 400, smallestCell: 1 });
  const length = 64;
  const drafts = (stay: number): DraftStay => {
    const { tokens, types } = encodeEvents(normal, tokeniser, { length });
    const parse = eventParser(normal.tables, tokeniser);
    return Array.from({ length: normal.start[stay + 1]! - normal.start[stay]! }, (_, i) => {
      const event = normal.start[stay]! + i;
      const at = [event * length, (event + 1) * length] as const;
      return { minute: normal.minute[event]!, event: parse(tokens.subarray(...at), types.subarray(...at)) };
    });
  };
  it('passes, and comes back equal', () => {
    const verdict = stayVerifier(rules, { window: 720 })(drafts(0));
    if ('rejected' in verdict) throw new Error(verdict.rejected);
    expect(eventList(assembleEvents(normal, [verdict.stay]))).toEqual([eventList(normal)[0]]);
  });
  it('B2: a rejected stay leaves the others their place', () => {
    const check = stayVerifier(rules, { window: 720 });
    const verdicts = [1, 0].map((stay) => check(drafts(stay)));
    expect(verdicts[0]).toEqual({ rejected: 'too-few-events' });
    expect(verdicts[1]).toHaveProperty('stay');
  });
});

describe('verified output', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'labtypeid',
      'labname',
      'unit',
      'labresult',
      'ref _ range _ upper',
      'drugname',
      'patientweight',
      'doses _ per _ 24 _ hrs',
    ),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom('glucose', 'glucos', 'ph', 'mg / dl', '1', 'heparin', 'propofol', 'nan', '1e2'),
    fc.double({ min: -10, max: 150, noNaN: true }).map(String),
    fc.string(),
  );
  const event = fc.record({
    table: fc.constantFrom(0, 1),
    cells: fc.array(fc.record({ column: name, value }), { minLength: 1, maxLength: 4 }),
  });
  it('is always within the ranges and vocabularies of training', () => {
    fc.assert(
      fc.property(event, (generated) => {
        const verdict = verify(generated);
        if ('rejected' in verdict) return;
        const { columns, item, itemRanges, itemUnrelated } = rules[verdict.table]!;
        const code = columns[item]!.vocabulary.findIndex(({ text }) => text === verdict.cells[item]);
        verdict.cells.forEach((cell, c) => {
          const { kind, range, vocabulary } = columns[c]!;
          if (cell === null) return;
          if (kind === 'categorical') {
            expect(vocabulary.map(({ text }) => text)).toContain(cell);
            return;
          }
          const bounds = itemUnrelated.includes(c) ? range! : itemRanges[code]![c]!;
          for (const [smallest, largest] of [range!, bounds]) {
            expect(cell).toBeGreaterThanOrEqual(smallest);
            expect(cell).toBeLessThanOrEqual(largest);
          }
        });
      }),
      { numRuns: 1000 },
    );
  });
  it('a vocabulary larger than the real one comes back no larger', () => {
    const texts = Array.from({ length: 500 }, (_, i) => `glucose${'x'.repeat(i % 9)}${i}`);
    const out = texts.flatMap((text) => {
      const verdict = lab(['labname', text]);
      return 'rejected' in verdict ? [] : [verdict.cells[1]];
    });
    expect(out.length).toBeGreaterThan(0);
    expect(out.length).toBeLessThan(500);
    expect([...new Set(out)]).toEqual(['glucose']);
  });
});

describe('drawing until enough are accepted', () => {
  const drawing = (passes: (i: number) => boolean) => {
    let next = 0;
    const asked: number[] = [];
    const draw = (count: number): number[] => {
      asked.push(count);
      return Array.from({ length: count }, () => next++);
    };
    const verify = (i: number) => (passes(i) ? { stay: i } : { rejected: i % 2 === 0 ? 'even' : 'odd' });
    return { draw, verify, asked };
  };
  it('keeps the first that pass and tells the rate and the reasons', async () => {
    const { draw, verify } = drawing((i) => i % 4 === 3);
    const { accepted, drawn, acceptanceRate, reasons } = await verifiedStays({
      wanted: 10,
      budget: 1000,
      draw,
      verify,
    });
    expect(accepted).toEqual(Array.from({ length: 10 }, (_, i) => 4 * i + 3));
    expect(acceptanceRate).toBeCloseTo(0.25, 1);
    expect(drawn).toBeLessThan(100);
    expect(reasons['even']! + reasons['odd']!).toBe(drawn - Math.round(acceptanceRate * drawn));
    expect(Object.keys(reasons)).toEqual(['even', 'odd']);
  });
  it('never draws more than the budget, and gives what it has', async () => {
    const { draw, verify, asked } = drawing((i) => i === 7);
    const { accepted, drawn } = await verifiedStays({ wanted: 10, budget: 33, draw, verify });
    expect([accepted, drawn]).toEqual([[7], 33]);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(33);
  });
  it('an acceptance rate of zero is a failure with its reasons', async () => {
    const { draw, verify, asked } = drawing(() => false);
    const failing = verifiedStays({ wanted: 10, budget: 25, draw, verify });
    await expect(failing).rejects.toThrow(TrainingFailure);
    await expect(failing).rejects.toThrow(/none of 25 generated stays passed .*even: 13, odd: 12/);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(25);
  });
  it('a sampler that gives nothing is a failure, not an endless loop', async () => {
    const failing = verifiedStays({ wanted: 1, budget: 9, draw: () => [], verify: () => ({ stay: 0 }) });
    await expect(failing).rejects.toThrow(TrainingFailure);
  });
});
