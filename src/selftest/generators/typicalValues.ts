import type { Cohort, VariableKind } from '../../cohort/types.js';

/**
 * The typical value of each column of a table with rows after each other: the mean of known values of a continuous column, the most frequent
 * one otherwise (the smallest of equals); 0 where nothing is known.
 */
function typical(
  values: Float32Array,
  known: Uint8Array,
  kinds: readonly { readonly kind: VariableKind }[],
): number[] {
  return kinds.map(({ kind }, column) => {
    const counts = new Map<number, number>();
    let [sum, count] = [0, 0];
    for (let cell = column; cell < values.length; cell += kinds.length) {
      if (known[cell] === 0) continue;
      const value = values[cell]!;
      sum += value;
      count++;
      if (kind !== 'continuous') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (count === 0) return 0;
    if (kind === 'continuous') return sum / count;
    return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
  });
}

/** Typical value of every feature, over all observed cells. */
export function typicalFeatures({ values, observed, schema }: Cohort): readonly number[] {
  return typical(values, observed, schema.features);
}

/** Typical value of every static. */
export function typicalStatics({ statics, staticsObserved, schema }: Cohort): readonly number[] {
  return typical(statics, staticsObserved, schema.statics);
}
