import { readFile, stat } from 'node:fs/promises';

import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

import { documentFault } from '../../cohort/documentFault.js';
import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import { parseDuration } from './ingestOptions.js';

const item = z.union([
  z.string().min(1),
  z.int(),
  z.strictObject({ item: z.union([z.string().min(1), z.int()]), unit: z.string().min(1) }),
]);

const conversion = z.union([z.number(), z.strictObject({ scale: z.number(), offset: z.number() })]);

const conceptEntry = z.strictObject({
  name: z.string().min(1),
  title: z.string().optional(),
  kind: z.enum(['continuous', 'binary']).default('continuous'),
  unit: z.string().min(1).optional(),
  range: z.tuple([z.number(), z.number()]),
  aggregate: z.enum(['mean', 'median', 'last', 'any']),
  units: z.record(z.string(), conversion).default({}),
  items: z.record(z.string(), z.record(z.string(), z.array(item).min(1))),
});

const conceptFile = z.strictObject({ concepts: z.array(conceptEntry).min(1) });

/** A feature file, also as part of a mapping file. */
export const featureFile = z.strictObject({
  name: z.string().min(1),
  window: z.string(),
  step: z.string(),
  drugs: z.union([z.enum(['all', 'none']), z.array(z.string()).min(1)]).default('none'),
  concepts: z.array(z.union([z.string(), conceptEntry])).default([]),
});

const drugFile = z.strictObject({ drugs: z.record(z.string(), z.array(z.string())) });

/** How the values of one step become one. */
export type Aggregate = 'mean' | 'median' | 'last' | 'any';

/** cohort value = source value · scale + offset */
export interface Conversion {
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
}

/** One item of a source table that measures a concept. */
export interface ConceptItem {
  /** Table as the adapters name it. */
  readonly origin: string;
  /** Number, name or column; compared without regard to case. */
  readonly item: string;
  /** Unit of this item whatever the source says. */
  readonly unit?: string;
}

/** One measured quantity, wherever it comes from. */
export interface Concept {
  readonly name: string;
  readonly kind: 'continuous' | 'binary';
  /** Unit of the cohort. */
  readonly unit?: string;
  /** Plausible range in that unit, both ends included. */
  readonly range: readonly [number, number];
  readonly aggregate: Aggregate;
  readonly conversions: readonly Conversion[];
  /** Items by dataset, e.g. `eicu`. */
  readonly items: Readonly<Record<string, readonly ConceptItem[]>>;
}

/** One drug ingredient and the names under which sources list it. */
export interface Drug {
  readonly name: string;
  readonly synonyms: readonly string[];
}

/** What a cohort is made of, and its default time grid. */
export interface FeatureSet {
  readonly name: string;
  readonly windowMinutes: number;
  readonly stepMinutes: number;
  readonly concepts: readonly Concept[];
  readonly drugs: readonly Drug[];
}

const shipped = new URL('../dictionaries/', import.meta.url);
/** Feature sets that ship with the product. */
export const shippedFeatureSets = ['vitals-labs', 'drugs-labs'] as const;

/** A unit as it is compared: lower case, without blanks. */
export function plainUnit(unit: string): string {
  return unit.toLowerCase().replaceAll(/\s/g, '');
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw new InputError({
      file,
      ...(line === undefined ? {} : { place: `line ${line}` }),
      expected: 'YAML',
      found: 'text that is none',
      remedy: 'Correct the indentation and quotes of that line.',
    });
  }
}

/** A YAML file that fits a schema. @throws InputError with the place of the first fault */
export async function readDocument<T extends z.core.$ZodType>(
  file: string | URL,
  schema: T,
): Promise<z.infer<T>> {
  const name = typeof file === 'string' ? file : (file.pathname.split('/').at(-1) ?? '');
  const document = parseYaml(await readFile(file, 'utf8'), name);
  const parsed = z.safeParse(schema, document);
  if (!parsed.success) throw documentFault(new z.ZodError(parsed.error.issues), schema, document, name);
  return parsed.data;
}

