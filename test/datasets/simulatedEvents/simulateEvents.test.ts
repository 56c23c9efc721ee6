import { describe, expect, it } from 'vitest';

import type { Cohort, EventColumn } from '../../../src/cohort/types.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { rowsOfHospital, selectStays } from '../../../src/cohort/select.js';
import { resolveDataset } from '../../../src/datasets/resolveDataset.js';
import type { EventSiteTruth } from '../../../src/datasets/simulatedEvents/eventTruth.js';
import { simulateEvents } from '../../../src/datasets/simulatedEvents/simulateEvents.js';
import { eventTexts } from '../../cohort/events/eventCohort.js';

const simulation = simulateEvents({ patients: 8000, hospitals: 3 }, 7);
const cohort = simulation.cohort();

function text(column: EventColumn | undefined, row: number): string | null {
  if (column?.kind !== 'categorical' || column.filled[row] !== 1) return null;
  return column.levels[column.codes[row]!]!;
}

function number(column: EventColumn | undefined, row: number): number | null {
  return column?.kind === 'continuous' && column.filled[row] === 1 ? column.values[row]! : null;
}

/** Cells of one column of a table, by stay, of the rows with an item. */
function cellsOf(
  own: Cohort,
  tableName: string,
  item: string,
  columnName: string,
): { stay: number; minute: number; row: number; number: number | null; text: string | null }[] {
  const events = own.events!;
  const table = events.tables.findIndex(({ name }) => name === tableName);
  const { columns, itemColumn } = events.tables[table]!;
  const at = (name: string): EventColumn =>
    events.columns[table]![columns.findIndex((one) => one.name === name)]!;
  const found = [];
  for (let stay = 0; stay < own.size; stay++)
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      const row = events.row[event]!;
      if (events.table[event] !== table || text(at(itemColumn), row) !== item) continue;
      const column = at(columnName);
      found.push({
        stay,
        minute: events.minute[event]!,
        row,
        number: number(column, row),
        text: text(column, row),
      });
    }
  return found;
}

/** Mean over stays of a per-stay number and its standard error. */
function perStay(own: Cohort, count: (stay: number) => number): { mean: number; error: number } {
  const all = Array.from({ length: own.size }, (_, stay) => count(stay));
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  const variance = all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (all.length - 1);
  return { mean, error: Math.sqrt(variance / all.length) };
}

/** Ratio of sums over stays (e.g. of values to events) with the standard error that stays as units give it. */
function ratio(
  own: Cohort,
  cells: readonly { stay: number; value: number }[],
): { mean: number; error: number } {
  const sums = new Float64Array(own.size);
  const counts = new Float64Array(own.size);
  for (const { stay, value } of cells) {
    sums[stay]! += value;
    counts[stay]! += 1;
  }
  const mean = cells.reduce((sum, { value }) => sum + value, 0) / cells.length;
  let square = 0;
  for (let stay = 0; stay < own.size; stay++) square += (sums[stay]! - mean * counts[stay]!) ** 2;
  return { mean, error: Math.sqrt(square) / cells.length };
}

function near(
  { mean, error }: { mean: number; error: number },
  truth: number,
  what: string,
  rounding = 0,
): void {
  expect(Math.abs(mean - truth), `${what}: ${mean} for ${truth} ± ${error}`).toBeLessThan(
    4.5 * error + rounding,
  );
}

function requireTruth(own: Cohort, truth: EventSiteTruth): void {
  const events = own.events!;
  near(
    perStay(own, (stay) => events.start[stay + 1]! - events.start[stay]!),
    truth.events,
    'events',
  );
  near(
    perStay(own, (stay) => own.labels[stay]!),
    truth.mortality,
    'mortality',
  );
  for (const { table, item, events: expected, logMean, logSd, abnormal, missing } of truth.items) {
    const name = `${truth.site}, ${item}`;
    const value = table === 'lab' ? 'labresult' : table === 'infusiondrug' ? 'drugrate' : 'dosage';
    const cells = cellsOf(own, table, item, value);
    const counts = new Float64Array(own.size);
    for (const { stay } of cells) counts[stay]! += 1;
    near(
      perStay(own, (stay) => counts[stay]!),
      expected,
      `${name}, events`,
    );
    if (logMean === null || logSd === null) continue;
    const logs = cells.flatMap(({ stay, number }) =>
      number === null ? [] : [{ stay, value: Math.log(number) }],
    );
    // Laboratories round: a few thousandths of the logarithm at the small values.
    near(ratio(own, logs), logMean, `${name}, log mean`, 0.002);
    const squares = logs.map(({ stay, value }) => ({ stay, value: (value - logMean) ** 2 }));
    near(ratio(own, squares), logSd ** 2, `${name}, log variance`, 0.003);
    const absent = cells.map(({ stay, number }) => ({ stay, value: number === null ? 1 : 0 }));
    near(ratio(own, absent), missing ?? 0, `${name}, missing`, 1e-12);
    if (abnormal === null) continue;
    const known = new Set(cells.flatMap(({ row, number }) => (number === null ? [] : [row])));
    const flags = cellsOf(own, table, item, 'flag').flatMap(({ stay, row, text }) =>
      known.has(row) ? [{ stay, value: text === 'abnormal' ? 1 : 0 }] : [],
    );
    near(ratio(own, flags), abnormal, `${name}, abnormal`);
  }
}

