import type { Cohort } from '../../cohort/types.js';

/** Attributes that an attacker wants to learn, at most; and never more than half of the variables, or nothing is known. */
const MOST = 10;

/** A yes-or-no attribute of a stay. */
export interface SensitiveAttribute {
  readonly name: string;
  readonly of: 'feature' | 'static';
  readonly index: number;
  /** [stays] 1 or 0; NaN where unknown */
  valuesIn(cohort: Cohort): Float64Array;
}

/**
 * What is guessed: up to ten binary features ("ever 1 during the stay") and two-valued statics, the ones nearest to one
 * half in train first, ties by name; without any, as many continuous features whose mean during the stay lies above
 * the median of train, the most often observed first. Never more than half of all variables. Attributes with one value in train are none.
 */
export function sensitiveAttributes(train: Cohort): readonly SensitiveAttribute[] {
  const { features, statics } = train.schema;
  const binary = [
    ...features.flatMap(({ name, kind }, index) => (kind === 'binary' ? [everOne(name, index)] : [])),
    ...statics.flatMap(({ name, kind, levels }, index) =>
      kind === 'binary' || (kind === 'categorical' && levels?.length === 2) ? [staticOne(name, index)] : [],
    ),
  ];
  const told = ranked(binary, train, (share) => Math.abs(share - 0.5));
  if (told.length > 0) return told;
  const continuous = features.flatMap(({ name, kind }, index) =>
    kind === 'continuous' ? [aboveMedian(name, index, train)] : [],
  );
  return ranked(continuous, train, (_, known) => -known);
}

function ranked(
  attributes: readonly SensitiveAttribute[],
  train: Cohort,
  order: (share: number, known: number) => number,
): readonly SensitiveAttribute[] {
  const variables = train.schema.features.length + train.schema.statics.length;
  return attributes
    .map((attribute) => {
      const known = attribute.valuesIn(train).filter((value) => !Number.isNaN(value));
      const share = known.reduce((sum, value) => sum + value, 0) / known.length;
      return { attribute, share, order: order(share, known.length) };
    })
    .filter(({ share }) => share > 0 && share < 1)
    .sort((a, b) => a.order - b.order || (a.attribute.name < b.attribute.name ? -1 : 1))
    .slice(0, Math.min(MOST, Math.max(1, Math.floor(variables / 2))))
    .map(({ attribute }) => attribute);
}

function everOne(name: string, index: number): SensitiveAttribute {
  return {
    name,
    of: 'feature',
    index,
    valuesIn: (cohort) => perStay(cohort, index, (values) => (values.some((value) => value === 1) ? 1 : 0)),
  };
}

function aboveMedian(name: string, index: number, train: Cohort): SensitiveAttribute {
  const means = (cohort: Cohort): Float64Array =>
    perStay(cohort, index, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const known = means(train)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const middle = known.length / 2;
  const median = (known[Math.ceil(middle) - 1]! + known[Math.floor(middle)]!) / 2;
  return {
    name,
    of: 'feature',
    index,
    valuesIn: (cohort) =>
      means(cohort).map((mean) => (Number.isNaN(mean) ? Number.NaN : mean > median ? 1 : 0)),
  };
}

function staticOne(name: string, index: number): SensitiveAttribute {
  return {
    name,
    of: 'static',
    index,
    valuesIn: ({ size, schema, statics, staticsObserved }) =>
      Float64Array.from({ length: size }, (_, stay) => {
        const cell = stay * schema.statics.length + index;
        return staticsObserved[cell] === 1 ? statics[cell]! : Number.NaN;
      }),
  };
}

/** [stays] a number of the observed values of a feature; NaN without any. */
function perStay(
  { size, schema, values, observed }: Cohort,
  feature: number,
  of: (values: readonly number[]) => number,
): Float64Array {
  const features = schema.features.length;
  return Float64Array.from({ length: size }, (_, stay) => {
    const seen: number[] = [];
    for (let t = 0; t < schema.steps; t++) {
      const cell = (stay * schema.steps + t) * features + feature;
      if (observed[cell] === 1) seen.push(values[cell]!);
    }
    return seen.length === 0 ? Number.NaN : of(seen);
  });
}
