import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import type { Result } from '../../../src/metrics/contract.js';
import { eventView } from '../../../src/metrics/events/eventView.js';
import { itemPlaces, itemSteps } from '../../../src/metrics/events/itemSteps.js';
import {
  itemLogOdds,
  itemWeights,
  microF1,
  nextItemCounts,
} from '../../../src/metrics/events/nextItemForecaster.js';
import { releasedItemCounts } from '../../../src/metrics/events/releasedForecaster.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import type { Cohort, EventTable } from '../../../src/cohort/types.js';
import { eventCohort } from './eventCohort.js';

const tables: readonly EventTable[] = [
  { name: 'lab', itemColumn: 'name', columns: [{ name: 'name', kind: 'categorical' }] },
  { name: 'drug', itemColumn: 'name', columns: [{ name: 'name', kind: 'categorical' }] },
];

/** Stays that go round three items, from one of them on; shuffled stays draw every step anew. */
function rounds(count: number, seed: string, shuffled = false): Cohort {
  const stream = random('rounds', seed);
  return eventCohort(
    tables,
    Array.from({ length: count }, () => {
      const first = stream.integer(3);
      return Array.from({ length: 10 }, (_, t) => ({
        table: 0,
        minute: 20 * t,
        cells: [['a', 'b', 'c'][(shuffled ? stream.integer(3) : first + t) % 3]!],
      }));
    }),
    seed,
  );
}

