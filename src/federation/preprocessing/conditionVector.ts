import type { Cohort, CohortSchema, Variable } from '../../cohort/types.js';
import { scoreOf, type QuantileTransform } from './quantileTransform.js';

/** Columns of the condition vector c: labels, statics (each with a column for "unknown"), then the hospital one-hot. */
export interface ConditionLayout {
  readonly schema: CohortSchema;
  readonly hospitals: readonly string[];
  /** Normal-score transforms of continuous labels and statics; null where none was released. */
  readonly labelTransforms: readonly (QuantileTransform | null)[];
  readonly staticTransforms: readonly (QuantileTransform | null)[];
  /** Factor on the columns of labels: what they teach is easily lost among many other columns. */
  readonly labelScale: number;
  readonly width: number;
}

const columnsOf = (variable: Variable): number =>
  1 + (variable.kind === 'categorical' ? (variable.levels ?? []).length : 1);

export function conditionLayout(
  schema: CohortSchema,
  hospitals: readonly string[],
  labelTransforms: readonly (QuantileTransform | null)[],
  staticTransforms: readonly (QuantileTransform | null)[],
  labelScale: number,
): ConditionLayout {
  const width = [...schema.labels, ...schema.statics].reduce(
    (sum, variable) => sum + columnsOf(variable),
    hospitals.length,
  );
  return { schema, hospitals, labelTransforms, staticTransforms, labelScale, width };
}

/** Writes one variable's columns: value column(s), then 1 if unknown. Returns the next column. */
function writeVariable(
  target: Float32Array,
  at: number,
  variable: Variable,
  known: boolean,
  value: number,
  transform: QuantileTransform | null,
): number {
  const end = at + columnsOf(variable) - 1;
  if (!known) target[end] = 1;
  else if (variable.kind === 'categorical') target[at + value] = 1;
  else if (variable.kind === 'binary') target[at] = value;
  else target[at] = transform === null ? 0 : scoreOf(transform, value);
  return end + 1;
}

/** Condition vectors of stays, [rows × width]. */
export function conditionVectors(
  cohort: Cohort,
  layout: ConditionLayout,
  rows: ArrayLike<number>,
): Float32Array {
  const { labels, statics } = layout.schema;
  const vectors = new Float32Array(rows.length * layout.width);
  const hospitalColumn = cohort.hospitals.map((hospital) => layout.hospitals.indexOf(hospital));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    let at = i * layout.width;
    for (let l = 0; l < labels.length; l++) {
      const cell = row * labels.length + l;
      const known = cohort.labelsObserved[cell] === 1;
      at = writeVariable(
        vectors,
        at,
        labels[l]!,
        known,
        cohort.labels[cell]!,
        layout.labelTransforms[l] ?? null,
      );
    }
    for (let column = i * layout.width; column < at; column++) vectors[column]! *= layout.labelScale;
    for (let s = 0; s < statics.length; s++) {
      const cell = row * statics.length + s;
      const known = cohort.staticsObserved[cell] === 1;
      at = writeVariable(
        vectors,
        at,
        statics[s]!,
        known,
        cohort.statics[cell]!,
        layout.staticTransforms[s] ?? null,
      );
    }
    vectors[at + hospitalColumn[cohort.hospital[row]!]!] = 1;
  }
  return vectors;
}
