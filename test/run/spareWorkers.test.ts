import { describe, expect, it } from 'vitest';
import { SpareWorkers, withLanes } from '../../src/run/spareWorkers.js';

const spareWorkers = (count: number): SpareWorkers => {
  const spare = new SpareWorkers(new SharedArrayBuffer(4));
  spare.add(count);
  return spare;
};

describe('lanes of a training', () => {
  it('with `idle` take the workers that no job needs, at most one per hospital, and give them back', async () => {
    const spare = spareWorkers(3);
    const lanes = (hospitals: number): Promise<number> =>
      withLanes('idle', spare, hospitals, (own) => Promise.resolve(own));
    expect([await lanes(2), await lanes(9), await lanes(1)]).toEqual([2, 4, 1]);
    const failing = withLanes('idle', spare, 4, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await lanes(9)).toBe(4);
    spare.add(-4);
    expect(await lanes(9)).toBe(1);
  });

  it('of two trainings at once are no more than there are workers', async () => {
    const spare = spareWorkers(2);
    await withLanes('idle', spare, 3, async (first) => {
      expect(first).toBe(3);
      expect(await withLanes('idle', spare, 3, (second) => Promise.resolve(second))).toBe(1);
    });
  });

  it('are as many as a number says, at most one per hospital', async () => {
    const own = (wanted: number) => withLanes(wanted, spareWorkers(0), 3, (lanes) => Promise.resolve(lanes));
    expect([await own(1), await own(2), await own(5)]).toEqual([1, 2, 3]);
  });
});
