import type { Cohort, EventTable } from '../../cohort/types.js';
import { random } from '../../engine/random.js';

/** One simulated event of a stay. */
export interface SimulatedEvent {
  /** Row of the stay in the cohort. */
  readonly stay: number;
  readonly table: 'measurement' | 'medication';
  /** Name of the measurement or drug. */
  readonly item: string;
  /** Whole minutes from ICU admission, inside the step that the grid has the value in. */
  readonly minute: number;
  /** Measured value; null for medications. */
  readonly value: number | null;
  readonly unit: string | null;
}

/** The tables of simulated events as `cohort.json` lists them. */
export const simulatedEventTables: readonly EventTable[] = [
  {
    name: 'measurement',
    itemColumn: 'item',
    columns: [
      { name: 'item', kind: 'categorical' },
      { name: 'value', kind: 'continuous' },
      { name: 'unit', kind: 'categorical' },
    ],
  },
  { name: 'medication', itemColumn: 'item', columns: [{ name: 'item', kind: 'categorical' }] },
];

/**
 * The events behind a simulated cohort (or a piece of one): every recorded measurement and every step with a drug becomes
 * one event at a random minute of its step. Brought back onto the grid they give the cohort again, so its truth is theirs.
 * Ordered by stay and minute; equal cohorts and seeds give equal events, whatever piece a stay is in.
 */
export function* drawEvents(cohort: Cohort, seed: number): Generator<SimulatedEvent> {
  const { steps, stepHours, features } = cohort.schema;
  const stepMinutes = 60 * stepHours;
  for (let stay = 0; stay < cohort.size; stay++) {
    const draw = random(seed, 'simulated-events', cohort.patients[stay]!);
    const events: SimulatedEvent[] = [];
    for (let t = 0; t < cohort.length[stay]!; t++) {
      const first = Math.ceil(t * stepMinutes);
      const minutes = Math.ceil((t + 1) * stepMinutes) - first;
      for (const [index, { name, kind, unit }] of features.entries()) {
        const cell = (stay * steps + t) * features.length + index;
        const value = cohort.values[cell]!;
        if (cohort.observed[cell] !== 1 || (kind === 'binary' && value === 0)) continue;
        events.push({
          stay,
          table: kind === 'binary' ? 'medication' : 'measurement',
          item: name,
          minute: first + draw.integer(minutes),
          value: kind === 'binary' ? null : value,
          unit: unit ?? null,
        });
      }
    }
    yield* events.sort((a, b) => a.minute - b.minute);
  }
}
