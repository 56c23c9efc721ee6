import { describe, expect, it } from 'vitest';
import type { Cohort, CohortSplit, EventTable } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters, Result } from '../../../src/metrics/contract.js';
import { clinicalLabels } from '../../../src/metrics/events/clinicalTasks.js';
import { MOST_ROWS, predictColumns, relativeError } from '../../../src/metrics/events/columnPrediction.js';
import { convertedFormDefinition, paperFormDefinition } from '../../../src/metrics/events/convertedForm.js';
import { DISJOINT } from '../../../src/metrics/events/distributionDistances.js';
import { eventView, type EventView } from '../../../src/metrics/events/eventView.js';
import { tableDesign } from '../../../src/metrics/events/tableDesign.js';
import { metrics } from '../../../src/metrics/index.js';
import { resultAt } from '../../../src/metrics/resultAt.js';
import { POOLED } from '../../../src/metrics/sampling.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import type { EventRow } from '../../cohort/events/eventRows.js';
import { eventCohort } from '../events/eventCohort.js';
import { eicuTables, independentColumns, severeCohort, severeStays } from '../events/severeStays.js';
import { simulateSplit } from '../simulatedCohort.js';

const strict = { mode: 'strict', against: 'train' };
const paper = { mode: 'paper', against: 'train' };

const train = severeCohort(60, 'train');
const holdout = severeCohort(60, 'holdout');
const fresh = severeCohort(60, 'fresh');

function score(
  id: string,
  synthetic: Cohort,
  parameters: MetricParameters,
  real: Cohort = train,
  test: Cohort = holdout,
): Promise<Result> {
  const inputs = { train: real, holdout: test, reference: null, synthetic, label: null, resamples: 0 };
  return Promise.resolve(metricNamed(id).compute(inputs, parameters, random('pitfall')));
}

async function valueOf(...given: Parameters<typeof score>): Promise<number> {
  const result = await score(...given);
  if (result.state !== 'ok') throw new Error(`${given[0]}: ${result.reason}`);
  return result.value;
}

const detailOf = (result: Result): Readonly<Record<string, unknown>> =>
  (result.state === 'ok' ? result.detail : undefined) ?? {};

const oneTable: readonly EventTable[] = [
  {
    name: 'lab',
    itemColumn: 'labname',
    columns: [
      { name: 'labname', kind: 'categorical' },
      { name: 'labresult', kind: 'continuous' },
      { name: 'flag', kind: 'categorical' },
    ],
  },
];
const lab = (...cells: EventRow['cells']): EventRow => ({ table: 0, minute: 10, cells });

describe('cohorts without events', () => {
  it('have no value in any event metric, and say so', async () => {
    const split = simulateSplit([20], 'grid');
    for (const { descriptor } of metrics.filter((metric) => metric.descriptor.family === 'events'))
      for (const parameters of Object.values(descriptor.variants).flat())
        expect(
          await score(descriptor.id, split.train, parameters, split.train, split.holdout),
          descriptor.id,
        ).toMatchObject({
          state: 'undefined',
          // What was drawn and thrown away is told by the provenance, not by events.
          reason: expect.stringMatching(
            descriptor.id === 'events.acceptance_rate' ? /^not-verified: /u : /^no-events: /u,
          ) as string,
        });
  });
});

