import { z } from 'zod';

import { InputError } from '../../cohort/inputError.js';
import { readDocument } from './yamlDocument.js';

const item = z.union([
  z.string().min(1),
  z.int(),
  z.strictObject({ item: z.union([z.string().min(1), z.int()]), unit: z.string().min(1) }),
]);

const conversion = z.union([z.number(), z.strictObject({ scale: z.number(), offset: z.number() })]);

/** One concept of `concepts.yaml`, or of a feature file. */
export const conceptEntry = z.strictObject({
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

/** A unit as it is compared: lower case, without blanks. */
export function plainUnit(unit: string): string {
  return unit.toLowerCase().replaceAll(/\s/g, '');
}

/** A concept as its entry in a dictionary or feature file describes it. @throws InputError on an empty range */
export function conceptOf(entry: z.infer<typeof conceptEntry>, file: string): Concept {
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

/** Concepts that the product knows. */
export async function shippedConcepts(): Promise<readonly Concept[]> {
  const { concepts } = await readDocument(
    new URL('../dictionaries/concepts.yaml', import.meta.url),
    conceptFile,
  );
  return concepts.map((entry) => conceptOf(entry, 'concepts.yaml'));
}
