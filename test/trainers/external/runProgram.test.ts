import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as ProcessGroup from '../../../src/trainers/external/processGroup.js';
import { killAll, residentMegabytes } from '../../../src/trainers/external/processGroup.js';
import { runProgram, type ProgramEnd } from '../../../src/trainers/external/runProgram.js';

vi.mock('../../../src/trainers/external/processGroup.js', async (original) => {
  const real = await original<typeof ProcessGroup>();
  return { ...real, killAll: vi.fn(real.killAll), residentMegabytes: vi.fn(real.residentMegabytes) };
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-program-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  vi.mocked(residentMegabytes).mockReset();
});

const run = (script: string): Promise<ProgramEnd> =>
  runProgram({
    command: ['/bin/sh', '-c', script],
    environment: {},
    folder,
    watched: folder,
    given: 0,
    limits: { time: 20, memory: 1000, output: 1 },
    onStdout: () => undefined,
  });

describe('whoever looks after a program', () => {
  it('ends it when it can look no longer, and says why', async () => {
    vi.mocked(residentMegabytes).mockRejectedValue(new Error('too many open files'));
    const begin = performance.now();
    await expect(run('sleep 15')).rejects.toThrow('too many open files');
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('stops looking also when the program could not be ended in order', async () => {
    vi.mocked(residentMegabytes).mockResolvedValue(1);
    vi.mocked(killAll).mockRejectedValueOnce(new Error('too many open files'));
    await expect(run('true')).rejects.toThrow('too many open files');
    const looks = vi.mocked(residentMegabytes).mock.calls.length;
    await wait(500);
    expect(vi.mocked(residentMegabytes).mock.calls.length).toBe(looks);
  });
});