describe('defects of the released code', () => {
  it('E1: an item that is never generated costs nothing in paper mode and the worst value in strict mode', async () => {
    const real = eventCohort(oneTable, [
      [lab('a', 1, 'x'), lab('b', 2, 'x')],
      [lab('a', 1, 'x'), lab('b', 2, 'x')],
    ]);
    const synthetic = eventCohort(oneTable, [[lab('a', 1, 'x')], [lab('a', 1, 'x')]]);
    const all = { items: 'all' };
    expect(await valueOf('events.i_cde', synthetic, { ...paper, ...all }, real, real)).toBe(0);
    // Half of the items at 1 (number) and √ln 2 (category).
    expect(await valueOf('events.i_cde', synthetic, { ...strict, ...all }, real, real)).toBeCloseTo(
      (0.5 + DISJOINT / 2) / 2,
      12,
    );
    expect(await valueOf('events.item_coverage', synthetic, strict, real, real)).toBe(0.5);
  });

  it('E2: 1, 1.0 and the number 1 are one category', async () => {
    const real = eventCohort(oneTable, [[lab('a', 1, '1')], [lab('a', 1, '2.50')]]);
    const numbers = oneTable.map((table) => ({
      ...table,
      columns: table.columns.map((column) =>
        column.name === 'flag' ? { ...column, kind: 'continuous' as const } : column,
      ),
    }));
    const synthetic = eventCohort(numbers, [[lab('a', 1, 1)], [lab('a', 1, 2.5)]]);
    for (const mode of [strict, paper])
      expect(await valueOf('events.cde', synthetic, mode, real, real)).toBeCloseTo(0, 12);
  });

  it('E3: column distances do not see empty cells; their rates are scored beside them', async () => {
    const real = eventCohort(oneTable, [[lab('a', 1, 'x')], [lab('a', 1, 'x')]]);
    const synthetic = eventCohort(oneTable, [[lab('a', 1, 'x')], [lab('a', null, 'x')]]);
    expect(await valueOf('events.cde', synthetic, strict, real, real)).toBe(0);
    expect(await valueOf('events.null_rate_gap', synthetic, strict, real, real)).toBeCloseTo(0.5 / 3, 12);
  });

  it('E4: leaving hard classes out pays in paper mode only', async () => {
    const rows = (n: number, seed: string, classes: readonly string[]): Cohort => {
      const stream = random('classes', seed);
      return eventCohort(
        oneTable,
        Array.from({ length: n }, () =>
          Array.from({ length: 8 }, () => {
            const value = Math.round(1000 * stream.uniform()) / 10;
            // Class x can be told from the value, y and z cannot.
            const flag = value < 50 ? 'x' : classes[stream.integer(classes.length)]!;
            return lab('a', value, flag);
          }),
        ),
        seed,
      );
    };
    const [real, test] = [rows(40, 'r', ['y', 'z']), rows(40, 't', ['y', 'z'])];
    const easy = rows(40, 's', ['y']);
    const [easyPaper, easyStrict] = [
      await valueOf('events.predictive_er', easy, { mode: 'paper' }, real, test),
      await valueOf('events.predictive_er', easy, { mode: 'strict' }, real, test),
    ];
    const honest = await valueOf('events.predictive_er', real, { mode: 'paper' }, real, test);
    expect(easyPaper).toBeLessThan(honest / 2);
    expect(easyStrict).toBeGreaterThan(honest * 0.8);
  });

  it('E4: generators of different sizes are tested on the same rows', () => {
    const view = (rows: number, from: number): EventView => ({
      stays: rows,
      unknownColumns: 0,
      tables: [
        {
          name: 'lab',
          rows,
          stay: Uint32Array.from({ length: rows }, (_, row) => row),
          minute: new Int32Array(rows),
          itemColumn: 0,
          columns: [
            {
              name: 'labname',
              kind: 'categorical',
              codes: Int32Array.from({ length: rows }, (_, row) => row % 2),
              levels: ['a', 'b'],
            },
            {
              name: 'labresult',
              kind: 'continuous',
              numbers: Float64Array.from({ length: rows }, (_, row) => from + row),
            },
          ],
        },
      ],
    });
    // More holdout rows than are tested; synthetic rows fewer and more than are learnt from.
    const [real, test] = [view(900, 0), view(1600, 1e5)];
    for (const kind of ['categorical', 'continuous'] as const) {
      const rowsOf = (synthetic: EventView): number[] => [
        ...predictColumns(synthetic, real, test, kind, 'strict', 1)[0]![0]!.stay,
      ];
      const rows = rowsOf(view(900, 5e5));
      expect(rows).toHaveLength(MOST_ROWS);
      expect(rowsOf(view(1500, 7e5))).toEqual(rows);
    }
  });

  it('E4: generators of different sizes are asked for the same classes and face the same known rows', async () => {
    // Class z is frequent enough in train as a whole, not in half of it; half of the test rows are in train.
    const stay = (i: number): readonly EventRow[] => [
      lab('a', i, i % 2 === 0 ? 'x' : 'y'),
      lab('b', 100 + i, i % 9 === 0 ? 'z' : 'x'),
    ];
    const numbered = (count: number, first: number): (readonly EventRow[])[] =>
      Array.from({ length: count }, (_, i) => stay(first + i));
    const split: CohortSplit = {
      train: eventCohort(oneTable, numbered(60, 0), 'r'),
      holdout: eventCohort(oneTable, numbered(60, 30), 't'),
      reference: eventCohort(oneTable, [], 'f'),
    };
    const half = numbered(30, 200);
    const [once, twice] = [eventCohort(oneTable, half, 's'), eventCohort(oneTable, [...half, ...half], 's')];
    const settings = { resamples: 0, label: null, seed: 1 };
    for (const id of ['events.predictive_er', 'events.predictive_smape']) {
      const selection = { metric: metricNamed(id), parameters: { mode: 'strict' } };
      const [small, large] = await Promise.all(
        [once, twice].map((synthetic) => resultAt(split, synthetic, POOLED, selection, settings)),
      );
      expect(small, id).toMatchObject({ state: 'ok' });
      // The same rows to learn from once they are told apart, so the same errors on the same test.
      expect(detailOf(small!)['values'], id).toEqual(detailOf(large!)['values']);
    }
  });

  it('E5: SMAPE of 0 against 0 is 0', () => {
    expect(relativeError(0, 0)).toBe(0);
    expect(relativeError(0, 3)).toBe(1);
    expect(relativeError(2, -2)).toBe(1);
  });

  it('E6: a column with one synthetic class is skipped in paper mode and all wrong in strict mode', async () => {
    const stays = (flag: (i: number) => string): readonly (readonly EventRow[])[] =>
      Array.from({ length: 30 }, (_, i) => [
        lab(i % 2 === 0 ? 'a' : 'b', i, flag(i)),
        lab('a', 100 + i, flag(i + 1)),
      ]);
    const real = eventCohort(
      oneTable,
      stays((i) => (i % 2 === 0 ? 'x' : 'y')),
    );
    const test = eventCohort(
      oneTable,
      stays((i) => (i % 2 === 0 ? 'y' : 'x')),
    );
    const synthetic = eventCohort(
      oneTable,
      stays(() => 'x'),
    );
    const columns = async (mode: string): Promise<readonly [unknown, unknown]> => {
      const { columns: names, values } = detailOf(
        await score('events.predictive_er', synthetic, { mode }, real, test),
      );
      return [names, values];
    };
    expect((await columns('paper'))[0]).toEqual(['lab.labname']);
    expect(await columns('strict')).toEqual([
      ['lab.labname', 'lab.flag'],
      [expect.any(Number), 100],
    ]);
  });

  it('E7: indicators are dense, so that an empty category is 0 in all of them and not missing', () => {
    const view = eventView(
      eventCohort(oneTable, [[lab('a', 1, 'x'), lab('a', null, null), lab('a', 3, 'y')]]),
      eventCohort(oneTable, [[lab('a', 1, 'x')]]),
    )!;
    const rows = { table: view.tables[0]!, rows: Uint32Array.from([0, 1, 2]) };
    const { columns, values } = tableDesign(rows, 0).design(rows);
    expect(columns).toEqual(['labresult', 'flag=x', 'flag=y']);
    expect([...values]).toEqual([1, 1, 0, Number.NaN, 0, 0, 3, 0, 1]);
  });

  it('E4: models of clinical tasks read the columns of train as a whole, whatever part of it a generator is compared with', async () => {
    const dull: readonly EventRow[] = [{ table: 0, minute: 500, cells: ['sodium', 140, 'u', null] }];
    const part = eventCohort(eicuTables, [dull, dull]);
    const inputs = { holdout, reference: null, synthetic: fresh, label: null, resamples: 0 };
    const scored = (cohorts: { train: Cohort; wholeTrain?: Cohort }): Promise<Result> =>
      Promise.resolve(
        metricNamed('events.utility_auroc').compute(
          { ...inputs, ...cohorts },
          { mode: 'strict' },
          random('pitfall'),
        ),
      );
    const [whole, cut, lone] = [
      await scored({ train }),
      await scored({ train: part, wholeTrain: train }),
      await scored({ train: part }),
    ].map((result) => detailOf(result)['values']);
    expect(cut).toEqual(whole);
    expect(lone).not.toEqual(whole);
  });

  it('B15: a task that no test stay has is left out and counted, not NaN', async () => {
    const result = await score('events.utility_auroc', fresh, { mode: 'strict' });
    const { values, tasksWithoutValue } = detailOf(result);
    expect(result).toMatchObject({ state: 'ok', value: expect.any(Number) as number });
    // No haemoglobin, platelets and prescriptions in these stays.
    expect((values as (number | null)[]).filter((value) => value === null)).toHaveLength(
      tasksWithoutValue as number,
    );
    expect(tasksWithoutValue).toBeGreaterThanOrEqual(5);
  });

  it('B20: a column that train does not have is left out and counted', async () => {
    const wider = oneTable.map((table) => ({
      ...table,
      columns: [...table.columns, { name: 'form_rx', kind: 'categorical' as const }],
    }));
    const real = eventCohort(oneTable, [[lab('a', 1, 'x'), lab('b', 2, 'y')], [lab('a', 3, 'x')]]);
    const synthetic = eventCohort(wider, [
      [lab('a', 1, 'x', 'q'), lab('b', 2, 'y', 'r')],
      [lab('a', 3, 'x', 'q')],
    ]);
    for (const id of ['events.pcc', 'events.cde']) {
      const result = await score(id, synthetic, paper, real, real);
      expect(result).toMatchObject({ state: 'ok', value: expect.closeTo(0, 12) as number });
      expect(detailOf(result)['unknownColumns']).toBe(1);
    }
  });
});

