import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Checkpoints } from '../trainers/checkpoints.js';
import { writeAtomically } from '../cohort/atomicFile.js';
import { cacheFolder } from './cacheFolder.js';
import { checksum, CHECKSUM_BYTES } from './checksum.js';
import { removeWhereWritable } from './readOnly.js';
import { isS3 } from './s3/s3Location.js';

/**
 * Where a job keeps what it has done so far: beside its product in a store that is a folder (`<digest>.checkpoint`), on the machine that runs it
 * (`~/.cache/fedehr/checkpoints`) where the store is a bucket. It is removed when the product is finished.
 *
 * @param store the store's location
 * @param key content key of the product
 */
export function checkpointFolder(store: string, key: string): string {
  const digest = key.replace(/^sha256:/, '');
  const name = `${digest}.checkpoint`;
  return isS3(store)
    ? join(cacheFolder(), 'checkpoints', name)
    : join(resolve(store), digest.slice(0, 2), name);
}

/** A write must take at most this share of the time since the last one. */
const LARGEST_SHARE = 0.02;
const SECONDS_BETWEEN = 5;

/** `FEDEHR_CHECKPOINT_SECONDS`: least time between two checkpoints of a training; 0 = after every round, whatever it costs. */
export function secondsBetween(environment: NodeJS.ProcessEnv): number {
  const given = environment['FEDEHR_CHECKPOINT_SECONDS'];
  if (given === undefined || given === '') return SECONDS_BETWEEN;
  const seconds = Number(given);
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new Error(`FEDEHR_CHECKPOINT_SECONDS must be a number of seconds, found "${given}"`);
  return seconds;
}

interface Kept {
  /** That the job had taken by then, earlier attempts included. */
  readonly seconds: number;
  readonly state: unknown;
}

/** Checkpoints as checksummed files of a folder, one a part; what is damaged counts as not there. */
export class FolderCheckpoints implements Checkpoints {
  readonly #begin = performance.now();
  #earlierSeconds = 0;
  #next = -Infinity;

  /**
   * @param between least seconds between two writes
   * @param onFailure told once when a checkpoint could not be written; the training goes on without
   */
  constructor(
    private readonly folder: string,
    private readonly between: number,
    private readonly onFailure: (error: Error) => void,
  ) {
    this.#next = this.#begin + between * 1000;
  }

  /** What earlier attempts took up to the checkpoints that were loaded. */
  get earlierSeconds(): number {
    return this.#earlierSeconds;
  }

  async load(part: string): Promise<unknown> {
    const bytes = await readFile(this.#file(part)).catch(() => null);
    if (bytes === null || bytes.length < CHECKSUM_BYTES) return undefined;
    const content = bytes.subarray(CHECKSUM_BYTES);
    if (!checksum(content).equals(bytes.subarray(0, CHECKSUM_BYTES))) return undefined;
    const { seconds, state } = deserialize(content) as Kept;
    this.#earlierSeconds = Math.max(this.#earlierSeconds, seconds);
    return state;
  }

  async save(part: string, state: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    if (start < this.#next) return;
    const seconds = this.#earlierSeconds + (start - this.#begin) / 1000;
    const content = serialize({ seconds, state: await state() } satisfies Kept);
    try {
      await writeAtomically(this.#file(part), Buffer.concat([checksum(content), content]), 0o600);
    } catch (error) {
      this.#next = Infinity;
      this.onFailure(error as Error);
      return;
    }
    const end = performance.now();
    this.#next =
      this.between === 0 ? end : end + Math.max(this.between * 1000, (end - start) / LARGEST_SHARE);
  }

  #file(part: string): string {
    return join(this.folder, `${part}.state`);
  }
}

/** Removes what a job kept, where it may be: its product is finished. */
export const removeCheckpoints = (folder: string): Promise<void> => removeWhereWritable(folder);
