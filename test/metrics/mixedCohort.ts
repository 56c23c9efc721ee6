import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cohort, Variable } from '../../src/cohort/types.js';
import { simulatedSchema } from './simulatedCohort.js';

const cell = z.number().nullable();
const part = z.object({
  rows: z.array(z.array(z.array(cell))),
  statics: z.array(z.array(cell)),
  labels: z.array(z.array(cell)),
  patients: z.array(z.string()),
});
const variables = z.array(
  z.object({
    name: z.string(),
    kind: z.enum(['continuous', 'binary', 'categorical']),
    levels: z.array(z.string()).optional(),
  }),
);
const schema = z.object({
  steps: z.number(),
  features: variables,
  statics: variables,
  labels: variables,
  cohorts: z.array(
    z.object({
      name: z.string(),
      train: part,
      holdout: part,
      synthetic: part,
      expected: z.array(
        z.object({
          metric: z.string(),
          parameters: z.record(z.string(), z.union([z.string(), z.number()])),
          value: cell,
          squaredPearson: cell.optional(),
        }),
      ),
    }),
  ),
});

/** Stays of a cohort by hand: rows [stay][step][feature], null = not observed; a stay is as long as its rows. */
export interface MixedPart {
  readonly rows: readonly (readonly (readonly (number | null)[])[])[];
  readonly statics?: readonly (readonly (number | null)[])[];
  readonly labels?: readonly (readonly (number | null)[])[];
  readonly patients?: readonly string[];
}

/** The variables of a cohort by hand. */
export interface MixedSchema {
  readonly steps: number;
  readonly features: readonly Variable[];
  readonly statics?: readonly Variable[];
  readonly labels?: readonly Variable[];
}

/** What numpy, scipy and scikit-learn say about the same small cohorts; written by the scripts beside the files. */
export function readMixedFixture(name: string): MixedSchema & Pick<z.infer<typeof schema>, 'cohorts'> {
  const text = readFileSync(new URL(`../fixtures/metrics/${name}`, import.meta.url), 'utf8');
  const { steps, cohorts, ...tables } = schema.parse(JSON.parse(text));
  const plain = (list: z.infer<typeof variables>): Variable[] =>
    list.map(({ levels, ...rest }) => (levels === undefined ? rest : { ...rest, levels }));
  return {
    steps,
    cohorts,
    features: plain(tables.features),
    statics: plain(tables.statics),
    labels: plain(tables.labels),
  };
}

/** A cohort of any kinds of variables, from rows given by hand. */
export function mixedCohort(
  { steps, features, statics = [], labels = [] }: MixedSchema,
  { rows, statics: facts = [], labels: outcomes = [], patients }: MixedPart,
): Cohort {
  const size = rows.length;
  const values = new Float32Array(size * steps * features.length);
  const observed = new Uint8Array(values.length);
  rows.forEach((stay, i) => {
    stay.forEach((step, t) => {
      step.forEach((value, f) => {
        if (value === null) return;
        const at = (i * steps + t) * features.length + f;
        values[at] = value;
        observed[at] = 1;
      });
    });
  });
  const [ofStatics, ofLabels] = [table(facts, size, statics.length), table(outcomes, size, labels.length)];
  return {
    schema: { ...simulatedSchema, steps, features, statics, labels },
    size,
    values,
    observed,
    length: Uint16Array.from(rows, (stay) => stay.length),
    hospital: new Uint16Array(size),
    hospitals: ['A'],
    patients: patients ?? rows.map((_, i) => `by-hand-${i}`),
    statics: ofStatics.values,
    staticsObserved: ofStatics.known,
    labels: ofLabels.values,
    labelsObserved: ofLabels.known,
  };
}

function table(
  rows: readonly (readonly (number | null)[])[],
  size: number,
  width: number,
): { values: Float32Array; known: Uint8Array } {
  const values = new Float32Array(size * width);
  const known = new Uint8Array(size * width);
  rows.forEach((row, i) => {
    row.forEach((value, v) => {
      if (value === null) return;
      values[i * width + v] = value;
      known[i * width + v] = 1;
    });
  });
  return { values, known };
}