describe('the converted form', () => {
  it('is all that is compared: what it takes from the tables costs nothing', async () => {
    const stays = (
      minutes: readonly number[],
      item: string,
      value: number,
    ): readonly (readonly EventRow[])[] =>
      [1, 2, 3].map((k) =>
        minutes.map((minute, i) => ({ table: 0, minute, cells: [item, k + i + value, 'mg/dL'] })),
      );
    const real = eventCohort(oneTable, stays([-5, 0, 3, 11, 25], 'Sodium', 0.00001));
    const synthetic = eventCohort(oneTable, stays([-1, 9, 9, 19, 20], 'SODIUM', 0.00004));
    for (const [id, own] of [
      ['events.cde', {}],
      ['events.i_cde', { items: 'all' }],
      ['events.time', {}],
      ['events.time_gap', { gaps: 'all' }],
      ['events.event_count', {}],
      ['events.null_rate_gap', {}],
    ] as const)
      expect(await valueOf(id, synthetic, { ...strict, ...own }, real, real), id).toBeCloseTo(0, 12);
    expect(await valueOf('events.item_coverage', synthetic, strict, real, real)).toBe(1);
  });

  it('stands in the definition of every metric that reads events, the deviation from the paper in its paper modes', () => {
    for (const { descriptor } of metrics.filter(({ descriptor: { family } }) => family === 'events')) {
      // Told by the provenance, without a look at events.
      if (descriptor.id === 'events.acceptance_rate') continue;
      expect(descriptor.definition, descriptor.id).toContain(
        descriptor.variants.paper === undefined ? convertedFormDefinition : paperFormDefinition,
      );
    }
  });
});

