import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { documentFault } from '../cohort/documentFault.js';
import { InputError } from '../cohort/inputError.js';
import { writeAtomically } from '../cohort/atomicFile.js';

/** How much worse a row may be than its baseline; see `thresholdOf`. */
const rule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('absolute'), most: z.number().min(0) }),
  z.strictObject({ kind: z.literal('relative'), most: z.number().gt(0) }),
  z.strictObject({ kind: z.literal('sigma'), k: z.number().gt(0), least: z.number().min(0).default(0) }),
]);

const row = z.strictObject({
  dataset: z.string(),
  trainer: z.string(),
  variant: z.string(),
  site: z.string(),
  metric: z.string(),
  metricVersion: z.int(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** By seed, in the order of `seeds`; null = no value. */
  values: z.array(z.number().nullable()),
});

const historyEntry = z.strictObject({
  date: z.string(),
  reason: z.string().min(1),
  version: z.string(),
  seeds: z.array(z.int()),
  rows: z.strictObject({ added: z.int(), removed: z.int(), changed: z.int() }),
});

/** A committed file: what a run must not fall behind, by how much it may, and why it is what it is. */
const baselineSchema = z.strictObject({
  format: z.literal('fedehr-baseline'),
  version: z.literal(1),
  suite: z.string(),
  engine: z.string(),
  seeds: z.array(z.int().min(0)).min(1),
  datasets: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string().nullable(),
      sha256: z.record(z.string(), z.string()),
      protocol: z.record(z.string(), z.unknown()),
    }),
  ),
  /** Reference generators of the suite; their noise is pooled apart from that of trained ones. */
  references: z.array(z.string()),
  gates: z.strictObject({
    /** Ids of the metrics whose headline variants are gated. */
    metrics: z.array(z.string()).min(1),
    sites: z.enum(['pooled', 'all']),
  }),
  /** By metric id; `default` for the others. */
  rules: z.object({ default: rule }).catchall(rule),
  rows: z.array(row),
  history: z.array(historyEntry),
});

export type Rule = z.infer<typeof rule>;
export type BaselineRow = z.infer<typeof row>;
export type Baseline = z.infer<typeof baselineSchema>;

/**
 * Reads a baseline file.
 *
 * @returns null when there is no such file
 * @throws InputError for anything that is not a baseline
 */
export async function readBaseline(file: string): Promise<Baseline | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new InputError({
      file,
      expected: 'a readable baseline file',
      found: String(error),
      remedy: 'Give a file that `fedehr check --update` wrote.',
    });
  });
  if (text === null) return null;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new InputError({
      file,
      expected: 'JSON',
      found: String(error),
      remedy: 'Restore the file from version control, or make it anew with --update.',
    });
  }
  const parsed = baselineSchema.safeParse(document);
  if (!parsed.success) throw documentFault(parsed.error, baselineSchema, document, file);
  const ragged = parsed.data.rows.findIndex(({ values }) => values.length !== parsed.data.seeds.length);
  if (ragged >= 0)
    throw new InputError({
      file,
      place: `rows[${ragged}].values`,
      expected: `${parsed.data.seeds.length} values, one a seed`,
      found: String(parsed.data.rows[ragged]!.values.length),
      remedy: 'Make the file anew with --update.',
    });
  return parsed.data;
}

/** Writes a baseline with one row a line, so that reviews show what changed. */
export async function writeBaseline(file: string, { rows, history, ...head }: Baseline): Promise<void> {
  const lines = (items: readonly unknown[]): string =>
    items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  const opened = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  await writeAtomically(
    file,
    `${opened},\n  "rows": [\n${lines(rows)}\n  ],\n  "history": [\n${lines(history)}\n  ]\n}\n`,
  );
}
