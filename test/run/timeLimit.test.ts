import { MessageChannel } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { afterAll, describe, expect, it } from 'vitest';
import type { ScoredSite } from '../../src/metrics/scoreCohort.js';
import type { AttemptMessage } from '../../src/run/reportedAttempt.js';
import { withTimeLimit } from '../../src/run/timeLimit.js';
import { simulateSplit } from '../metrics/simulatedCohort.js';

const split = simulateSplit([30], 'time-limit');
const pool = new Piscina({
  filename: fileURLToPath(new URL('../fixtures/run/scoringWorker.mjs', import.meta.url)),
  maxThreads: 1,
});
afterAll(() => pool.destroy());

/** Scores with the named metrics of the fixture; counts how often each computation was begun. */
async function score(
  names: readonly string[],
  limit: number,
): Promise<{ rows: ScoredSite[]; begun: Map<string, number> }> {
  const begun = new Map<string, number>();
  const rows = await withTimeLimit(limit, async ({ known, native, signal, heed }) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: AttemptMessage) => {
      if (message.kind === 'computing') begun.set(message.name, (begun.get(message.name) ?? 0) + 1);
      heed(message);
    });
    try {
      const task = { split, synthetic: split.reference, names, known, native, port: port2 };
      return (await pool.run(task, { transferList: [port2], signal })) as ScoredSite[];
    } finally {
      port1.close();
    }
  });
  return { rows, begun };
}

describe('a scoring with a time limit for each metric', () => {
  it('stops a metric that loops for ever, says so, and goes on with the others', async () => {
    const { rows, begun } = await score(['ks', 'endless', 'ks'], 3);
    expect(rows.map(({ result }) => result.state)).toEqual(['ok', 'timed-out', 'ok']);
    expect(rows[1]!.result).toMatchObject({
      reason: 'time-limit: stopped after 3 s, the limit of a metric',
      n: 0,
    });
    expect(rows[1]).toMatchObject({ floor: null, ceiling: null });
    expect(rows[0]!.ceiling).toBeGreaterThan(0);
    expect(rows[2]).toEqual({ ...rows[0], seconds: rows[2]!.seconds });
    // What was found before the stop is not computed again.
    expect([...begun.values()].every((times) => times === 1)).toBe(true);
  });

  it('stops a metric that waits for something that never comes', async () => {
    const { rows } = await score(['waiting', 'ks'], 3);
    expect(rows.map(({ result }) => result.state)).toEqual(['timed-out', 'ok']);
  });

  it('keeps a metric whose thread dies or that throws as failed, with the reason', async () => {
    const { rows } = await score(['exiting', 'throwing', 'ks'], 60);
    expect(rows.map(({ result }) => result.state)).toEqual(['failed', 'failed', 'ok']);
    expect(rows[0]!.result).toMatchObject({ reason: expect.stringMatching(/^crash: /) as string });
    expect(rows[1]!.result).toMatchObject({ reason: 'matrix is singular' });
  });

  it('passes on what fails outside of a metric', async () => {
    await expect(score(['unheard-of'], 60)).rejects.toThrow();
  });
});
