import path from 'node:path';
import { z } from 'zod';
import { formatCohortFile, parseCohortFile } from '../../cohort/cohortFile.js';
import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import type { ParameterLayout } from '../../engine/contract.js';
import { layoutOf } from '../../engine/parameters.js';
import { decodeParameters } from '../../engine/weights.js';
import { eventAutoencoderLayout, runningSize } from '../../models/eventAutoencoderOptions.js';
import { eventTransformerLayout } from '../../models/eventTransformerOptions.js';
import type { ModelFiles } from '../contract.js';
import { sha256Of, WeightBytes } from '../generator/modelFiles.js';
import { rawmedParameters } from './parameters.js';
import { openedText, type RawmedModel } from './rawmedModel.js';
import type { RawmedModelOptions } from './modelOptions.js';

/** What `format` says in `model.json` of a RawMed. */
export const rawmedFormat = 'fedehr-rawmed-model';
const rawmedVersion = 1;

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
const content = z.strictObject({
  trainer: z.strictObject({ id: z.string(), version: z.int() }),
  parameters: rawmedParameters,
  /** `cohort.json` of the training cohort: schema, event tables and how the grid is made. */
  cohort: z.unknown(),
  hospitals: list(z.string()),
  stays: z.record(z.string(), count),
  /** Tables as the text has them. */
  tables: list(table),
  window: z.int().min(0),
  maxEvents: z.int().min(1),
  pieces: list(z.string()),
  rules: list(rules),
  statistics,
});
const envelope = z.strictObject({
  format: z.literal(rawmedFormat),
  version: z.literal(rawmedVersion),
  /** Checksums of the JSON text of `content` and of `weights.bin`. */
  sha256: z.strictObject({ content: z.string(), weights: z.string() }),
  content: z.unknown(),
});

/** Layouts of the three parts of `weights.bin`, in their order. */
function weightLayouts({ autoencoder, transformer }: RawmedModelOptions): readonly ParameterLayout[] {
  return [
    eventAutoencoderLayout(autoencoder),
    layoutOf([
      { name: 'running', shape: [runningSize(autoencoder)], initial: 'zeros' },
      { name: 'codebook', shape: [autoencoder.quantiser.codes, autoencoder.width], initial: 'zeros' },
    ]),
    eventTransformerLayout(transformer),
  ];
}

/**
 * The files of a trained RawMed: `model.json` (parameters, schema, vocabulary, rules of verification, checksums) and
 * `weights.bin`. Vocabulary and rules come from training patients: treat the folder as training data.
 */
export async function rawmedFiles(model: RawmedModel): Promise<ModelFiles> {
  const { autoencoder, transformer, schema, source, ...plain } = model;
  const { trainer, parameters, hospitals, stays, tables, window, maxEvents, pieces, rules: own } = plain;
  const text = JSON.stringify({
    trainer,
    parameters,
    cohort: JSON.parse(formatCohortFile({ schema, files: {}, ...source })) as unknown,
    hospitals,
    stays,
    tables,
    window,
    maxEvents,
    pieces,
    rules: own,
    statistics: plain.statistics,
  });
  const tensors = new WeightBytes();
  const layouts = weightLayouts(openedText(model));
  const outside = new Float32Array([...autoencoder.running, ...autoencoder.codebook]);
  for (const [at, flat] of [autoencoder.parameters, outside, transformer].entries())
    await tensors.add(layouts[at]!, flat);
  const weights = tensors.bytes();
  const sha256 = { content: sha256Of(text), weights: sha256Of(weights) };
  return {
    'model.json': new TextEncoder().encode(
      `{"format":"${rawmedFormat}","version":${rawmedVersion},"sha256":${JSON.stringify(sha256)},"content":${text}}\n`,
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
 * Reads the files of a RawMed model folder.
 *
 * @param document what `model.json` says
 * @param folder what messages call the folder
 * @throws InputError when it is no such model, of another version, or its checksums do not agree
 */
export async function readRawmed(document: unknown, files: ModelFiles, folder: string): Promise<RawmedModel> {
  const file = path.join(folder, 'model.json');
  const parsed = envelope.safeParse(document);
  if (!parsed.success) throw documentFault(parsed.error, envelope, document, file);
  const { sha256 } = parsed.data;
  const bytes = files['weights.bin'] ?? new Uint8Array();
  const whole = 'the sha256 that the training recorded';
  if (sha256.content !== sha256Of(JSON.stringify(parsed.data.content)))
    throw damaged(file, whole, 'other text: the file was changed or damaged');
  if (sha256.weights !== sha256Of(bytes))
    throw damaged(path.join(folder, 'weights.bin'), whole, 'other bytes: the file was changed or damaged');
  const stored = content.safeParse(parsed.data.content);
  if (!stored.success) throw documentFault(stored.error, content, parsed.data.content, file);
  const { cohort, ...plain } = stored.data;
  const { schema, tables, grid } = parseCohortFile(JSON.stringify(cohort), file);
  const model = { ...plain, schema, source: { tables: tables ?? [], grid: grid ?? [] } };
  const opened = openedText(model);
  let offset = 0;
  const flats: Float32Array[] = [];
  for (const layout of weightLayouts(opened)) {
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
  const [parameters, outside, transformer] = flats as [Float32Array, Float32Array, Float32Array];
  const running = runningSize(opened.autoencoder);
  return {
    ...model,
    autoencoder: {
      parameters,
      running: outside.slice(0, running),
      codebook: outside.slice(running),
    },
    transformer,
  };
}