describe('labels of the clinical tasks', () => {
  const early = Array.from({ length: 6 }, (_, i): EventRow => ({
    table: 0,
    minute: 10 * i,
    cells: ['sodium', 140, 'mmol', null],
  }));
  const labels = (stay: readonly EventRow[], mode: 'paper' | 'strict'): (number | null)[] => {
    const cohort = eventCohort(eicuTables, [stay]);
    return clinicalLabels(eventView(cohort, cohort)!, 360, mode).map((task) => task?.[0] ?? null);
  };
  const late = (name: string, value: number, minute = 500): EventRow => ({
    table: 0,
    minute,
    cells: [name, value, 'u', null],
  });

  it('are right-closed classes of the last value in the second half', () => {
    const stay = [
      ...early,
      late('creatinine', 9, 400),
      late('creatinine', 1.2, 600),
      late('sodium', 145.1),
      late('wbc x 1000', 4),
    ];
    const [creatinine, platelets, wbc, hb, bicarbonate, sodium] = labels(stay, 'strict');
    expect([creatinine, platelets, wbc, hb, bicarbonate, sodium]).toEqual([0, -1, 0, -1, -1, 2]);
  });

  it('without a row of the drug table are 0 in strict mode and none in paper mode, which looks ahead', () => {
    expect(labels(early, 'strict')[6]).toBe(0);
    expect(labels(early, 'paper')[6]).toBe(-1);
    const given: EventRow = { table: 1, minute: 370, cells: ['Norepinephrine 4 mg', 2] };
    expect(labels([...early, given], 'paper')[6]).toBe(1);
    expect(labels([...early, { ...given, minute: 360 }], 'paper')[6]).toBe(0);
  });

  it('are missing with at most five events in the first half', () => {
    expect(labels([...early.slice(1), late('sodium', 120)], 'strict')[5]).toBe(-1);
  });
});

