import { EventBuilder, type EventCell } from '../../cohort/events/eventBuilder.js';
import { toGrid } from '../../cohort/events/toGrid.js';
import { InputError } from '../../cohort/inputError.js';
import { rowsOfHospital } from '../../cohort/select.js';
import type { Cohort, CohortEvents, EventColumn } from '../../cohort/types.js';
import { random, type Random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { independentMarginals } from './independentMarginals.js';
import { referenceTrainer, renamed, rowsPerHospital, wantedStays } from './referenceTrainer.js';

/** An event of a reference generator: a minute, and for each column of its table the row of the source that the cell comes from. */
export interface DealtEvent {
  readonly minute: number;
  readonly table: number;
  readonly rows: ArrayLike<number>;
}

/** What a hospital's events are made of. */
export interface EventSource {
  readonly events: CohortEvents;
  /** The hospital's stays in them. */
  readonly stays: readonly number[];
  /** Last minute of the window. */
  readonly last: number;
}

/** The cell of a column at a row. */
function cellAt(column: EventColumn, row: number): EventCell {
  if (column.filled[row] !== 1) return null;
  return column.kind === 'continuous' ? column.values[row]! : column.levels[column.codes[row]!]!;
}

/** A whole row of the source. */
export function wholeRow(events: CohortEvents, table: number, row: number): Int32Array {
  return new Int32Array(events.tables[table]!.columns.length).fill(row);
}

function requireEventCohort(train: Cohort, id: string): CohortEvents {
  if (train.events !== undefined) return train.events;
  throw new InputError({
    place: `trainer ${id}`,
    expected: 'a dataset that comes as events',
    found: `${train.schema.name}, which has a grid only`,
    remedy:
      'Leave this reference out, or choose simulated-events, mimic4-demo, eicu-demo-events or an ingest with --form events.',
  });
}

/**
 * A reference generator of events. Lengths, statics and labels are dealt out independently of each other and of the events, as
 * `marginals` does; the grid is the one that the events make. Events after a stay's end are left out.
 *
 * @param deal the events of every stay of one hospital. `train` = the hospital's training stays, `wanted` = as many stays as are asked for:
 * the training stays themselves, or drawn from them with replacement where another number is asked for
 */
export function eventReferenceTrainer(
  description: Pick<Trainer, 'id' | 'title' | 'description'>,
  deal: (train: EventSource, wanted: EventSource, draw: Random) => DealtEvent[][],
  from: 'train' | 'wanted',
): Trainer {
  const { id } = description;
  const trainer = referenceTrainer(description, ({ train }, stays, seed) => {
    const events = requireEventCohort(train, id);
    const rows = rowsPerHospital(train, wantedStays(train, stays), (own, count, hospital) => {
      if (own.length === count || own.length === 0) return own;
      const draw = random(seed, `${id}-stays`, hospital);
      return Array.from({ length: count }, () => own[draw.integer(own.length)]!);
    });
    const wanted = renamed(train, rows);
    const dealt = independentMarginals(wanted, random(seed, `${id}-statics`));
    const { steps, stepHours } = train.schema;
    const last = 60 * steps * stepHours;
    const byStay = new Array<DealtEvent[]>(wanted.size).fill([]);
    for (const [index, hospital] of train.hospitals.entries()) {
      const own = rowsOfHospital(wanted, index);
      const made = deal(
        { events, stays: rowsOfHospital(train, index), last },
        { events: wanted.events!, stays: own, last },
        random(seed, id, hospital),
      );
      for (const [position, stay] of own.entries()) byStay[stay] = made[position]!;
    }
    const source = from === 'train' ? events : wanted.events!;
    const builder = new EventBuilder(source.tables, source.grid);
    for (const [stay, own] of byStay.entries()) {
      const end = 60 * stepHours * dealt.length[stay]!;
      for (const { minute, table, rows: of } of own)
        if (minute <= end)
          builder.add(
            table,
            minute,
            source.columns[table]!.map((column, at) => cellAt(column, of[at]!)),
          );
      builder.endStay();
    }
    const made = builder.finish();
    return { ...dealt, events: made, ...toGrid(made, train.schema, dealt.length) };
  });
  return {
    ...trainer,
    async train(context) {
      requireEventCohort(context.train, id);
      return trainer.train(context);
    },
  };
}
