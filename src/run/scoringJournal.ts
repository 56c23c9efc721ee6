import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { TimedResult } from '../metrics/attempt.js';
import { appendWhole } from './appendWhole.js';
import { checksum, CHECKSUM_BYTES } from './checksum.js';
import type { KnownResults } from './reportedAttempt.js';

const FILE = 'results.journal';
const LENGTH_BYTES = 4;
const HEAD = LENGTH_BYTES + CHECKSUM_BYTES;

interface JournalEntry {
  readonly name: string;
  readonly timed: TimedResult;
}

/** The whole entries at the front of a journal, and where they end. */
function wholeEntries(bytes: Buffer): { readonly entries: JournalEntry[]; readonly end: number } {
  const entries: JournalEntry[] = [];
  let end = 0;
  while (end + HEAD <= bytes.length) {
    const next = end + HEAD + bytes.readUInt32LE(end);
    if (next > bytes.length) break;
    const content = bytes.subarray(end + HEAD, next);
    if (!checksum(content).equals(bytes.subarray(end + LENGTH_BYTES, end + HEAD))) break;
    entries.push(deserialize(content) as JournalEntry);
    end = next;
  }
  return { entries, end };
}

function existing(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/**
 * The results of a scoring as they are found, so that one that was killed computes none of them twice. Every entry has its
 * checksum: from the first damaged or half-written one on, nothing is believed.
 */
export class ScoringJournal {
  readonly known: KnownResults;
  private handle: number | null = null;
  #size: number;

  /**
   * @param folder of the job's checkpoints
   * @param onFailure told once when a result could not be kept; the scoring goes on without
   */
  constructor(
    private readonly folder: string,
    private readonly onFailure: (error: Error) => void,
  ) {
    const { entries, end } = wholeEntries(existing(join(folder, FILE)));
    this.known = Object.fromEntries(entries.map(({ name, timed }) => [name, timed]));
    this.#size = end;
  }

  /** What finding the known results took. */
  get earlierSeconds(): number {
    return Object.values(this.known).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  append(name: string, timed: TimedResult): void {
    if (this.#size === Infinity) return;
    const content = serialize({ name, timed } satisfies JournalEntry);
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32LE(content.length);
    const entry = Buffer.concat([head, checksum(content), content]);
    try {
      appendWhole(this.handle ?? this.#open(), entry, this.#size);
      this.#size += entry.length;
    } catch (error) {
      this.#size = Infinity;
      this.onFailure(error as Error);
    }
  }

  close(): void {
    if (this.handle !== null) closeSync(this.handle);
    this.handle = null;
  }

  #open(): number {
    mkdirSync(this.folder, { recursive: true });
    this.handle = openSync(join(this.folder, FILE), 'a', 0o600);
    ftruncateSync(this.handle, this.#size);
    return this.handle;
  }
}
