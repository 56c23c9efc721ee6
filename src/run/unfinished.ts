import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../engine/runningProcess.js';
import { removeWhereWritable } from './readOnly.js';

/** This machine, without telling its name: process numbers mean nothing on another one that shares the store. */
const machineMark = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);

const UNFINISHED = /^unfinished-([0-9a-f]{12})-(\d+)-/;

/** A new name in a store's folder for what is half-made or on its way out; the next run removes it when this process is gone. */
export const unfinishedName = (): string => `unfinished-${machineMark}-${process.pid}-${randomUUID()}`;

export const isUnfinishedName = (name: string): boolean => UNFINISHED.test(name);

/**
 * Removes what processes of this machine that no longer run left half-made in a store's folder.
 *
 * @param own also what this process left
 */
export async function sweepUnfinished(root: string, own: boolean): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    const [, machine, writer] = UNFINISHED.exec(name) ?? [];
    if (writer === undefined || machine !== machineMark) continue;
    const pid = Number(writer);
    if (pid === process.pid ? own : !isRunning(pid)) await removeWhereWritable(join(root, name));
  }
}
