import { stat } from 'node:fs/promises';

import { z } from 'zod';

import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import { conceptEntry, conceptOf, shippedConcepts, type Concept } from './conceptDictionary.js';
import { parseDuration } from './ingestOptions.js';
import { readDocument } from './yamlDocument.js';

/** A feature file, also as part of a mapping file. */
export const featureFile = z.strictObject({
  name: z.string().min(1),
  window: z.string(),
  step: z.string(),
  drugs: z.union([z.enum(['all', 'none']), z.array(z.string()).min(1)]).default('none'),
  concepts: z.array(z.union([z.string(), conceptEntry])).default([]),
});

const drugFile = z.strictObject({ drugs: z.record(z.string(), z.array(z.string())) });

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
const shippedFeatureSets = ['vitals-labs', 'drugs-labs'] as const;

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
