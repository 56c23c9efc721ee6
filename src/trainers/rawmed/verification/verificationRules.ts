import type { CohortEvents } from '../../../cohort/types.js';
import { minimumCell } from '../../../federation/disclosure.js';
import { textTables } from '../text/textTables.js';
import type { CountedText } from './nearestText.js';
import { PatientGroups } from './patientGroups.js';

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
}

export interface TableRules {
  readonly columns: readonly ColumnRules[];
  /** Index of the item column. */
  readonly item: number;
  /** [value of the item column][column] ranges of the events with this item. */
  readonly itemRanges: readonly (readonly Range[])[];
  /** The same of events without an item; null if there are none. */
  readonly withoutItem: readonly Range[] | null;
  /** Continuous columns to which ranges by item do not apply, e.g. the patient's weight. */
  readonly itemUnrelated: readonly number[];
}

/** What generated events are held against, table by table. Plain data, taken from the training part. */
export type VerificationRules = readonly TableRules[];

export interface RuleOptions {
  /** What fewer patients have counts as what none has; 1 keeps everything. */
  readonly smallestCell?: number;
  /** Names of columns that say nothing about the item. */
  readonly itemUnrelated?: readonly string[];
}

/**
 * Ranges, vocabularies and ranges by item of events in normal form.
 *
 * They disclose: every text that at least `smallestCell` patients have, the smallest and largest value of each column and of
 * each item's columns, which are values of single patients.
 *
 * @param events training part, as `normalEvents` gives it
 * @param patients [N] patient of every stay
 * @throws InputError for tables without an item column
 */
export function verificationRules(
  events: CohortEvents,
  patients: readonly string[],
  { smallestCell = minimumCell, itemUnrelated = ['patientweight'] }: RuleOptions = {},
): VerificationRules {
  const groups = new PatientGroups(patients);
  const schema = textTables(events.tables);
  groups.eachStay((stay) => {
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      const t = events.table[event]!;
      const row = events.row[event]!;
      const items = events.columns[t]![schema[t]!.item]!;
      const item = items.kind === 'categorical' && items.filled[row] === 1 ? items.codes[row]! : -1;
      groups.add(`${t} item ${item}`, 0);
      events.columns[t]!.forEach((column, c) => {
        if (column.filled[row] === 0) return;
        if (column.kind === 'categorical') groups.add(`${t} ${c} ${column.codes[row]!}`, 0);
        else {
          groups.add(`${t} ${c}`, column.values[row]!);
          groups.add(`${t} ${c} of ${item}`, column.values[row]!);
        }
      });
    }
  });
  const group = (key: string) => {
    const found = groups.get(key);
    return found !== undefined && found.patients >= smallestCell ? found : null;
  };
  const range = (key: string): Range => {
    const found = group(key);
    return found === null ? null : [found.smallest, found.largest];
  };
  return schema.map((table, t): TableRules => {
    const sources = events.columns[t]!;
    const known = sources.map((column, c) =>
      column.kind === 'continuous'
        ? []
        : column.levels.flatMap((text, code) => {
            const found = group(`${t} ${c} ${code}`);
            return found === null ? [] : [{ text, count: found.events, code }];
          }),
    );
    const ofItem = (item: number): readonly Range[] =>
      sources.map((column, c) => (column.kind === 'continuous' ? range(`${t} ${c} of ${item}`) : null));
    return {
      columns: sources.map(({ kind }, c) => ({
        name: table.columns[c]!,
        kind,
        range: kind === 'continuous' ? range(`${t} ${c}`) : null,
        vocabulary: known[c]!.map(({ text, count }) => ({ text, count })),
      })),
      item: table.item,
      itemRanges: known[table.item]!.map(({ code }) => ofItem(code)),
      withoutItem: group(`${t} item -1`) === null ? null : ofItem(-1),
      itemUnrelated: events.tables[t]!.columns.flatMap(({ name }, c) =>
        itemUnrelated.includes(name) ? [c] : [],
      ),
    };
  });
}
