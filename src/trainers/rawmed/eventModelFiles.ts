import path from 'node:path';
import { z } from 'zod';
import { formatCohortFile, parseCohortFile } from '../../cohort/cohortFile.js';
import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import type { ParameterLayout } from '../../engine/contract.js';
import { decodeParameters } from '../../engine/weights.js';
import type { ModelFiles } from '../contract.js';
import { sha256Of } from '../generator/modelFiles.js';
import type { DrawableModel } from './drawableModel.js';

const list = <T extends z.ZodType>(element: T) => z.array(element).readonly();
const range = z.tuple([z.number(), z.number()]).readonly().nullable();
const count = z.int().min(0);
const table = z.strictObject({
  name: z.string(),
  itemColumn: z.string(),
  columns: list(z.strictObject({ name: z.string(), kind: z.enum(['continuous', 'categorical']) })),
});
const rules = z.strictObject({
  columns: list(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['continuous', 'categorical']),
      range,
      vocabulary: list(z.strictObject({ text: z.string(), count })),
      rareTexts: z.boolean(),
    }),
  ),
  item: count,
  itemRanges: list(list(range)),
  rareItem: list(range),
  withoutItem: list(range).nullable(),
  itemUnrelated: list(count),
});
const statistics = z.strictObject({
  events: count,
  truncatedEvents: count,
  columns: count,
  truncatedColumns: count,
  tokens: count,
  unknownTokens: count,
  emptyEvents: count,
});

/**
 * What model files of generators of event texts say in plain words, in the order of the file.
 *
 * @param parameters schema of the trainer's parameters
 * @param lengths how long texts are, where `maxEvents` does not say it all
 */
export const plainContent = <Parameters extends z.ZodType, Lengths extends z.ZodRawShape>(
  parameters: Parameters,
  lengths: Lengths,
) =>
  z.strictObject({
    trainer: z.strictObject({ id: z.string(), version: z.int() }),
    parameters,
    /** `cohort.json` of the training cohort: schema, event tables and how the grid is made. */
    cohort: z.unknown(),
    hospitals: list(z.string()),
    stays: z.record(z.string(), count),
    /** Tables as the text has them. */
    tables: list(table),
    window: z.int().min(0),
    maxEvents: z.int().min(1),
    ...lengths,
    pieces: list(z.string()),
    rules: list(rules),
    statistics,
  });

/** What `format` and `version` of `model.json` say, and its content. */
export interface EventModelForm<Content extends z.ZodObject> {
  readonly format: string;
  readonly version: number;
  readonly content: Content;
}

type Source = Pick<DrawableModel, 'schema' | 'source'>;

/** The inverse of what {@link sealedFiles} makes of schema, tables and grid. @param file what messages call the file */
export function parseCohortContent(cohort: unknown, file: string): Source {
  const { schema, tables, grid } = parseCohortFile(JSON.stringify(cohort), file);
  return { schema, source: { tables: tables ?? [], grid: grid ?? [] } };
}

/**
 * `model.json` and `weights.bin` under checksums.
 *
 * @param model what the content lists of it is written, and nothing else
 */
export function sealedFiles<Content extends z.ZodObject>(
  { format, version, content }: EventModelForm<Content>,
  model: Source & Omit<z.output<Content>, 'cohort'>,
  weights: Uint8Array,
): ModelFiles {
  const { schema, source } = model;
  const cohort: unknown = JSON.parse(formatCohortFile({ schema, files: {}, ...source }));
  const fields: Readonly<Record<string, unknown>> = { ...model, cohort };
  const text = JSON.stringify(
    Object.fromEntries(Object.keys(content.shape).map((name) => [name, fields[name]])),
  );
  const sha256 = { content: sha256Of(text), weights: sha256Of(weights) };
  return {
    'model.json': new TextEncoder().encode(
      `{"format":"${format}","version":${version},"sha256":${JSON.stringify(sha256)},"content":${text}}\n`,
    ),
    'weights.bin': weights,
  };
}

const damaged = (file: string, expected: string, found: string): InputError =>
  new InputError({
    file,
    expected,
    found,
    remedy: 'Copy the model folder again, or train the generator again.',
  });

/**
 * The content of `model.json` and the bytes of `weights.bin`.
 *
 * @param document what `model.json` says
 * @param folder what messages call the folder
 * @throws InputError when it is of another format or version, its content is none of `content`, or its checksums do not agree
 */
export function unsealedFiles<Content extends z.ZodObject>(
  { format, version, content }: EventModelForm<Content>,
  document: unknown,
  files: ModelFiles,
  folder: string,
): { readonly content: z.output<Content>; readonly weights: Uint8Array; readonly file: string } {
  const file = path.join(folder, 'model.json');
  const envelope = z.strictObject({
    format: z.literal(format),
    version: z.literal(version),
    /** Checksums of the JSON text of `content` and of `weights.bin`. */
    sha256: z.strictObject({ content: z.string(), weights: z.string() }),
    content: z.unknown(),
  });
  const parsed = envelope.safeParse(document);
  if (!parsed.success) throw documentFault(parsed.error, envelope, document, file);
  const { sha256 } = parsed.data;
  const weights = files['weights.bin'] ?? new Uint8Array();
  const whole = 'the sha256 that the training recorded';
  if (sha256.content !== sha256Of(JSON.stringify(parsed.data.content)))
    throw damaged(file, whole, 'other text: the file was changed or damaged');
  if (sha256.weights !== sha256Of(weights))
    throw damaged(path.join(folder, 'weights.bin'), whole, 'other bytes: the file was changed or damaged');
  const stored = content.safeParse(parsed.data.content);
  if (!stored.success) throw documentFault(stored.error, content, parsed.data.content, file);
  return { content: stored.data, weights, file };
}

/**
 * The parts of `weights.bin`, one after the other.
 * @throws InputError when there are too few bytes
 */
export async function weightParts(
  layouts: readonly ParameterLayout[],
  bytes: Uint8Array,
  folder: string,
): Promise<readonly Float32Array[]> {
  let offset = 0;
  const flats: Float32Array[] = [];
  for (const layout of layouts) {
    const data = bytes.subarray(offset, offset + 4 * layout.size);
    const specs = layout.specs.map(({ name, shape }) => ({
      name,
      shape: [...shape],
      dtype: 'float32' as const,
    }));
    if (data.length < 4 * layout.size)
      throw damaged(path.join(folder, 'weights.bin'), `${4 * layout.size} bytes more`, `${data.length}`);
    flats.push(await decodeParameters(layout, { specs, data }));
    offset += data.length;
  }
  return flats;
}