function conceptOf(entry: z.infer<typeof conceptEntry>, file: string): Concept {
  if (!(entry.range[0] < entry.range[1]))
    throw new InputError({
      file,
      place: `concept ${entry.name}`,
      expected: 'a range [low, high] with low < high',
      found: JSON.stringify(entry.range),
      remedy: 'Put the lower bound first.',
    });
  const own = entry.unit === undefined ? [] : [{ unit: plainUnit(entry.unit), scale: 1, offset: 0 }];
  const others = Object.entries(entry.units).map(([unit, factor]) => ({
    unit: plainUnit(unit),
    ...(typeof factor === 'number' ? { scale: factor, offset: 0 } : factor),
  }));
  return {
    name: entry.name,
    kind: entry.kind,
    ...(entry.unit === undefined ? {} : { unit: entry.unit }),
    range: entry.range,
    aggregate: entry.aggregate,
    conversions: [...own, ...others.filter(({ unit }) => unit !== own[0]?.unit)],
    items: Object.fromEntries(
      Object.entries(entry.items).map(([dataset, tables]) => [
        dataset,
        Object.entries(tables).flatMap(([origin, items]) =>
          items.map((one) =>
            typeof one === 'object'
              ? { origin: origin.toLowerCase(), item: String(one.item), unit: plainUnit(one.unit) }
              : { origin: origin.toLowerCase(), item: String(one) },
          ),
        ),
      ]),
    ),
  };
}

async function drugsNamed(wanted: 'all' | 'none' | readonly string[], file: string): Promise<Drug[]> {
  if (wanted === 'none') return [];
  const { drugs } = await readDocument(new URL('drugs.yaml', shipped), drugFile);
  const all = Object.entries(drugs).map(([name, synonyms]) => ({ name, synonyms }));
  if (wanted === 'all') return all;
  return wanted.map((name) => {
    const drug = all.find((one) => one.name === name);
    if (drug === undefined)
      throw new InputError({
        file,
        place: 'drugs',
        expected: 'an ingredient of the drug dictionary',
        found: `"${name}"`,
        remedy: didYouMean(
          name,
          all.map((one) => one.name),
        ),
      });
    return drug;
  });
}

/** Concepts that the product knows. */
export async function shippedConcepts(): Promise<readonly Concept[]> {
  const { concepts } = await readDocument(new URL('concepts.yaml', shipped), conceptFile);
  return concepts.map((entry) => conceptOf(entry, 'concepts.yaml'));
}

/**
 * The feature set `drugs-labs` or `vitals-labs`, or the one in a file. A feature file lists concepts by name, or
 * defines its own in the form of `concepts.yaml`.
 *
 * @throws InputError on an unknown set, concept or drug and on a file that is no feature file
 */
export async function readFeatureSet(features: string): Promise<FeatureSet> {
  const known = shippedFeatureSets.find((name) => name === features);
  if (known === undefined && (await stat(features).catch(() => null))?.isFile() !== true)
    throw new InputError({
      place: '--features',
      expected: `${shippedFeatureSets.join(', ')} or a feature file`,
      found: `'${features}'`,
      remedy: didYouMean(features, shippedFeatureSets),
    });
  const source = known === undefined ? features : new URL(`${known}.yaml`, shipped);
  const file = known === undefined ? features : `${known}.yaml`;
  const entry = await readDocument(source, featureFile);
  return featureSetOf(entry, file);
}

/**
 * The features that a feature file lists.
 *
 * @param file what messages call it
 */
export async function featureSetOf(entry: z.infer<typeof featureFile>, file: string): Promise<FeatureSet> {
  const library = await shippedConcepts();
  const concepts = entry.concepts.map((one) => {
    if (typeof one !== 'string') return conceptOf(one, file);
    const concept = library.find(({ name }) => name === one);
    if (concept === undefined)
      throw new InputError({
        file,
        place: 'concepts',
        expected: 'a concept of the dictionary, or its definition',
        found: `"${one}"`,
        remedy: didYouMean(
          one,
          library.map(({ name }) => name),
        ),
      });
    return concept;
  });
  const drugs = await drugsNamed(entry.drugs, file);
  const names = [...concepts, ...drugs].map(({ name }) => name.toLowerCase());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined || names.length === 0)
    throw new InputError({
      file,
      place: 'concepts and drugs',
      expected: 'at least one feature, each named once',
      found: repeated === undefined ? 'none' : `"${repeated}" twice`,
      remedy: 'List every concept and drug once.',
    });
  return {
    name: entry.name,
    windowMinutes: parseDuration(`window in ${file}`, entry.window),
    stepMinutes: parseDuration(`step in ${file}`, entry.step),
    concepts,
    drugs,
  };
}
