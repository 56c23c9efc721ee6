import { z } from 'zod';
import { suiteSchema } from '../../suite/schema.js';
import { trainers } from '../../trainers/index.js';
import type { Trainer } from '../../trainers/contract.js';
import type { JobTask } from '../jobRunner.js';
import { keyOf, needsOf, type Job, type Versions } from '../plan.js';

/** Names are printed on the worker's terminal. */
const name = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => !/\p{C}/u.test(text));
const seed = z.int().min(0);
const positive = z.int().min(1);
const tree = z.record(z.string(), z.unknown());
const contentKey = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const dataset = z.strictObject({
  name,
  source: z.union([
    z.strictObject({ id: name, parameters: tree }),
    z.strictObject({ path: z.string().min(1).max(4096) }),
  ]),
  title: z.string(),
  licence: z.string(),
  citation: z.string(),
  patientsPerHospital: positive.nullable(),
  steps: positive.nullable(),
  label: z.string().nullable(),
  split: suiteSchema.shape.split.unwrap(),
  sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

const scoring = z.strictObject({
  metrics: suiteSchema.shape.metrics.unwrap(),
  resamples: positive.nullable(),
  seed,
  metricTimeout: positive,
});

const train = z.strictObject({
  kind: z.literal('train'),
  dataset,
  generator: z.strictObject({ trainer: name, variant: name, parameters: tree }),
  trainerVersion: positive,
  seed,
  size: z.union([z.literal('train'), positive]),
  engine: z.enum(['onnx', 'tensorflow', 'cpu', 'wasm']),
});

const received = z.object({
  job: z.discriminatedUnion('kind', [
    train,
    z.strictObject({ kind: z.literal('bounds'), dataset, scoring }),
    z.strictObject({ kind: z.literal('score'), train, reference: z.boolean(), scoring }),
  ]),
  key: contentKey,
  needs: z.record(z.string(), contentKey),
});

/** A generator that jobs may name: never a reference where its cohort would be kept, since that may hold real rows. */
function faultOfGenerator(job: Job, known: readonly Trainer[]): string | null {
  if (job.kind === 'bounds') return null;
  const { generator, trainerVersion } = job.kind === 'train' ? job : job.train;
  const trainer = known.find(({ id }) => id === generator.trainer);
  if (trainer === undefined) return 'a trainer that the product does not know';
  if (trainer.version !== trainerVersion) return 'another version of its trainer';
  const isReference = trainer.kind === 'reference';
  if (isReference !== (job.kind === 'score' && job.reference))
    return isReference
      ? 'a reference generator as if it were trained'
      : 'a trained generator as if it were a reference';
  // One that prepares its parameters checks the prepared ones itself.
  return trainer.prepare !== undefined || trainer.parameters.safeParse(generator.parameters).success
    ? null
    : 'parameters that its trainer does not take';
}

/** What came through Redis was queued by whoever can write there: it is believed only as far as it proves itself. */
export type Received = { readonly task: JobTask } | { readonly refused: string };

/**
 * Checks the data of a queued job: its form, its content key, the keys of what it needs, and its generator.
 *
 * @param versions of this worker
 */
export function receivedTask(data: unknown, versions: Versions): Received {
  const refuse = (found: string): Received => ({ refused: `forged: the job in the queue has ${found}` });
  const parsed = received.safeParse(data);
  if (!parsed.success) {
    const { path } = parsed.error.issues[0]!;
    return refuse(`another form (${path.map(String).join('.').slice(0, 100)})`);
  }
  const { key, needs } = parsed.data;
  const job = parsed.data.job as Job;
  if (keyOf(job, versions) !== key) return refuse('a content key that is not its own');
  const due = needsOf(job, versions);
  if (
    Object.keys(needs).length !== Object.keys(due).length ||
    Object.entries(due).some(([need, own]) => needs[need] !== own)
  )
    return refuse('products to start from that are not its own');
  const fault = faultOfGenerator(job, trainers);
  return fault === null ? { task: { job, key, needs } } : refuse(fault);
}
