import { InputError } from '../../cohort/inputError.js';
import type { CohortEvents } from '../../cohort/types.js';
import type { DecodedEvent } from './text/decodeEvent.js';
import { normalText } from './text/normalForm.js';
import { BIN_MINUTES, timeBin } from './text/timeDigits.js';
import { readNumber } from './verification/readNumber.js';

/** Name of the column that says an event's time where time is part of the text. */
export const TIME_COLUMN = 'time';

/**
 * Events whose tables have one more column in front, the ten-minute bin since admission: the ablation "no time separation".
 *
 * @throws InputError when a table has a column of that name
 */
export function withTimeInText(events: CohortEvents): CohortEvents {
  const taken = events.tables.find(({ columns }) =>
    columns.some(({ name }) => normalText(name) === TIME_COLUMN),
  );
  if (taken !== undefined)
    throw new InputError({
      place: `event table ${taken.name}`,
      expected: `no column named "${TIME_COLUMN}", where the text says the time`,
      found: 'one',
      remedy: 'Rename the column, or train with `time: digits`.',
    });
  const bins = events.columns.map((columns) => new Float64Array(columns[0]!.filled.length));
  events.minute.forEach((minute, event) => {
    bins[events.table[event]!]![events.row[event]!] = timeBin(minute);
  });
  return {
    ...events,
    tables: events.tables.map((table) => ({
      ...table,
      columns: [{ name: TIME_COLUMN, kind: 'continuous' as const }, ...table.columns],
    })),
    columns: events.columns.map((columns, t) => [
      { kind: 'continuous' as const, values: bins[t]!, filled: new Uint8Array(bins[t]!.length).fill(1) },
      ...columns,
    ]),
  };
}

/** Minute that a generated event's text says; null where it says none. */
export function minuteInText(event: DecodedEvent): number | null {
  if ('rejected' in event) return null;
  const said = event.cells.find(({ column }) => column === TIME_COLUMN);
  const bin = said === undefined ? null : readNumber(said.value);
  return bin === null ? null : Math.floor(bin) * BIN_MINUTES;
}
