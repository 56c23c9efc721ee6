import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { documentFault } from '../cohort/documentFault.js';
import { InputError } from '../cohort/inputError.js';
import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import type { Interval } from '../stats/interval.js';
import { studentUpperQuantile } from '../stats/studentT.js';
import { headlineKey, metricKey } from './pairedScores.js';

/** Which of our scores stands beside a published one: the pooled headline variant unless said otherwise. */
const ours = z.strictObject({
  dataset: z.string().optional().describe('Every dataset of the run when left out.'),
  trainer: z.string(),
  variant: z.string().default('default'),
  site: z.string().default('pooled'),
  metric: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const value = z
  .strictObject({
    quantity: z.string().describe('As the work calls it.'),
    published: z.number().nullable(),
    spread: z.number().min(0).nullable().default(null).describe('The ± that the work prints.'),
    table: z.string().nullable().default(null),
    page: z.union([z.int(), z.string()]).nullable().default(null),
    ours: ours.nullable(),
    tolerance: z.number().gt(0).nullable().default(null),
    note: z.string().default(''),
  })
  .refine(({ published, note }) => published !== null || note !== '', {
    error: 'a note that says why the published value is blank',
    path: ['note'],
  });

/** Declared published values with their sources; blank where they are unknown. */
export const publishedSchema = z.strictObject({
  format: z.literal('fedehr-published'),
  version: z.literal(1),
  works: z.array(
    z.strictObject({ work: z.string(), source: z.string().min(1), values: z.array(value).min(1) }),
  ),
});

export type Published = z.infer<typeof publishedSchema>;
type PublishedValue = Published['works'][number]['values'][number];

/** One line of a replication table. */
export interface ReplicationRow {
  readonly work: string;
  readonly source: string;
  readonly value: PublishedValue;
  /** Dataset of our score; null without one. */
  readonly dataset: string | null;
  /** Mean over seeds; null without a value. */
  readonly ours: number | null;
  /** 95 %: of the mean over seeds (Student's t); with a single seed that of its patients. */
  readonly interval: Interval | null;
  readonly seeds: number;
  /** null unless both values and a tolerance are known. */
  readonly within: boolean | null;
  /** Why there is no value of ours; null when there is. */
  readonly absent: string | null;
}

/**
 * Reads a YAML file of published values.
 *
 * @throws InputError with the place of what is wrong
 */
export async function readPublished(file: string): Promise<Published> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InputError({
      file,
      expected: 'a readable file of published values',
      found: 'none',
      remedy: 'See reports/replication/published.yaml for one.',
    });
  });
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new InputError({
      file,
      expected: 'valid YAML',
      found: (String(error).split('\n')[0] ?? '').trim(),
      remedy: 'Check indentation, brackets and colons.',
    });
  }
  const parsed = publishedSchema.safeParse(document);
  if (!parsed.success) throw documentFault(parsed.error, publishedSchema, document, file);
  return parsed.data;
}

function intervalOf(rows: readonly ScoreRow[]): Interval | null {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined)
    return only.ciLow === null || only.ciHigh === null ? null : { low: only.ciLow, high: only.ciHigh };
  const values = rows.map((row) => row.value!);
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
  const half = studentUpperQuantile(0.025, values.length - 1) * Math.sqrt(variance / values.length);
  return { low: mean - half, high: mean + half };
}

/**
 * Published values beside ours, one row for every dataset that has ours.
 *
 * @throws InputError for a metric that does not exist
 */
export function replicationRows(
  published: Published,
  rows: readonly ScoreRow[],
  descriptorNamed: (metric: string) => MetricDescriptor,
): ReplicationRow[] {
  return published.works.flatMap(({ work, source, values }) =>
    values.flatMap((one): ReplicationRow[] => {
      const blank = {
        work,
        source,
        value: one,
        dataset: null,
        ours: null,
        interval: null,
        seeds: 0,
        within: null,
      };
      if (one.ours === null) return [{ ...blank, absent: 'not measured here' }];
      const { dataset, trainer, variant, site, metric, parameters } = one.ours;
      const descriptor = descriptorNamed(metric);
      const key = parameters === undefined ? headlineKey(descriptor) : metricKey({ metric, parameters });
      const own = rows.filter(
        (row) =>
          row.trainer === trainer &&
          row.variant === variant &&
          row.site === site &&
          (dataset === undefined || row.dataset === dataset) &&
          metricKey(row) === key,
      );
      if (own.length === 0) return [{ ...blank, absent: 'not in this run' }];
      return [...new Set(own.map((row) => row.dataset))].map((name): ReplicationRow => {
        const valued = own.filter((row) => row.dataset === name && row.value !== null);
        if (valued.length === 0) return { ...blank, dataset: name, absent: own[0]!.reason ?? own[0]!.state };
        const mean = valued.reduce((sum, row) => sum + row.value!, 0) / valued.length;
        return {
          ...blank,
          dataset: name,
          ours: mean,
          interval: intervalOf(valued),
          seeds: valued.length,
          within:
            one.published === null || one.tolerance === null
              ? null
              : Math.abs(mean - one.published) <= one.tolerance,
          absent: null,
        };
      });
    }),
  );
}
