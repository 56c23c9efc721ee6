import type { Cohort, CohortSchema } from '../../cohort/types.js';

/** A continuous quantity whose distribution hospitals release as a histogram. */
export interface HistogramVariable {
  readonly source: 'feature' | 'static' | 'label' | 'length';
  /** Index among the schema's features, statics or labels; 0 for the length. */
  readonly index: number;
  readonly name: string;
  readonly range: readonly [number, number];
}

/** Without a plausible range in the schema the first grid is this wide; later passes narrow it. */
const widestRange: readonly [number, number] = [-1e6, 1e6];

/** The continuous features, statics and labels of a schema in this order, then the length of stay in steps. */
export function histogramVariables(schema: CohortSchema): HistogramVariable[] {
  const listed = (source: 'feature' | 'static' | 'label', variables: CohortSchema['features']) =>
    variables.flatMap((variable, index) =>
      variable.kind === 'continuous'
        ? [{ source, index, name: variable.name, range: variable.range ?? widestRange }]
        : [],
    );
  return [
    ...listed('feature', schema.features),
    ...listed('static', schema.statics),
    ...listed('label', schema.labels),
    { source: 'length', index: 0, name: 'length of stay', range: [1, schema.steps] },
  ];
}

/** Calls `visit(value, row)` for every known value of a variable at the given rows. */
export function eachValue(
  cohort: Cohort,
  variable: HistogramVariable,
  rows: ArrayLike<number>,
  visit: (value: number, row: number) => void,
): void {
  const { steps, features, statics, labels } = cohort.schema;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (variable.source === 'length') visit(cohort.length[row]!, row);
    else if (variable.source === 'feature') {
      for (let t = 0; t < cohort.length[row]!; t++) {
        const cell = (row * steps + t) * features.length + variable.index;
        if (cohort.observed[cell] === 1) visit(cohort.values[cell]!, row);
      }
    } else if (variable.source === 'static') {
      const cell = row * statics.length + variable.index;
      if (cohort.staticsObserved[cell] === 1) visit(cohort.statics[cell]!, row);
    } else {
      const cell = row * labels.length + variable.index;
      if (cohort.labelsObserved[cell] === 1) visit(cohort.labels[cell]!, row);
    }
  }
}
