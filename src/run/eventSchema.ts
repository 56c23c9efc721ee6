import { z } from 'zod';

const seconds = z.number().min(0);
const key = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const line = {
  time: z.iso.datetime().describe('When the line was written, UTC.'),
  job: z.string().describe('Name of the job.'),
};
const numbers = z.record(z.string(), z.number().nullable());
const worker = z.string().optional().describe('Worker of a queue.');

/** A line of `events.jsonl`, by `kind`. */
export const eventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...line, kind: z.literal('job-started'), key, worker }),
  z.strictObject({
    ...line,
    kind: z.literal('resumed'),
    stage: z.string().describe('Stage of the training, or `scoring`.'),
    done: z.int().min(0).describe('Rounds or computations that are not done again.'),
    hospital: z.string().optional(),
  }),
  z.strictObject({
    ...line,
    kind: z.literal('round'),
    stage: z.string(),
    hospital: z.string().optional(),
    round: z.int().min(1),
    rounds: z.int().min(1),
    loss: z.number().nullable(),
    weights: numbers.optional().describe('Effective aggregation weight by hospital.'),
    absent: z.array(z.string()).optional().describe('Hospitals that did not answer.'),
    monitors: numbers.optional(),
  }),
  z.strictObject({ ...line, kind: z.literal('phase'), phase: z.enum(['training', 'sampling']), seconds }),
  z.strictObject({
    ...line,
    kind: z.literal('metric'),
    metric: z.string(),
    site: z.string(),
    state: z.enum(['ok', 'skipped', 'undefined', 'failed', 'timed-out']),
    seconds,
    done: z.int().min(1),
    total: z.int().min(1),
  }),
  z.strictObject({
    ...line,
    kind: z.literal('program'),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    seconds,
    peakMegabytes: z.number().min(0),
  }),
  z.strictObject({ ...line, kind: z.literal('warning'), message: z.string() }),
  z.strictObject({
    ...line,
    kind: z.literal('job-finished'),
    key,
    reused: z.boolean().describe('Taken from the store.'),
    seconds: seconds.describe('What making the product took, by whatever run.'),
    cpuSeconds: seconds
      .nullable()
      .describe("Processor time of the job's thread in this run; null where unknown."),
    peakMegabytes: z.number().min(0).describe('Of the whole process at the end of the job.'),
    worker,
  }),
  z.strictObject({
    ...line,
    kind: z.literal('job-failed'),
    key,
    reason: z.string(),
    stack: z.string().optional().describe('Left out where wrong input was the cause.'),
  }),
]);
