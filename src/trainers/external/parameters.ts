import { z } from 'zod';

const argument = z.string().refine((text) => !text.includes('\0'), { error: 'text without a NUL character' });

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: 'the name of an environment variable' })
  .refine((name) => !name.startsWith('FEDEHR_'), { error: 'a name that does not start with FEDEHR_' });

/** What a suite says of an external program. */
export const externalParameters = z.strictObject({
  /** Program and arguments, as they are: no shell sees them. Files among them are named relative to the suite file. */
  command: z.array(argument.min(1)).min(1).max(256),
  /** Further files that decide the result (imported modules, configuration), relative to the suite file; a change of one trains anew. */
  files: z.array(argument.min(1)).max(256).default([]),
  /** Seconds. */
  timeLimit: z
    .number()
    .gt(0)
    .max(30 * 86_400)
    .default(3600),
  /** Resident megabytes of the program and everything that it started. */
  memoryLimit: z.number().gt(0).default(4096),
  /** Megabytes on disk (its temporary folder and what it writes out) and, counted apart, of text that it prints. */
  outputLimit: z.number().gt(0).default(1024),
  /** Environment variables that it gets besides its own; their values are in no content key. */
  env: z.array(variableName).max(64).default([]),
  /** Threads that it is told to use (FEDEHR_THREADS, OMP_NUM_THREADS, …). */
  threads: z.int().min(1).max(1024).default(1),
  /** Form of the tables that it reads. */
  tables: z.enum(['csv', 'parquet']).default('csv'),
});

/** As a job carries it: files by absolute path, with the sha256 of each. */
export const resolvedParameters = externalParameters.extend({
  /** Elements of `command` that are files. */
  scripts: z.array(z.int().min(0)),
  sha256: z.record(z.string(), z.string()),
});

export type ExternalParameters = z.output<typeof externalParameters>;
export type ResolvedParameters = z.output<typeof resolvedParameters>;
