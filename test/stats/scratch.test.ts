import { describe, expect, it } from 'vitest';
import { LentScratch, releaseScratch, Scratch } from '../../src/stats/scratch.js';

describe('memory that is kept for passing arrays', () => {
  it('is the same from call to call, as long as was asked for', () => {
    const scratch = new Scratch(Float64Array);
    const first = scratch.take(100);
    first.fill(7);
    const second = scratch.take(40);
    expect(second).toHaveLength(40);
    expect(second.buffer).toBe(first.buffer);
    expect(scratch.take(1000)).toHaveLength(1000);
  });

  it('is given up when asked to, and never kept for very large arrays', () => {
    const scratch = new Scratch(Uint8Array);
    const { buffer } = scratch.take(10);
    releaseScratch();
    expect(scratch.take(10).buffer).not.toBe(buffer);
    const large = scratch.take(9 * 2 ** 20);
    expect(scratch.take(9 * 2 ** 20).buffer).not.toBe(large.buffer);
  });
});

describe('memory that is lent', () => {
  it('belongs to one computation at a time', async () => {
    const scratch = new LentScratch(Float32Array);
    const computation = (value: number, waits: number): Promise<number[]> =>
      scratch.lend(3, async (array) => {
        array.fill(value);
        for (let turn = 0; turn < waits; turn++) await Promise.resolve();
        return [...array];
      });
    const found = await Promise.all([computation(1, 9), computation(2, 1), computation(3, 4)]);
    expect(found).toEqual([
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
    ]);
  });

  it('is lent again after a computation that failed, and not after it was given up', async () => {
    const scratch = new LentScratch(Float32Array);
    const buffers: ArrayBufferLike[] = [];
    const note = (array: Float32Array): Promise<void> => {
      buffers.push(array.buffer);
      return buffers.length === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
    };
    await expect(scratch.lend(8, note)).rejects.toThrow('no');
    await scratch.lend(5, note);
    releaseScratch();
    await scratch.lend(8, note);
    expect(buffers[1]).toBe(buffers[0]);
    expect(buffers[2]).not.toBe(buffers[1]);
  });
});
