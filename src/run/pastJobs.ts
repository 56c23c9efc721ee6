import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A job that some earlier run on this machine computed (not one that it found in its store). */
export interface PastJob {
  /** As `nameOf` gives it. */
  readonly name: string;
  readonly key: string;
  readonly seconds: number;
}

const finished = z.object({
  kind: z.literal('job-finished'),
  job: z.string(),
  key: z.string(),
  reused: z.literal(false),
  seconds: z.number().min(0),
});

async function jobsIn(file: string): Promise<PastJob[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line): PastJob[] => {
    if (!line.includes('"job-finished"')) return [];
    try {
      const event = finished.safeParse(JSON.parse(line));
      return event.success
        ? [{ name: event.data.job, key: event.data.key, seconds: event.data.seconds }]
        : [];
    } catch {
      // The last line of a run that was killed.
      return [];
    }
  });
}

/**
 * What the event files of run folders tell: of every folder in `runs`.
 *
 * @param runs folder that holds run folders, e.g. `runs`; nothing is found where it is missing
 */
export async function pastJobs(runs: string): Promise<PastJob[]> {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(runs, entry.name));
  return (await Promise.all(folders.sort().map((folder) => jobsIn(join(folder, 'events.jsonl'))))).flat();
}
