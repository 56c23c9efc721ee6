import type { EventCell } from '../../../src/cohort/events/eventBuilder.js';
import type { Cohort, EventTable } from '../../../src/cohort/types.js';
import { random, type Random } from '../../../src/engine/random.js';
import type { EventRow } from '../../cohort/events/eventRows.js';
import { eventCohort } from './eventCohort.js';

export const eicuTables: readonly EventTable[] = [
  {
    name: 'lab',
    itemColumn: 'labname',
    columns: [
      { name: 'labname', kind: 'categorical' },
      { name: 'labresult', kind: 'continuous' },
      { name: 'unit', kind: 'categorical' },
      { name: 'flag', kind: 'categorical' },
    ],
  },
  {
    name: 'infusiondrug',
    itemColumn: 'drugname',
    columns: [
      { name: 'drugname', kind: 'categorical' },
      { name: 'drugrate', kind: 'continuous' },
    ],
  },
];

const LABS = [
  ['creatinine', 1, 'mg'],
  ['sodium', 140, 'mmol'],
  ['wbc x 1000', 9, 'k'],
  ['bicarbonate', 24, 'mmol'],
] as const;

/** Of no account for severity: what makes stays differ from each other. */
const OWN = ['chloride', 'calcium', 'lactate'];

/** Stays whose severity drives values, drugs and the pace of events; blood is drawn every two hours or so. */
export function severeStays(count: number, seed: string): readonly (readonly EventRow[])[] {
  const stream = random('severe-stays', seed);
  return Array.from({ length: count }, () => stayOf(stream));
}

export const severeCohort = (count: number, seed: string): Cohort =>
  eventCohort(eicuTables, severeStays(count, seed), seed);

function stayOf(stream: Random): readonly EventRow[] {
  const severity = stream.normal();
  const rows: EventRow[] = [];
  for (let minute = stream.integer(60); minute <= 720; minute += 90 + stream.integer(60)) {
    for (const [name, middle, unit] of LABS) {
      const relative = 1 + 0.25 * severity + 0.05 * stream.normal();
      const value = Math.round(middle * relative * 100) / 100;
      rows.push({ table: 0, minute, cells: [name, value, unit, relative > 1.1 ? 'high' : 'normal'] });
    }
    for (const name of OWN)
      rows.push({
        table: 0,
        minute,
        cells: [name, Math.round(1000 * (1 + 0.2 * stream.normal())) / 10, 'mmol', 'normal'],
      });
    if (severity > 0.3)
      rows.push({
        table: 1,
        minute: Math.min(720, minute + 20),
        cells: ['norepinephrine', 2 + Math.round(4 * severity)],
      });
    else if (stream.uniform() < 0.5)
      rows.push({ table: 1, minute: Math.min(720, minute + 20), cells: ['propofol', 50] });
  }
  return rows;
}

/** The same rows with every column of a table shuffled on its own, and every event at a random minute. */
export function independentColumns(stays: readonly (readonly EventRow[])[], seed: string): Cohort {
  const stream = random('independent-columns', seed);
  const all = stays.flatMap((stay, of) => stay.map((row) => ({ ...row, of })));
  const shuffled = new Map<number, EventCell[][]>();
  for (const k of eicuTables.keys()) {
    const own = all.filter(({ table }) => table === k);
    const columns = eicuTables[k]!.columns.map((_, c) => {
      const order = stream.permutation(own.length);
      return own.map((_, i) => own[order[i]!]!.cells[c]!);
    });
    shuffled.set(k, columns);
  }
  const used = [0, 0];
  const result: EventRow[][] = stays.map(() => []);
  for (const { table, of } of all) {
    const i = used[table]!++;
    result[of]!.push({
      table,
      minute: stream.integer(721),
      cells: shuffled.get(table)!.map((column) => column[i]!),
    });
  }
  return eventCohort(eicuTables, result, `independent-${seed}`);
}