describe('simulated events', () => {
  it('are a consistent cohort, the same for the same seed', () => {
    requireConsistent(cohort, 'simulated');
    const small = simulateEvents({ patients: 40 }, 3);
    expect(small.cohort()).toEqual(small.cohort());
    expect(eventTexts(simulateEvents({ patients: 40 }, 4).cohort())).not.toEqual(eventTexts(small.cohort()));
  });

  it('have the planted rates, values, flags and outcomes, pooled and at every hospital', () => {
    requireTruth(cohort, simulation.truth.pooled);
    for (const [index, truth] of simulation.truth.hospitals.entries())
      requireTruth(selectStays(cohort, rowsOfHospital(cohort, index)), truth);
  });

  it('differ between hospitals by the planted case mix', () => {
    const [first, , last] = simulation.truth.hospitals;
    expect(last!.mortality).toBeGreaterThan(1.5 * first!.mortality);
    expect(last!.events).toBeGreaterThan(first!.events + 3);
    expect(simulateEvents({ siteShift: 0 }, 1).truth.hospitals.map(({ events }) => events)).toEqual(
      Array.from({ length: 4 }, () => simulateEvents({ siteShift: 0 }, 1).truth.pooled.events),
    );
  });

  it('keep the weight of a stay, and tie volume to rate', () => {
    const weights = new Map<number, number>();
    for (const item of ['propofol (mcg/kg/min)', 'fentanyl (mcg/hr)'])
      for (const { stay, number } of cellsOf(cohort, 'infusiondrug', item, 'patientweight')) {
        expect(weights.get(stay) ?? number).toBe(number);
        weights.set(stay, number!);
      }
    const rates = cellsOf(cohort, 'infusiondrug', 'propofol (mcg/kg/min)', 'drugrate');
    const volumes = cellsOf(cohort, 'infusiondrug', 'propofol (mcg/kg/min)', 'infusionrate');
    for (const [at, { number, stay }] of rates.entries())
      expect(volumes[at]!.number! / ((number! * 0.48 * weights.get(stay)!) / 80)).toBeCloseTo(1, 2);
  });

  it('come in bursts: a panel in one minute', () => {
    const minutes = new Map<string, number>();
    for (const item of ['sodium', 'potassium', 'chloride'])
      for (const { stay, minute } of cellsOf(cohort, 'lab', item, 'labresult'))
        minutes.set(`${stay} ${minute}`, (minutes.get(`${stay} ${minute}`) ?? 0) + 1);
    const together = [...minutes.values()].filter((count) => count > 1).length / minutes.size;
    expect(together).toBeGreaterThan(0.98); // 1 − P(at least two of three are left out), 0.0073
  });

  it('are six or more in every stay, so that none is too short for RawMed', () => {
    const { start } = cohort.events!;
    const few = Array.from({ length: cohort.size }, (_, stay) => start[stay + 1]! - start[stay]!).filter(
      (n) => n < 6,
    );
    expect(few.length / cohort.size).toBeLessThan(0.001);
  });

  it('have names by which the clinical tasks find them', () => {
    const levels = cohort.events!.columns.map(([column]) =>
      column!.kind === 'categorical' ? column!.levels.map((level) => level.toLowerCase()) : [],
    );
    for (const item of ['creatinine', 'platelets x 1000', 'wbc x 1000', 'hgb', 'bicarbonate', 'sodium'])
      expect(levels[0]).toContain(item);
    for (const item of [/magnesium sulfate/, /heparin/, /potassium chloride|kcl/])
      expect(levels[1]!.some((level) => item.test(level))).toBe(true);
    for (const item of [/norepinephrine/, /propofol/])
      expect(levels[2]!.some((level) => item.test(level))).toBe(true);
  });

  it('are a dataset of a suite', async () => {
    const dataset = await resolveDataset('simulated-events', { patients: 30, hospitals: 2, seed: 3 });
    expect(dataset.folder).toBeNull();
    expect(await dataset.load()).toEqual(simulateEvents({ patients: 30, hospitals: 2 }, 3).cohort());
    await expect(resolveDataset('simulated-events', { patient: 30 })).rejects.toThrow(
      'Did you mean "patients"?',
    );
    await expect(resolveDataset('simulated-events', { patients: 1 })).rejects.toThrow(
      'at least one patient for each',
    );
  });
});
