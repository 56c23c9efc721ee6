import type { Cohort, Variable } from '../../cohort/types.js';
import type { Counting, SeedPair } from '../pairedReplicates.js';
import { SparseCountsBuilder } from '../sparseCounts.js';
import { compareCategories, tvdGap } from './categoryGaps.js';
import { quantityGap } from './stayQuantities.js';
import type { VariableGap } from './variableGaps.js';

/** Statics or labels: variables with one value a stay. */
export type StayTable = 'statics' | 'labels';

/** Known value of a static or label; null where it is unknown. */
function known(cohort: Cohort, table: StayTable, stay: number, variable: number): number | null {
  const cell = stay * cohort.schema[table].length + variable;
  const isKnown = table === 'statics' ? cohort.staticsObserved : cohort.labelsObserved;
  return isKnown[cell] === 1 ? cohort[table][cell]! : null;
}

/** TVD of a binary or categorical static or label; for a binary one the difference of its prevalences. */
export function categoricalGap(
  synthetic: Cohort,
  real: Cohort,
  table: StayTable,
  variable: number,
  resamples: number,
  seeds: SeedPair,
): VariableGap {
  const { name, levels } = real.schema[table][variable]!;
  const counting: Counting = {
    name: `${table} ${variable}`,
    counts(cohort) {
      const builder = new SparseCountsBuilder(Math.max(2, levels?.length ?? 0));
      for (let i = 0; i < cohort.size; i++) {
        const value = known(cohort, table, i, variable);
        if (value !== null) builder.add(value, 1);
        builder.endStay();
      }
      return builder.build();
    },
  };
  return tvdGap(name, compareCategories(synthetic, real, counting, resamples, seeds));
}

/** KS distance of a continuous, TVD of a binary or categorical static or label. */
export function stayVariableGap(
  synthetic: Cohort,
  real: Cohort,
  table: StayTable,
  variable: number,
  resamples: number,
  seeds: SeedPair,
): VariableGap {
  const { name, kind }: Variable = real.schema[table][variable]!;
  if (kind !== 'continuous') return categoricalGap(synthetic, real, table, variable, resamples, seeds);
  const quantity = {
    name: `${table} ${variable}`,
    of: (cohort: Cohort, stay: number) => known(cohort, table, stay, variable),
  };
  return { ...quantityGap(synthetic, real, quantity, resamples, seeds), name };
}
