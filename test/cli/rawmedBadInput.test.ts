import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsUntil, selectEvents } from '../../src/cohort/events/selectEvents.js';
import { withoutEvents } from '../../src/cohort/events/withoutEvents.js';
import type { Cohort, CohortEvents } from '../../src/cohort/types.js';
import { writeCohort } from '../../src/cohort/writeCohort.js';
import { gridFromEvents } from '../../src/datasets/gridFromEvents.js';
import { simulateEvents } from '../../src/datasets/simulatedEvents/simulateEvents.js';
import { fedehr, type Finished } from './fedehr.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-rawmed-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const cohort = simulateEvents({ patients: 120, hospitals: 2 }, 1).cohort();
const events = cohort.events!;

/** The cohort with other events and the grid that they make. */
const withEvents = (changed: CohortEvents): Cohort => gridFromEvents({ ...cohort, events: changed });

const short =
  'size: xs, autoencoder: { updates: 2, width: 8 }, transformer: { width: 8, heads: 2, layers: 1, hidden: 8, epochs: 1 }, sampling: { budget: 1 }';

let cases = 0;
async function run(
  source: Cohort,
  parameters = short,
  edit = (description: string): string => description,
): Promise<Finished & { readonly out: string }> {
  const folder = join(root, String(cases++));
  await writeCohort(source, join(folder, 'cohort'));
  const description = join(folder, 'cohort', 'cohort.json');
  await writeFile(description, edit(await readFile(description, 'utf8')));
  const suite = join(folder, 'suite.yaml');
  await writeFile(
    suite,
    `name: rawmed
datasets: [{ path: cohort }]
trainers: [{ id: rawmed, parameters: { ${parameters} } }]
references: []
metrics: [events.acceptance_rate]
resamples: 10
`,
  );
  const out = join(folder, 'out');
  return { ...(await fedehr('run', suite, '--out', out, '--store', join(folder, 'store'))), out };
}

describe('fedehr run with rawmed on bad input', () => {
  it('no events: an input error that names datasets with events', async () => {
    const { code, stderr } = await run(withoutEvents(cohort));
    expect(stderr).toMatch(/expected a dataset that comes as events.*simulated-events/);
    expect(code).not.toBe(0);
  }, 60_000);

  it.each([
    ['none of its columns', 'nothing'],
    ['a column of numbers', 'drugrate'],
  ])(
    'a table whose item column is %s: an input error that names the table',
    async (_, name) => {
      const { code, stderr } = await run(cohort, short, (description) => {
        const changed = JSON.parse(description) as {
          tables: { name: string; item_column: string }[];
          grid: { table: string }[];
        };
        changed.tables.find((table) => table.name === 'infusiondrug')!.item_column = name;
        return JSON.stringify({ ...changed, grid: changed.grid.filter(({ table }) => table === 'lab') });
      });
      expect(stderr).toMatch(/expected .*found/);
      expect(stderr).toMatch(new RegExp(name));
      expect(code).toBe(2);
    },
    60_000,
  );

  it('stays with one event: an input error that says how many a stay needs', async () => {
    const first = events.start.slice(0, -1);
    const single = eventsUntil(
      {
        ...events,
        minute: events.minute.map((minute, at) => (first.includes(at) ? minute : 720)),
      },
      719,
    );
    const { code, stderr } = await run(withEvents(selectEvents(single, [...first.keys()])));
    expect(stderr).toMatch(/stay of 6 or more events in the window, found fewer/);
    expect(code).not.toBe(0);
  }, 60_000);

  it('no stay passes: the job fails with the reasons, within the budget', async () => {
    const { code, stderr } = await run(cohort);
    expect(stderr).toMatch(/none of 72 generated stays passed the verification \(.*: \d+/);
    expect(code).toBe(1);
  }, 60_000);

  it('all events in one minute train and are drawn like all others', async () => {
    const flat = { ...events, minute: events.minute.map(() => 0) };
    // By table inside the minute, as event cohorts are ordered.
    const order = Array.from(events.table.keys());
    const stay = Int32Array.from(order.flatMap((_, at) => (at < cohort.size ? [at] : [])));
    for (const s of stay) {
      const own = order.slice(events.start[s], events.start[s + 1]);
      own.sort((a, b) => events.table[a]! - events.table[b]! || a - b);
      order.splice(events.start[s]!, own.length, ...own);
    }
    const sorted = {
      ...flat,
      table: Uint8Array.from(order, (at) => events.table[at]!),
      row: Int32Array.from(order, (at) => events.row[at]!),
    };
    const { code, out } = await run(
      withEvents(sorted),
      'size: xs, maxEvents: 7, autoencoder: { updates: 500 }, text: { smallestCell: 1 }, transformer: { width: 32, hidden: 64, epochs: 20, dropout: 0 }, sampling: { topK: 4, temperature: 0.7, budget: 8 }',
    );
    expect(code).toBe(0);
    const scores = JSON.parse(await readFile(join(out, 'scores.json'), 'utf8')) as {
      rows: { metric: string; state: string; value: number }[];
    };
    const rate = scores.rows.find(({ metric }) => metric === 'events.acceptance_rate')!;
    expect(rate.state).toBe('ok');
    expect(rate.value).toBeGreaterThan(0);
  }, 120_000);
});
