import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Cohort, EventTable } from '../../../src/cohort/types.js';
import { random } from '../../../src/engine/random.js';
import type { MetricParameters } from '../../../src/metrics/contract.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import type { EventCell } from '../../../src/cohort/events/eventBuilder.js';
import { eventCohort } from './eventCohort.js';

interface Fixture {
  readonly tables: readonly {
    readonly name: string;
    readonly itemColumn: string;
    readonly columns: readonly (readonly [string, 'continuous' | 'categorical'])[];
  }[];
  readonly cases: readonly {
    readonly name: string;
    readonly real: readonly Stay[];
    readonly synthetic: readonly Stay[];
    readonly expected: Readonly<Record<string, number | null>>;
  }[];
}
type Stay = readonly (readonly [number, number, readonly EventCell[]])[];

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/metrics/events/mttseval.json', import.meta.url), 'utf8'),
) as Fixture;
const tables: readonly EventTable[] = fixture.tables.map(({ name, itemColumn, columns }) => ({
  name,
  itemColumn,
  columns: columns.map(([column, kind]) => ({ name: column, kind })),
}));
const cohortOf = (stays: readonly Stay[], name: string): Cohort =>
  eventCohort(
    tables,
    stays.map((stay) => stay.map(([table, minute, cells]) => ({ table, minute, cells }))),
    name,
  );

const strict = { mode: 'strict', against: 'train' };
const paper = { mode: 'paper', against: 'train' };
const SCORES: readonly (readonly [string, string, MetricParameters])[] = [
  ['cde.strict', 'events.cde', strict],
  ['cde.paper', 'events.cde', paper],
  ['iCde.strict.frequent', 'events.i_cde', { ...strict, items: 'frequent' }],
  ['iCde.paper.frequent', 'events.i_cde', { ...paper, items: 'frequent' }],
  ['iCde.strict.all', 'events.i_cde', { ...strict, items: 'all' }],
  ['iCde.strict.all', 'events.i_cde', { ...strict, items: 'top50' }],
  ['iCde.paper.all', 'events.i_cde', { ...paper, items: 'all' }],
  ['nullGap', 'events.null_rate_gap', strict],
  ['coverage', 'events.item_coverage', strict],
  ['pcc.strict', 'events.pcc', strict],
  ['pcc.paper', 'events.pcc', paper],
  ['agreement.strict', 'events.correlation_agreement', strict],
  ['agreement.paper', 'events.correlation_agreement', paper],
  ['iPcc.strict', 'events.i_pcc', { ...strict, minRows: 3 }],
  ['iPcc.paper', 'events.i_pcc', { ...paper, minRows: 3 }],
  ['gapsPositive', 'events.time_gap', { ...strict, gaps: 'positive' }],
  ['gapsAll', 'events.time_gap', { ...paper, gaps: 'all' }],
  ['time', 'events.time', strict],
  ['countStrict', 'events.event_count', strict],
  ['countPaper', 'events.event_count', paper],
];

describe.each(fixture.cases)('event metrics on $name, against numpy, scipy and pandas', (one) => {
  const train = cohortOf(one.real, 'r');
  const synthetic = cohortOf(one.synthetic, 's');
  const inputs = { train, holdout: train, reference: null, synthetic, label: null, resamples: 0 };

  it.each(SCORES)('%s is %s with %j', async (key, id, parameters) => {
    const result = await metricNamed(id).compute(inputs, parameters, random('fixture'));
    const expected = one.expected[key];
    expect(expected).not.toBeUndefined();
    if (expected === null) expect(result.state).toBe('undefined');
    else expect(result).toMatchObject({ state: 'ok', value: expect.closeTo(expected!, 9) as number });
  });

  it.each(SCORES)('%s of real events with themselves is the ideal (%s, %j)', async (_, id, parameters) => {
    const metric = metricNamed(id);
    const result = await metric.compute({ ...inputs, synthetic: train }, parameters, random('fixture'));
    if (result.state === 'undefined') return;
    expect(result).toMatchObject({
      state: 'ok',
      value: expect.closeTo(metric.descriptor.ideal!, 12) as number,
    });
  });
});
