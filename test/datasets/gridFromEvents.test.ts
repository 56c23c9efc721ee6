import { describe, expect, it } from 'vitest';

import type { Cohort } from '../../src/cohort/types.js';
import { contentHash } from '../../src/cohort/contentHash.js';
import { withoutEvents } from '../../src/cohort/events/withoutEvents.js';
import { requireConsistent } from '../../src/cohort/validate.js';
import { datasetById } from '../../src/datasets/datasets.js';
import { gridFromEvents } from '../../src/datasets/gridFromEvents.js';
import { resolveDataset } from '../../src/datasets/resolveDataset.js';
import { simulateEvents } from '../../src/datasets/simulatedEvents/simulateEvents.js';

interface Counts {
  equal: number;
  /** Both observed, with other values. */
  other: number;
  /** Of those, steps with one event only of that feature, so that last and median are the same. */
  otherOfOne: number;
  ingestedOnly: number;
  eventsOnly: number;
}

/** Numbers of events of each feature in each step of each stay: [stay · steps · features]. */
function eventCounts({ events, schema, size }: Cohort): Uint16Array {
  const counts = new Uint16Array(size * schema.steps * schema.features.length);
  const { tables, grid, start, table, minute, row, columns } = events!;
  for (const { feature, table: name, items, column } of grid) {
    const f = schema.features.findIndex((one) => one.name === feature);
    const own = tables.findIndex((one) => one.name === name);
    const at = (wanted: string): number => tables[own]!.columns.findIndex((one) => one.name === wanted);
    const item = columns[own]![at(tables[own]!.itemColumn)]!;
    if (item.kind !== 'categorical') throw new Error('items are text');
    for (let stay = 0; stay < size; stay++)
      for (let event = start[stay]!; event < start[stay + 1]!; event++) {
        const step = Math.floor(minute[event]! / (60 * schema.stepHours));
        const text = item.levels[item.codes[row[event]!]!] ?? '';
        if (table[event] !== own || step >= schema.steps || !items.includes(text.toLowerCase())) continue;
        if (columns[own]![at(column ?? '')]!.filled[row[event]!] === 1)
          counts[(stay * schema.steps + step) * schema.features.length + f]! += 1;
      }
  }
  return counts;
}

/** How the cells of the ingested grid and of the one from events compare, by feature that both have. */
function compared(ingested: Cohort, made: Cohort): Map<string, Counts> {
  const events = eventCounts(made);
  return new Map(
    made.schema.features.map(({ name }, f) => {
      const g = ingested.schema.features.findIndex((one) => one.name === name);
      const own: Counts = { equal: 0, other: 0, otherOfOne: 0, ingestedOnly: 0, eventsOnly: 0 };
      for (let cell = 0; cell < made.size * made.schema.steps; cell++) {
        const a = cell * ingested.schema.features.length + g;
        const b = cell * made.schema.features.length + f;
        const [before, after] = [ingested.observed[a] === 1, made.observed[b] === 1];
        if (before && after && ingested.values[a] === made.values[b]) own.equal += 1;
        else if (before && after) {
          own.other += 1;
          if (events[b] === 1) own.otherOfOne += 1;
        } else if (before) own.ingestedOnly += 1;
        else if (after) own.eventsOnly += 1;
      }
      return [name, own];
    }),
  );
}

function total(counts: Iterable<Counts>): Counts {
  const sum: Counts = { equal: 0, other: 0, otherOfOne: 0, ingestedOnly: 0, eventsOnly: 0 };
  for (const own of counts) for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += own[key];
  return sum;
}

describe('the grid from events of the shipped cohorts', () => {
  it('is the ingested one in eICU but for medians of several values and charted FiO2', async () => {
    const cohort = await datasetById('eicu-demo-events').load();
    const made = gridFromEvents(cohort);
    requireConsistent(made, 'eicu-demo-events');
    const byFeature = compared(cohort, made);
    expect(byFeature.size).toBe(42);
    const { ingestedOnly, ...fio2 } = byFeature.get('fio2')!;
    // FiO2 is charted by respiratory therapists, too, and that table is not among the events.
    expect(ingestedOnly).toBeGreaterThan(1800);
    byFeature.delete('fio2');
    expect(total(byFeature.values())).toEqual({
      equal: 2738,
      other: 53,
      otherOfOne: 0,
      ingestedOnly: 0,
      eventsOnly: 0,
    });
    expect(fio2).toEqual({ equal: 55, other: 4, otherOfOne: 3, eventsOnly: 0 });
  });

  it('is the ingested one in MIMIC-IV but for medians, minutes rounded into another hour, and labels of several fluids', async () => {
    const cohort = await datasetById('mimic4-demo').load();
    const made = gridFromEvents(cohort);
    requireConsistent(made, 'mimic4-demo');
    const byFeature = compared(cohort, made);
    expect(byFeature.size).toBe(cohort.schema.features.length);
    const { equal, other, otherOfOne, ingestedOnly, eventsOnly } = total(byFeature.values());
    expect({ equal, other, otherOfOne, ingestedOnly, eventsOnly }).toEqual({
      equal: 4613,
      other: 144,
      otherOfOne: 0,
      ingestedOnly: 34,
      eventsOnly: 36,
    });
    // Only these labels are used for several fluids; of the others a cell that moved in is one that moved out.
    for (const [name, counts] of byFeature)
      if (!['glu', 'lymph', 'ph', 'lact', 'po2', 'pco2', 'be', 'cai', 'k', 'sao2'].includes(name))
        expect(counts.eventsOnly, name).toBe(counts.ingestedOnly);
  });
});

describe('the parameter grid: events', () => {
  it('replaces the grid and keeps everything else', async () => {
    const dataset = await resolveDataset('mimic4-demo', { grid: 'events' });
    const plain = await resolveDataset('mimic4-demo');
    const [made, cohort] = [await dataset.load(), await plain.load()];
    expect(dataset.parameters).toEqual({ partition: 'hospital', grid: 'events' });
    expect(plain.parameters).toEqual({ partition: 'hospital' });
    expect(Object.keys(plain.sha256)).toContain('events.parquet');
    expect(dataset.schema).toEqual(made.schema);
    expect(made.events!.minute).toEqual(cohort.events!.minute);
    expect(made.labels).toEqual(cohort.labels);
    expect(contentHash(made)).toBe(contentHash(gridFromEvents(cohort)));
    const eicu = await resolveDataset('eicu-demo-events', { grid: 'events' });
    expect(eicu.schema.features.map(({ name }) => name)).not.toContain('sbp');
  });

  it('is refused where there are no events, or it is not known what they make', async () => {
    await expect(resolveDataset('mimic3-demo', { grid: 'events' })).rejects.toThrow(
      'cohort.json says under `grid` how its events make features',
    );
    await expect(resolveDataset('mimic4-demo', { grid: 'event' })).rejects.toThrow('"source" | "events"');
    const { events, ...grid } = simulateEvents({ patients: 20 }, 1).cohort();
    expect(() => gridFromEvents({ ...grid, events: { ...events!, grid: [] } })).toThrow(
      'no feature with a source',
    );
    expect(() => gridFromEvents(withoutEvents({ ...grid }))).toThrow('found none');
  });

  it('changes nothing of simulated events, whose grid is made of them', () => {
    const cohort = simulateEvents({ patients: 50 }, 2).cohort();
    expect(gridFromEvents(cohort)).toEqual(cohort);
  });
});
