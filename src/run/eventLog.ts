import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

import { appendWhole } from './appendWhole.js';

/** What `events.jsonl` knows; see docs/contracts.md. */
export type EventKind =
  | 'job-started'
  | 'resumed'
  | 'round'
  | 'phase'
  | 'job-finished'
  | 'job-failed'
  | 'metric'
  | 'warning'
  | 'program';

const NEWLINE = 10;
const LONGEST_LINE = 1 << 20;

/** Cuts off what a run that was killed, or whose disk was full, left of its last line. */
function cutHalfLine(handle: number): void {
  const { size } = fstatSync(handle);
  const tail = Buffer.alloc(Math.min(size, LONGEST_LINE));
  readSync(handle, tail, 0, tail.length, size - tail.length);
  ftruncateSync(handle, size - tail.length + tail.lastIndexOf(NEWLINE) + 1);
}

/** Appends one JSON object a line, whole or not at all. */
export class EventLog {
  private readonly handle: number;
  private failed = false;

  /**
   * @param onFailure told once, when the disk takes no further line; those that follow are dropped. An event comes from a running
   * job, where nobody would catch an error.
   * @param echo gets every line as well, its end included
   */
  constructor(
    file: string,
    private readonly onFailure: (error: Error) => void,
    private readonly echo: (line: string) => void = () => undefined,
  ) {
    mkdirSync(dirname(file), { recursive: true });
    this.handle = openSync(file, 'a+');
    cutHalfLine(this.handle);
  }

  /** `job` is the job's name; `fields` must hold no real patient's data. */
  write(kind: EventKind, job: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (this.failed) return;
    const text = `${JSON.stringify({ time: new Date().toISOString(), job, kind, ...fields })}\n`;
    this.echo(text);
    try {
      appendWhole(this.handle, Buffer.from(text), fstatSync(this.handle).size);
    } catch (error) {
      this.failed = true;
      this.onFailure(error as Error);
    }
  }

  close(): void {
    closeSync(this.handle);
  }
}
