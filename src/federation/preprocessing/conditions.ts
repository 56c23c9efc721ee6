import type { Cohort, CohortSchema, Variable } from '../../cohort/types.js';
import { binOf } from './histogram.js';
import { mergeSmallCells, type JointCells } from './smallCells.js';

/** One variable of the condition: a label, a static, or the length of stay. */
export interface ConditionVariable {
  readonly source: 'label' | 'static' | 'length';
  /** Index among the schema's labels or statics; 0 for the length. */
  readonly index: number;
  readonly kind: Variable['kind'];
  /** Inner edges of a continuous variable's quantile bins: level 0 is everything up to the first. Empty otherwise. */
  readonly innerEdges: Float64Array;
  /** Number of levels without the last one, `unknown`. */
  readonly levels: number;
}

/** Levels of the condition variables in this order: labels, statics, length. */
export function conditionVariables(
  schema: CohortSchema,
  innerEdges: (source: ConditionVariable['source'], index: number) => Float64Array,
): ConditionVariable[] {
  const listed = (source: 'label' | 'static', variables: readonly Variable[]): ConditionVariable[] =>
    variables.map((variable, index) => {
      const edges = variable.kind === 'continuous' ? innerEdges(source, index) : new Float64Array(0);
      const levels =
        variable.kind === 'continuous'
          ? edges.length + 1
          : variable.kind === 'binary'
            ? 2
            : (variable.levels ?? []).length;
      return { source, index, kind: variable.kind, innerEdges: edges, levels };
    });
  const length = innerEdges('length', 0);
  return [
    ...listed('label', schema.labels),
    ...listed('static', schema.statics),
    { source: 'length', index: 0, kind: 'continuous', innerEdges: length, levels: length.length + 1 },
  ];
}

/** Level of one stay; `variable.levels` when unknown. */
function levelOf(cohort: Cohort, variable: ConditionVariable, row: number): number {
  let value = cohort.length[row]!;
  if (variable.source === 'static') {
    const cell = row * cohort.schema.statics.length + variable.index;
    if (cohort.staticsObserved[cell] !== 1) return variable.levels;
    value = cohort.statics[cell]!;
  } else if (variable.source === 'label') {
    const cell = row * cohort.schema.labels.length + variable.index;
    if (cohort.labelsObserved[cell] !== 1) return variable.levels;
    value = cohort.labels[cell]!;
  }
  if (variable.kind !== 'continuous') return value;
  const { innerEdges } = variable;
  if (innerEdges.length === 0 || value <= innerEdges[0]!) return 0;
  const bin = binOf(innerEdges, value);
  return bin < 0 ? innerEdges.length : bin + 1;
}

/**
 * Joint histogram of the condition over the given stays, small cells merged: a stay in a cell of fewer than 11 counts in
 * the nearest released cell, and a label is the last thing that such a merge changes, the length before it, then the statics.
 */
export function countConditions(
  cohort: Cohort,
  variables: readonly ConditionVariable[],
  rows: ArrayLike<number>,
): JointCells {
  const found = new Map<string, { levels: number[]; count: number }>();
  for (let i = 0; i < rows.length; i++) {
    const levels = variables.map((variable) => levelOf(cohort, variable, rows[i]!));
    const key = levels.join();
    const cell = found.get(key);
    if (cell === undefined) found.set(key, { levels, count: 1 });
    else cell.count++;
  }
  const compare = (a: readonly number[], b: readonly number[]): number => {
    for (let v = 0; v < a.length; v++) if (a[v] !== b[v]) return a[v]! - b[v]!;
    return 0;
  };
  const cells = [...found.values()].sort((a, b) => compare(a.levels, b.levels));
  const weight = { label: 100, length: 2, static: 1 } as const;
  return mergeSmallCells(
    {
      variables: variables.length,
      levels: Int32Array.from(cells.flatMap((cell) => cell.levels)),
      counts: Float64Array.from(cells, (cell) => cell.count),
    },
    variables.map((variable) => weight[variable.source]),
    variables.map((variable) => (variable.kind === 'continuous' ? variable.levels : null)),
  );
}
