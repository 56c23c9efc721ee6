import { describe, expect, it } from 'vitest';
import { limited } from '../../../src/run/limited.js';
import { EventBatches } from '../../../src/run/queue/eventBatches.js';
import type { QueuedEvents } from '../../../src/run/queue/queuedJob.js';

const warning = (message: string) => ({ kind: 'warning', message }) as const;

describe('EventBatches', () => {
  it('sends all events in their order, together', async () => {
    const sent: QueuedEvents[] = [];
    const batches = new EventBatches('w', async (events) => {
      await new Promise((resolve) => setTimeout(resolve, sent.length === 0 ? 20 : 1));
      sent.push(events);
    });
    batches.start();
    await batches.flush();
    for (let i = 0; i < 100; i++) batches.add(warning(String(i)));
    await batches.flush();
    expect(sent.map(({ started }) => started)).toEqual([true, false]);
    expect(sent.flatMap(({ events }) => events)).toEqual(
      Array.from({ length: 100 }, (_, i) => warning(String(i))),
    );
  });

  it('sends by itself after a while, and nothing when there is nothing', async () => {
    const sent: QueuedEvents[] = [];
    const batches = new EventBatches('w', (events) => Promise.resolve(void sent.push(events)), 5);
    await batches.flush();
    expect(sent).toEqual([]);
    batches.add(warning('one'));
    await expect.poll(() => sent.length).toBe(1);
  });
});

describe('limited', () => {
  it('runs at most so many at once, all of them, and goes on after a failure', async () => {
    const slot = limited(3);
    let [running, most] = [0, 0];
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        slot(async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running--;
          if (i === 4) throw new Error('four');
          return i;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
  });
});
