import type { Cohort, CohortEvents, CohortSchema, EventFeature, EventColumn } from '../types.js';

/** Texts that mean that no unit is given. */
const noUnit = ['', 'unk', 'none'];

/** What one feature takes out of its table. */
interface Source {
  /** Position among the features of the schema. */
  readonly feature: number;
  /** Null: presence. */
  readonly column: Extract<EventColumn, { kind: 'continuous' }> | null;
  readonly low: number;
  readonly high: number;
  /** Whether the row's unit is the feature's own, or none. */
  fits(row: number): boolean;
}

function columnNamed(events: CohortEvents, table: number, name: string): EventColumn {
  const index = events.tables[table]!.columns.findIndex((one) => one.name === name);
  if (index < 0) throw new RangeError(`table ${events.tables[table]!.name} has no column ${name}`);
  return events.columns[table]![index]!;
}

function categorical(column: EventColumn): Extract<EventColumn, { kind: 'categorical' }> {
  if (column.kind !== 'categorical') throw new RangeError('a column of text is needed');
  return column;
}

/** For every level of a unit column: 1 = own unit, 2 = known other unit, 3 = not known, 0 = says no unit. */
function unitKinds(levels: readonly string[], own: readonly string[], other: readonly string[]): Uint8Array {
  return Uint8Array.from(levels, (level) => {
    const plain = level.toLowerCase().replaceAll(/\s/g, '');
    if (own.includes(plain)) return 1;
    if (other.includes(plain)) return 2;
    return noUnit.includes(plain) ? 0 : 3;
  });
}

function unitTest(events: CohortEvents, table: number, unit: EventFeature['unit']): (row: number) => boolean {
  if (unit === undefined) return () => true;
  const columns = unit.columns.map((name) => {
    const column = categorical(columnNamed(events, table, name));
    return { column, kinds: unitKinds(column.levels, unit.own, unit.other) };
  });
  return (row) => {
    let last = 0;
    for (const { column, kinds } of columns) {
      const kind = column.filled[row] === 1 ? kinds[column.codes[row]!]! : 0;
      if (kind === 1) return true;
      if (kind === 2) return false;
      last = kind;
    }
    return last === 0;
  };
}

/** For every table and level of its item column the features that it makes. */
function sources(events: CohortEvents, schema: CohortSchema): Source[][][] {
  const byTable: Source[][][] = events.tables.map(({ itemColumn }, table) =>
    categorical(columnNamed(events, table, itemColumn)).levels.map(() => []),
  );
  for (const { feature, table: tableName, items, column, unit } of events.grid) {
    const index = schema.features.findIndex(({ name }) => name === feature);
    if (index < 0) continue;
    const table = events.tables.findIndex(({ name }) => name === tableName);
    if (table < 0) throw new RangeError(`there is no event table ${tableName}`);
    const measured = column === null ? null : columnNamed(events, table, column);
    if (measured !== null && measured.kind !== 'continuous')
      throw new RangeError(`column ${column ?? ''} of ${tableName} is not numeric`);
    const { range } = schema.features[index]!;
    const source: Source = {
      feature: index,
      column: measured,
      // Bounds as the grid's own 32-bit numbers, so that a value on the bound stays on it.
      low: Math.fround(range?.[0] ?? -Infinity),
      high: Math.fround(range?.[1] ?? Infinity),
      fits: unitTest(events, table, unit),
    };
    const wanted = new Set(items.map((item) => item.toLowerCase()));
    const { levels } = categorical(columnNamed(events, table, events.tables[table]!.itemColumn));
    levels.forEach((level, code) => {
      if (wanted.has(level.trim().toLowerCase())) byTable[table]![code]!.push(source);
    });
  }
  return byTable;
}

/**
 * The grid that events make, by `events.grid`: of a numeric column the last value in a step that is in the feature's own unit
 * and range (values outside count as not measured, as at ingest); of a binary feature 1 in steps with such an event and 0 in the
 * others of the stay, as drug features are made at ingest. Features without an entry in `events.grid` are not observed, nor is
 * anything beyond a stay's length. An event at the very end of the window is in no step.
 *
 * @param schema its features, steps and step length
 * @param length [N] steps of each stay; all of the grid by default
 */
export function toGrid(
  events: CohortEvents,
  schema: CohortSchema,
  length?: Uint16Array,
): Pick<Cohort, 'values' | 'observed'> {
  const { steps, features, stepHours } = schema;
  const stays = events.start.length - 1;
  const width = features.length;
  const values = new Float32Array(stays * steps * width);
  const observed = new Uint8Array(values.length);
  const present = events.grid
    .filter(({ column }) => column === null)
    .map(({ feature }) => features.findIndex(({ name }) => name === feature))
    .filter((feature) => feature >= 0);
  const byTable = sources(events, schema);
  const items = events.tables.map(({ itemColumn }, table) =>
    categorical(columnNamed(events, table, itemColumn)),
  );
  for (let stay = 0; stay < stays; stay++) {
    const own = length === undefined ? steps : length[stay]!;
    for (let step = 0; step < own; step++)
      for (const feature of present) observed[(stay * steps + step) * width + feature] = 1;
    for (let at = events.start[stay]!; at < events.start[stay + 1]!; at++) {
      const step = Math.floor(events.minute[at]! / (60 * stepHours));
      const [table, row] = [events.table[at]!, events.row[at]!];
      const item = items[table]!;
      if (step >= own || item.filled[row] !== 1) continue;
      for (const source of byTable[table]![item.codes[row]!]!) {
        if (source.column !== null && source.column.filled[row] !== 1) continue;
        if (!source.fits(row)) continue;
        const value = source.column === null ? 1 : Math.fround(source.column.values[row]!);
        if (!(value >= source.low && value <= source.high)) continue;
        const cell = (stay * steps + step) * width + source.feature;
        values[cell] = value;
        observed[cell] = 1;
      }
    }
  }
  return { values, observed };
}
