import type { Cohort } from '../../cohort/types.js';
import { codeSpace } from '../codeSpace.js';
import { countsOf, type Counting } from '../pairedReplicates.js';
import { columnTotals, SparseCountsBuilder } from '../sparseCounts.js';

/**
 * What one point of a prevalence is. `step`: a code at a step, share of the stays still there; `code`: a code, share of
 * all steps of all stays; `stay`: a code, share of the stays in which it occurs at least once.
 */
export type PrevalenceUnit = 'step' | 'code' | 'stay';

export const PREVALENCE_UNITS = ['step', 'code', 'stay'] as const;

/** Points of a prevalence: [step · codes + code], or [code]. */
export function pointSpace({ schema }: Cohort, unit: PrevalenceUnit): number {
  return codeSpace(schema).size * (unit === 'step' ? schema.steps : 1);
}

/**
 * Occurrences of every code. Columns from `pointSpace` on are the denominators: of every step, or a single one.
 */
export function prevalenceCounts(unit: PrevalenceUnit): Counting {
  return { name: `prevalence by ${unit}`, counts: (cohort) => count(cohort, unit) };
}

function count(cohort: Cohort, unit: PrevalenceUnit): ReturnType<Counting['counts']> {
  const { size, schema, observed, values } = cohort;
  const { steps } = schema;
  const features = schema.features.length;
  const codes = codeSpace(schema);
  const points = pointSpace(cohort, unit);
  const builder = new SparseCountsBuilder(points + steps);
  // The last stay in which a code was seen, plus one: a stay counts once however often it has the code.
  const seen = new Map<number, number>();
  for (let i = 0; i < size; i++) {
    if (unit === 'stay') builder.add(points, 1);
    for (let t = 0; t < cohort.length[i]!; t++) {
      if (unit !== 'stay') builder.add(unit === 'step' ? points + t : points, 1);
      for (let f = 0; f < features; f++) {
        const cell = (i * steps + t) * features + f;
        if (observed[cell] === 0) continue;
        const code = codes.codeAt(f, values[cell]!);
        if (code < 0) continue;
        if (unit === 'step') builder.add(t * codes.size + code, 1);
        else if (unit === 'code') builder.add(code, 1);
        else if (seen.get(code) !== i) {
          seen.set(code, i);
          builder.add(code, 1);
        }
      }
    }
    builder.endStay();
  }
  return builder.build();
}

/** Prevalences of the points that occur in either of two cohorts, on one list of columns. */
export interface Prevalences {
  readonly synthetic: Float64Array;
  readonly real: Float64Array;
  /** Points that occur in neither: both prevalences are 0. */
  readonly absent: number;
}

/**
 * Prevalences from column totals. Points at steps that no stay of a side reaches are left out.
 *
 * @param codes number of codes
 * @param points as `pointSpace`
 * @param among the codes that count; null = all
 */
export function prevalencesOf(
  synthetic: Float64Array,
  real: Float64Array,
  columns: Float64Array,
  codes: number,
  points: number,
  among: ReadonlySet<number> | null,
): Prevalences {
  let end = columns.length;
  while (end > 0 && columns[end - 1]! >= points) end--;
  const denominators = new Map<number, number>();
  let comparable = 0;
  for (let k = end; k < columns.length; k++) {
    denominators.set(columns[k]! - points, k);
    if (synthetic[k]! > 0 && real[k]! > 0) comparable++;
  }
  const found = { synthetic: new Float64Array(end), real: new Float64Array(end) };
  const perStep = points > codes;
  let kept = 0;
  for (let k = 0; k < end; k++) {
    const column = columns[k]!;
    const code = perStep ? column % codes : column;
    if (among !== null && !among.has(code)) continue;
    const denominator = denominators.get(perStep ? (column - code) / codes : 0);
    if (denominator === undefined || !(synthetic[denominator]! > 0) || !(real[denominator]! > 0)) continue;
    found.synthetic[kept] = synthetic[k]! / synthetic[denominator]!;
    found.real[kept++] = real[k]! / real[denominator]!;
  }
  const all = comparable * (among === null ? codes : among.size);
  return {
    synthetic: found.synthetic.subarray(0, kept),
    real: found.real.subarray(0, kept),
    absent: all - kept,
  };
}

/** Codes that occur in a cohort, but in a smaller share of its stays than `below`. */
export function rareCodes(cohort: Cohort, below: number): ReadonlySet<number> {
  const counts = countsOf(cohort, prevalenceCounts('stay'));
  const { columns } = counts;
  const totals = columnTotals(counts, null, new Float64Array(columns.length));
  const points = pointSpace(cohort, 'stay');
  return new Set(
    Array.from(columns).filter((column, at) => column < points && totals[at]! < below * cohort.size),
  );
}
