import type { CohortEvents } from '../../../cohort/types.js';
import { SMALLEST_CELL } from '../../../cohort/suppression.js';
import { textTables } from '../text/textTables.js';
import type { CountedText } from './nearestText.js';
import { cellRange } from './cellRange.js';
import { PatientGroups, type EventGroup } from './patientGroups.js';

/** Smallest and largest value, both included; null where no value may stand. */
export type Range = readonly [number, number] | null;

export interface ColumnRules {
  /** Name in normal form. */
  readonly name: string;
  readonly kind: 'continuous' | 'categorical';
  /** Range of a continuous column; null for a categorical one. */
  readonly range: Range;
  /** Values of a categorical column with their numbers of events; empty for a continuous one. */
  readonly vocabulary: readonly CountedText[];
  /** Whether texts that are too rare for the vocabulary are, taken together, not rare: such a cell is then U+FFFD. */
  readonly rareTexts: boolean;
}

export interface TableRules {
  readonly columns: readonly ColumnRules[];
  /** Index of the item column. */
  readonly item: number;
  /** [value of the item column][column] ranges of the events with this item. */
  readonly itemRanges: readonly (readonly Range[])[];
  /** The same of events whose item is too rare for the vocabulary, taken together. */
  readonly rareItem: readonly Range[];
  /** The same of events without an item; null if there are none. */
  readonly withoutItem: readonly Range[] | null;
  /** Continuous columns to which ranges by item do not apply, e.g. the patient's weight. */
  readonly itemUnrelated: readonly number[];
}

/** What generated events are held against, table by table. Plain data, taken from the training part. */
export type VerificationRules = readonly TableRules[];

export interface RuleOptions {
  /** What fewer patients have is joined with what else is as rare; 1 keeps everything. */
  readonly smallestCell?: number;
  /** Names of columns that say nothing about the item. */
  readonly itemUnrelated?: readonly string[];
  /** Ranges that end at edges of a public grid and disclose no patient's value, as {@link cellRange} has them. */
  readonly cells?: boolean;
}

/** Key of the item of an event; events without one share a key. */
type ItemOf = (table: number, row: number) => string;

function itemKeys(events: CohortEvents, items: readonly number[]): ItemOf {
  return (table, row) => {
    const column = events.columns[table]![items[table]!]!;
    return column.kind === 'categorical' && column.filled[row] === 1 ? String(column.codes[row]!) : 'none';
  };
}

/** Groups of the events by item, by text, by column, and by column and item. */
function groupsOf(
  events: CohortEvents,
  patients: readonly string[],
  itemOf: ItemOf,
  cells: boolean,
): PatientGroups {
  const groups = new PatientGroups(patients, cells);
  eachEvent(events, groups, (t, row) => {
    const item = itemOf(t, row);
    groups.add(`${t} item ${item}`, 0);
    events.columns[t]!.forEach((column, c) => {
      if (column.filled[row] === 0) return;
      if (column.kind === 'categorical') groups.add(`${t} ${c} text ${column.codes[row]!}`, 0);
      else {
        groups.add(`${t} ${c}`, column.values[row]!);
        groups.add(`${t} ${c} of ${item}`, column.values[row]!);
      }
    });
  });
  return groups;
}

/** By column: the groups by text, or by column and item, that have too few patients, taken together. */
function rareGroups(
  events: CohortEvents,
  patients: readonly string[],
  itemOf: ItemOf,
  isRare: (key: string) => boolean,
  cells: boolean,
): PatientGroups {
  const groups = new PatientGroups(patients, cells);
  eachEvent(events, groups, (t, row) => {
    const item = itemOf(t, row);
    events.columns[t]!.forEach((column, c) => {
      if (column.filled[row] === 0) return;
      const numeric = column.kind === 'continuous';
      if (isRare(numeric ? `${t} ${c} of ${item}` : `${t} ${c} text ${column.codes[row]!}`))
        groups.add(`${t} ${c}`, numeric ? column.values[row]! : 0);
    });
  });
  return groups;
}

function eachEvent(
  events: CohortEvents,
  groups: PatientGroups,
  visit: (table: number, row: number) => void,
): void {
  groups.eachStay((stay) => {
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++)
      visit(events.table[event]!, events.row[event]!);
  });
}

/**
 * Ranges, vocabularies and ranges by item of events in normal form.
 *
 * They disclose every text that at least `smallestCell` patients have, and the smallest and largest value of each column and of
 * each item's columns that as many have, which are values of single patients unless ranges are `cells`. Texts of fewer patients are joined to one
 * that says nothing, and the ranges of items in a column that fewer have to one range; what is then still too rare counts as absent.
 *
 * @param events training part, as `normalEvents` gives it
 * @param patients [N] patient of every stay
 * @throws InputError for tables without an item column
 */
export function verificationRules(
  events: CohortEvents,
  patients: readonly string[],
  { smallestCell = SMALLEST_CELL, itemUnrelated = ['patientweight'], cells = false }: RuleOptions = {},
): VerificationRules {
  const schema = textTables(events.tables);
  const itemOf = itemKeys(
    events,
    schema.map(({ item }) => item),
  );
  const groups = groupsOf(events, patients, itemOf, cells);
  const frequent = (group: Readonly<EventGroup> | undefined): group is Readonly<EventGroup> =>
    group !== undefined && group.patients >= smallestCell;
  const range = (group: Readonly<EventGroup> | undefined): Range =>
    !frequent(group) ? null : cells ? cellRange(group, smallestCell) : [group.smallest, group.largest];
  const rare = rareGroups(events, patients, itemOf, (key) => !frequent(groups.get(key)), cells);
  return schema.map((table, t): TableRules => {
    const sources = events.columns[t]!;
    const known = sources.map((column, c) =>
      column.kind === 'continuous'
        ? []
        : column.levels.flatMap((text, code) => {
            const group = groups.get(`${t} ${c} text ${code}`);
            return frequent(group) ? [{ text, count: group.events, code }] : [];
          }),
    );
    const rareItem = sources.map(({ kind }, c) =>
      kind === 'continuous' ? range(rare.get(`${t} ${c}`)) : null,
    );
    const ofItem = (item: string): readonly Range[] =>
      sources.map(({ kind }, c) => {
        const group = groups.get(`${t} ${c} of ${item}`);
        if (kind === 'categorical' || group === undefined) return null;
        return range(group) ?? rareItem[c]!;
      });
    return {
      columns: sources.map(({ kind }, c) => ({
        name: table.columns[c]!,
        kind,
        range: kind === 'continuous' ? range(groups.get(`${t} ${c}`)) : null,
        vocabulary: known[c]!.map(({ text, count }) => ({ text, count })),
        rareTexts: kind === 'categorical' && frequent(rare.get(`${t} ${c}`)),
      })),
      item: table.item,
      itemRanges: known[table.item]!.map(({ code }) => ofItem(String(code))),
      rareItem,
      withoutItem: frequent(groups.get(`${t} item none`)) ? ofItem('none') : null,
      itemUnrelated: events.tables[t]!.columns.flatMap(({ name }, c) =>
        itemUnrelated.includes(name) ? [c] : [],
      ),
    };
  });
}