describe('planted truth', () => {
  it('a copy of train is perfect against train and recognised as such', async () => {
    for (const [id, own] of [
      ['events.cde', {}],
      ['events.i_cde', { items: 'frequent' }],
      ['events.pcc', {}],
      ['events.i_pcc', {}],
      ['events.time_gap', { gaps: 'positive' }],
      ['events.event_count', {}],
    ] as const)
      expect(await valueOf(id, train, { ...strict, ...own }), id).toBeCloseTo(0, 12);
    expect(await valueOf('events.mia_auroc', train, { mode: 'strict' })).toBeGreaterThan(0.99);
    expect(await valueOf('events.mia_median_accuracy', train, { mode: 'paper' })).toBeGreaterThan(0.99);
    expect(await valueOf('events.row_copy_excess', train, { mode: 'strict' })).toBeGreaterThan(0.05);
  });

  it('one fresh stay at distance 0 moves the median-threshold accuracy of a copy from 1 to 0.5', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((item, i) => [lab(item, i, 'x')]);
    const [members, others, blank] = [rows.slice(0, 3), rows.slice(3, 6), [] as EventRow[]];
    const real = eventCohort(oneTable, [...members, blank]);
    for (const [last, expected] of [
      [rows[6]!, 1],
      [blank, 0.5],
    ] as const) {
      const test = eventCohort(oneTable, [...others, last], 't');
      expect(await valueOf('events.mia_median_accuracy', real, { mode: 'paper' }, real, test)).toBe(expected);
    }
  });

  it('fresh stays are not taken for members', async () => {
    expect(Math.abs((await valueOf('events.mia_auroc', fresh, { mode: 'strict' })) - 0.5)).toBeLessThan(0.2);
    expect(Math.abs(await valueOf('events.row_copy_excess', fresh, { mode: 'strict' }))).toBeLessThan(0.05);
  });

  it('independent columns at random times are worse than fresh stays wherever dependence counts', async () => {
    const broken = independentColumns(severeStays(60, 'fresh'), 'broken');
    for (const [id, own] of [
      ['events.i_cde', { items: 'frequent' }],
      ['events.pcc', {}],
      ['events.i_pcc', {}],
      ['events.time_gap', { gaps: 'positive' }],
      ['events.time_gap', { gaps: 'all' }],
    ] as const)
      expect(await valueOf(id, broken, { ...strict, ...own }), id).toBeGreaterThan(
        2 * (await valueOf(id, fresh, { ...strict, ...own })),
      );
    // Single columns are kept.
    expect(await valueOf('events.cde', broken, strict)).toBeCloseTo(
      await valueOf('events.cde', fresh, strict),
      9,
    );
    const utility = async (cohort: Cohort): Promise<number> =>
      valueOf('events.utility_auroc', cohort, { mode: 'strict' });
    expect(await utility(broken)).toBeLessThan((await utility(fresh)) - 0.05);
    const smape = async (cohort: Cohort): Promise<number> =>
      valueOf('events.predictive_smape', cohort, { mode: 'strict' });
    expect(await smape(broken)).toBeGreaterThan(1.5 * (await smape(fresh)));
  });
});

describe('SMAPE below that of real data', () => {
  it('is warned of, with the published numbers', () => {
    const { misuse } = metricNamed('events.predictive_smape').descriptor;
    expect(misuse).toContain('57.31');
    expect(misuse).toContain('60.85');
  });
});
