import { appendFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { z } from 'zod';

/** Environment variable with the file that a whole run of the benchmarks collects its results in. */
export const RESULTS = 'BENCH_RESULTS';

/** A bar that a number must keep. */
const bar = z.object({ kind: z.enum(['at most', 'at least']), limit: z.number() });

const time = z.object({
  kind: z.literal('time'),
  suite: z.string(),
  name: z.string(),
  milliseconds: z.number(),
  /** `clock`: by the wall; `processor`: of all threads, which a loaded machine disturbs less. */
  of: z.enum(['clock', 'processor']),
  /** Share of what one thread of this machine can do at most; what counts as work is said by `work`. */
  share: z.object({ of: z.enum(['matmul', 'memory']), value: z.number(), work: z.string() }).optional(),
  /** Against what is measured in turn with it: own time over that time, or that time over the own one for a gain. */
  ratio: z.object({ to: z.string(), value: z.number(), bar: bar.optional() }).optional(),
  /** Of the milliseconds. */
  bar: bar.optional(),
  load: z.number(),
});

const growth = z.object({
  kind: z.literal('growth'),
  suite: z.string(),
  /** What is measured, e.g. `scoring, preset fast`. */
  name: z.string(),
  /** What grows, e.g. `stays N`. */
  over: z.string(),
  unit: z.enum(['s', 'MB']),
  points: z.array(z.object({ x: z.number(), y: z.number() })),
  slope: z.number(),
  bars: z.array(bar),
  load: z.number(),
});

/** One update of a model on an engine. */
const engine = z.object({
  kind: z.literal('engine'),
  model: z.string(),
  engine: z.string(),
  /** Null where the engine is not installed or does not run the model; `reason` says which. */
  milliseconds: z.number().nullable(),
  reason: z.string().optional(),
  load: z.number(),
});

const peaks = z.object({ kind: z.literal('peaks'), matmul: z.number(), memory: z.number() });

const result = z.discriminatedUnion('kind', [time, growth, engine, peaks]);

export type Bar = z.output<typeof bar>;
export type TimeResult = z.output<typeof time>;
export type GrowthResult = z.output<typeof growth>;
export type EngineResult = z.output<typeof engine>;
export type BenchResult = z.output<typeof result>;

type Unloaded<Result> = Result extends unknown ? Omit<Result, 'load'> : never;

/** Keeps a result for the report of a whole run; nothing where only some benchmarks are run. */
export function record(found: Unloaded<BenchResult>): void {
  const file = process.env[RESULTS];
  if (file === undefined) return;
  const load = Math.round(10 * loadavg()[0]!) / 10;
  appendFileSync(file, `${JSON.stringify(found.kind === 'peaks' ? found : { ...found, load })}\n`);
}

/** @throws when a line is no result */
export const readResults = (text: string): BenchResult[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => result.parse(JSON.parse(line)));

/** Whether a number keeps its bar. */
export const keeps = ({ kind, limit }: Bar, value: number): boolean =>
  kind === 'at most' ? value <= limit : value >= limit;