describe('next event', () => {
  it('B11: uses every synthetic stay, and a step is a set of items with the name of their table', () => {
    const twice = eventCohort(tables, [
      [
        { table: 0, minute: 1, cells: ['a'] },
        { table: 1, minute: 9, cells: ['a'] },
        { table: 0, minute: 10, cells: ['a'] },
      ],
    ]);
    const view = eventView(twice, twice)!;
    const places = itemPlaces(view);
    expect(places.size).toBe(2);
    expect(itemSteps(view, places)[0]!.map((set) => set.length)).toEqual([2, 1]);
    const many = rounds(37, 'many');
    expect(itemSteps(eventView(many, many)!, itemPlaces(eventView(many, many)!))).toHaveLength(37);
  });

  it('weighs items by 1/ln(count + 1.1 + 1e-5), mean 1', () => {
    const weights = itemWeights([[Uint16Array.from([0, 1]), Uint16Array.from([0])]], 3);
    const raw = [2, 1, 0].map((count) => 1 / Math.log(count + 1.1 + 1e-5));
    const mean = (raw[0]! + raw[1]! + raw[2]!) / 3;
    weights.forEach((weight, item) => {
      expect(weight).toBeCloseTo(raw[item]! / mean, 5);
    });
  });

  it('starts from the log-odds of items in foretold steps, half a step added to both sides', () => {
    const [first, second, third] = itemLogOdds(
      [[Uint16Array.of(2), Uint16Array.of(0, 1), Uint16Array.of(0)], [Uint16Array.of(1)]],
      3,
    );
    expect(first).toBeCloseTo(Math.log(2.5 / 0.5), 6);
    expect(second).toBeCloseTo(0, 6);
    expect(third).toBeCloseTo(Math.log(0.5 / 2.5), 6);
  });

  it('names items of a small cohort that are more frequent than the threshold, whatever few updates it has', async () => {
    // 7 stays are one update an epoch; of 150 items the first comes in every step, one other in each.
    const stream = random('few-updates');
    const courses = Array.from({ length: 7 }, () =>
      Array.from({ length: 4 }, () => Uint16Array.of(0, 1 + stream.integer(149))),
    );
    expect(microF1(await nextItemCounts(courses, courses, 150, 3))).toBeGreaterThan(0.6);
  });

  it('micro-F1 pools the counts, weighs stays and has no value without anything to tell', () => {
    const counts = [
      { right: 2, wrong: 1, missed: 1 },
      { right: 0, wrong: 0, missed: 4 },
    ];
    expect(microF1(counts)).toBeCloseTo(4 / (4 + 6), 12);
    expect(microF1(counts, [1, 0])).toBeCloseTo(4 / 6, 12);
    expect(microF1([{ right: 0, wrong: 0, missed: 0 }])).toBeNull();
  });

  it('B12: always has a forecaster, even of a single stay', async () => {
    const lone = [[Uint16Array.from([0]), Uint16Array.from([1])]];
    expect(await nextItemCounts(lone, lone, 2, 1)).toHaveLength(1);
  });

  it('B14: foretells a planted order, not one that was shuffled, and has nothing of an earlier run in it', async () => {
    const [train, holdout] = [rounds(150, 'train'), rounds(60, 'holdout')];
    const score = (synthetic: Cohort): Promise<Result> =>
      Promise.resolve(
        metricNamed('events.next_event').compute(
          { train, holdout, synthetic, reference: null, label: null, resamples: 5 },
          { mode: 'strict' },
          random('next'),
        ),
      );
    const valueOf = (result: Result): number => (result.state === 'ok' ? result.value : Number.NaN);
    const ordered = await score(rounds(150, 'ordered'));
    const shuffled = await score(rounds(150, 'shuffled', true));
    expect(valueOf(ordered)).toBeGreaterThan(valueOf(shuffled) + 0.05);
    // Naming all three items at every step.
    expect(valueOf(shuffled)).toBeGreaterThan(0.4);
    expect(valueOf(await score(rounds(150, 'ordered')))).toBe(valueOf(ordered));
  });

  it('generators of different sizes are asked for the items of train as a whole', async () => {
    const wholeTrain = rounds(20, 'train');
    const onlyC = [0, 10, 20].map((minute) => ({ table: 0, minute, cells: ['c'] }));
    const compute = async (part: Cohort): Promise<unknown> => {
      const inputs = { train: part, wholeTrain, holdout: rounds(20, 'holdout'), synthetic: rounds(5, 'few') };
      const result = await metricNamed('events.next_event').compute(
        { ...inputs, reference: null, label: null, resamples: 0 },
        { mode: 'strict' },
        random('next'),
      );
      return result.state === 'ok' ? [result.value, result.detail?.['items']] : result;
    };
    const whole = await compute(wholeTrain);
    expect(whole).toEqual([expect.any(Number), 3]);
    expect(await compute(eventCohort(tables, [onlyC, onlyC]))).toEqual(whole);
  });

  it('paper mode: the released LSTM foretells a planted order where it gets enough updates, and not a shuffled one', async () => {
    const coursesOf = (cohort: Cohort): readonly (readonly Uint16Array[])[] => {
      const view = eventView(cohort, cohort)!;
      return itemSteps(view, new Map(['a', 'b', 'c'].map((item, place) => [item, place])), 'joined');
    };
    const quick = { hidden: 12, batch: 16, learningRate: 0.03, epochs: 12, patience: 12 };
    const test = coursesOf(rounds(40, 'released-test'));
    const told = async (shuffled: boolean): Promise<number> =>
      microF1(await releasedItemCounts(coursesOf(rounds(100, 'released', shuffled)), test, 3, 4, quick))!;
    expect(await told(false)).toBeGreaterThan(0.9);
    expect(await told(true)).toBeLessThan(0.7);
  });

  it('paper mode: few updates name every item, equal names of several tables are one', async () => {
    const [train, holdout] = [rounds(40, 'train'), rounds(20, 'holdout')];
    const compute = (): Promise<Result> =>
      Promise.resolve(
        metricNamed('events.next_event').compute(
          { train, holdout, synthetic: rounds(40, 'ordered'), reference: null, label: null, resamples: 5 },
          { mode: 'paper' },
          random('next'),
        ),
      );
    // One of the three is there.
    expect(await compute()).toMatchObject({ state: 'ok', value: 0.5, n: 100 });
    const twice = eventCohort(tables, [
      [
        { table: 0, minute: 1, cells: ['a'] },
        { table: 1, minute: 9, cells: ['a'] },
      ],
    ]);
    const view = eventView(twice, twice)!;
    expect([itemPlaces(view).size, itemPlaces(view, 'joined').size]).toEqual([2, 1]);
  });

  it('B12: paper mode always has a forecaster, even of a single stay', async () => {
    const lone = [[Uint16Array.from([0]), Uint16Array.from([1])]];
    expect(await releasedItemCounts(lone, lone, 2, 1)).toHaveLength(1);
  });
});
