import { describe, expect, it } from 'vitest';

import { drawEvents, simulatedEventTables } from '../../../src/datasets/simulated/drawEvents.js';
import { simulate } from '../../../src/datasets/simulated/simulate.js';

const simulation = simulate(
  { hospitals: 2, patients: 40, steps: 5, stepHours: 1, shortestStay: 2, drugs: 6 },
  3,
);
const cohort = simulation.cohort();

describe('drawEvents', () => {
  it('gives the cohort again when brought back onto the grid', () => {
    const { steps, features } = cohort.schema;
    const values = new Float32Array(cohort.values.length);
    const observed = new Uint8Array(cohort.observed.length);
    for (let stay = 0; stay < cohort.size; stay++)
      for (let t = 0; t < cohort.length[stay]!; t++)
        for (const [index, { kind }] of features.entries())
          if (kind === 'binary') observed[(stay * steps + t) * features.length + index] = 1;
    for (const { stay, item, minute, value, table } of drawEvents(cohort, 1)) {
      const feature = features.findIndex(({ name }) => name === item);
      const at = (stay * steps + Math.floor(minute / 60)) * features.length + feature;
      values[at] = table === 'medication' ? 1 : value!;
      observed[at] = 1;
    }
    expect(values).toEqual(cohort.values);
    expect(observed).toEqual(cohort.observed);
  });

  it('orders events by stay and minute, at whole minutes inside the stay', () => {
    const events = [...drawEvents(cohort, 1)];
    for (const [index, event] of events.entries()) {
      expect(Number.isInteger(event.minute)).toBe(true);
      expect(event.minute).toBeLessThan(60 * cohort.length[event.stay]!);
      const before = events[index - 1];
      if (before?.stay === event.stay) expect(before.minute).toBeLessThanOrEqual(event.minute);
      else expect(event.stay).toBeGreaterThan(before?.stay ?? -1);
    }
    expect(new Set(events.map(({ table }) => table))).toEqual(
      new Set(simulatedEventTables.map(({ name }) => name)),
    );
  });

  it('draws the same events whatever the piece', () => {
    const strip = (events: Iterable<{ item: string; minute: number; value: number | null }>): unknown[] =>
      [...events].map(({ item, minute, value }) => [item, minute, value]);
    const pieces = [...simulation.chunks(7)].flatMap((piece) => strip(drawEvents(piece, 1)));
    expect(pieces).toEqual(strip(drawEvents(cohort, 1)));
    expect(strip(drawEvents(cohort, 2))).not.toEqual(pieces);
  });
});
