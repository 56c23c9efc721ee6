import { describe, expect, it } from 'vitest';

import { EventBuilder } from '../../../src/cohort/events/eventBuilder.js';
import { toGrid } from '../../../src/cohort/events/toGrid.js';
import type { CohortEvents, CohortSchema, EventFeature, EventTable } from '../../../src/cohort/types.js';

const tables: readonly EventTable[] = [
  {
    name: 'lab',
    itemColumn: 'labname',
    columns: [
      { name: 'labname', kind: 'categorical' },
      { name: 'result', kind: 'continuous' },
      { name: 'interface', kind: 'categorical' },
      { name: 'system', kind: 'categorical' },
    ],
  },
  { name: 'drug', itemColumn: 'name', columns: [{ name: 'name', kind: 'categorical' }] },
];

const unit = { columns: ['interface', 'system'], own: ['mg/dl'], other: ['mmol/l'] };
const grid: readonly EventFeature[] = [
  { feature: 'mg', table: 'lab', items: ['magnesium', 'mg++'], column: 'result', unit },
  { feature: 'heparin', table: 'drug', items: ['heparin'], column: null },
  { feature: 'hr', table: 'lab', items: ['pulse'], column: 'result' },
  { feature: 'elsewhere', table: 'drug', items: ['heparin'], column: null },
];

const schema: CohortSchema = {
  name: 'by hand',
  stepHours: 2,
  steps: 3,
  features: [
    { name: 'hr', kind: 'continuous' },
    { name: 'mg', kind: 'continuous', range: [0.5, 9.3] },
    { name: 'vent', kind: 'binary' },
    { name: 'heparin', kind: 'binary' },
  ],
  statics: [],
  labels: [],
  provenance: { source: 'made up', licence: 'none', createdBy: 'test' },
};

type Lab = readonly [
  minute: number,
  item: string | null,
  result: number | null,
  own?: string | null,
  system?: string | null,
];

function events(...stays: { labs?: Lab[]; drugs?: [number, string][] }[]): CohortEvents {
  const builder = new EventBuilder(tables, grid);
  for (const { labs = [], drugs = [] } of stays) {
    for (const [minute, name] of drugs) builder.add(1, minute, [name]);
    for (const [minute, item, result, own = null, system = null] of labs)
      builder.add(0, minute, [item, result, own, system]);
    builder.endStay();
  }
  return builder.finish();
}

/** Cells of one feature by stay and step; null = not observed. */
function cells(made: CohortEvents, feature: string, length?: Uint16Array): (number | null)[][] {
  const { values, observed } = toGrid(made, schema, length);
  const index = schema.features.findIndex(({ name }) => name === feature);
  return Array.from({ length: made.start.length - 1 }, (_, stay) =>
    Array.from({ length: 3 }, (__, step) => {
      const at = (stay * 3 + step) * 4 + index;
      if (observed[at] === 0) expect(values[at]).toBe(0);
      return observed[at] === 1 ? values[at]! : null;
    }),
  );
}

describe('the grid that events make', () => {
  it('has the last value of a step, by minute and then by order', () => {
    const made = events({
      labs: [
        [119, 'pulse', 80],
        [0, 'pulse', 60],
        [119, 'pulse', 81],
        [120, 'pulse', 90],
        [240, 'pulse', null],
      ],
    });
    expect(cells(made, 'hr')).toEqual([[81, 90, null]]);
  });

  it('finds items whatever their case and outer blanks, several for one feature', () => {
    const made = events({
      labs: [
        [1, ' Magnesium ', 2],
        [121, 'Mg++', 3],
        [241, 'magnesium sulfate', 4],
        [242, null, 5],
      ],
    });
    expect(cells(made, 'mg')).toEqual([[2, 3, null]]);
  });

  it('takes the rows in its own unit or without one, and no others', () => {
    const made = events(
      {
        labs: [
          [1, 'magnesium', 2, 'MG / dL'],
          [2, 'magnesium', 1, 'mmol/L'],
        ],
      }, // the later is in another unit
      {
        labs: [
          [1, 'magnesium', 3, null, 'mg/dl'],
          [121, 'magnesium', 4, 'unk', ' '],
          [241, 'magnesium', 5, null, 'none'],
        ],
      },
      {
        labs: [
          [1, 'magnesium', 6, 'furlong', 'mg/dL'],
          [121, 'magnesium', 7, 'furlong'],
          [241, 'magnesium', 8, 'mmol/l', 'mg/dl'],
        ],
      },
      { labs: [[1, 'magnesium', 9, null, 'furlong']] },
    );
    expect(cells(made, 'mg')).toEqual([
      [2, null, null],
      [3, 4, 5],
      [6, 7, null],
      [null, null, null],
    ]);
  });

  it('leaves out values outside the range, bounds included, rather than the step', () => {
    const made = events({
      labs: [
        [1, 'magnesium', 2],
        [2, 'magnesium', 99],
        [121, 'magnesium', 9.3],
        [241, 'magnesium', 0.49],
      ],
    });
    expect(cells(made, 'mg')).toEqual([[2, Math.fround(9.3), null]]);
  });

  it('has presence of binary features, 0 in all other steps of the stay, and nothing of features without a source', () => {
    const made = events({ drugs: [[130, 'Heparin']] }, {});
    expect(cells(made, 'heparin')).toEqual([
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(cells(made, 'vent')).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('ends with the stay, and an event at the very end of the window is in no step', () => {
    const made = events({
      labs: [
        [10, 'pulse', 70],
        [200, 'pulse', 71],
      ],
      drugs: [
        [360, 'heparin'],
        [359, 'heparin'],
      ],
    });
    expect(cells(made, 'hr', Uint16Array.of(1))).toEqual([[70, null, null]]);
    expect(cells(made, 'heparin', Uint16Array.of(1))).toEqual([[0, null, null]]);
    expect(cells(made, 'heparin')).toEqual([[0, 0, 1]]);
    expect(cells(events({ drugs: [[360, 'heparin']] }), 'heparin')).toEqual([[0, 0, 0]]);
  });

  it('refuses cells that do not fit their columns when events are put together', () => {
    const builder = new EventBuilder(tables, grid);
    expect(() => {
      builder.add(0, 1, ['pulse', 'x', null, null]);
    }).toThrow('column result of lab');
    expect(() => {
      builder.add(0, 1, ['pulse', Number.NaN, null, null]);
    }).toThrow('column result of lab');
    expect(() => {
      builder.add(1, 1, []);
    }).toThrow('0 cells for the 1 columns of drug');
  });
});
