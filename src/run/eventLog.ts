import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What `events.jsonl` knows; see docs/contracts.md. */
export type EventKind =
  'job-started' | 'round' | 'job-finished' | 'job-failed' | 'metric' | 'warning' | 'program';

/** Appends one JSON object a line; each line is written whole, so a killed run leaves a readable file. */
export class EventLog {
  private readonly handle: number;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.handle = openSync(file, 'a');
  }

  /** `job` is the job's name; `fields` must hold no real patient's data. */
  write(kind: EventKind, job: string, fields: Readonly<Record<string, unknown>> = {}): void {
    writeSync(this.handle, `${JSON.stringify({ time: new Date().toISOString(), job, kind, ...fields })}\n`);
  }

  close(): void {
    closeSync(this.handle);
  }
}
