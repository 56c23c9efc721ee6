import type { Cohort } from '../../cohort/types.js';
import { random } from '../../engine/random.js';
import { jensenShannonDistance } from '../../stats/jensenShannon.js';

/** Bins of a continuous feature: equal shares of the pooled values. */
const bins = 20;
/** Deals of stays to hospitals that give the divergence by chance. */
const deals = 5;

/** Distinct inner edges at the pooled quantiles, from the observed values of one feature, sorted. */
function edgesOf(sorted: Float32Array): number[] {
  const edges = Array.from(
    { length: bins - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)]!,
  );
  return [...new Set(edges)];
}

/** Number of edges at or below the value: the value's bin. */
function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface FeatureDistribution {
  /** Quartiles of the observed values; null when there are none. */
  readonly quartiles: readonly [number, number, number] | null;
  /** Mean of the observed values; null when there are none. */
  readonly mean: number | null;
  /** Jensen–Shannon distance of each hospital to the pooled values; null without values. */
  readonly divergence: readonly (number | null)[];
  /** Mean of the same over random deals: every hospital gets as many of the stays that have the feature as it has. */
  readonly byChance: readonly (number | null)[];
}

/** Values of one feature (index into the schema): pooled quartiles, and how far each hospital is from the pool. */
export function featureDistribution(cohort: Cohort, feature: number): FeatureDistribution {
  const { steps, features } = cohort.schema;
  const width = features.length;
  const variable = features[feature]!;
  const stayOf: number[] = [];
  const values: number[] = [];
  for (let stay = 0; stay < cohort.size; stay++)
    for (let t = 0; t < cohort.length[stay]!; t++) {
      const cell = (stay * steps + t) * width + feature;
      if (cohort.observed[cell] !== 1) continue;
      stayOf.push(stay);
      values.push(cohort.values[cell]!);
    }
  const none = cohort.hospitals.map(() => null);
  if (values.length === 0) return { quartiles: null, mean: null, divergence: none, byChance: none };
  const sorted = Float32Array.from(values).sort();
  const edges = variable.kind === 'continuous' ? edgesOf(sorted) : [];
  const size = variable.kind === 'continuous' ? edges.length + 1 : (variable.levels?.length ?? 2);
  const binned = Uint16Array.from(values, (value) =>
    variable.kind === 'continuous' ? binOf(edges, value) : value,
  );
  const pooled = new Float64Array(size);
  for (const bin of binned) pooled[bin]! += 1;
  const distances = (hospital: ArrayLike<number>): (number | null)[] => {
    const counts = cohort.hospitals.map(() => new Float64Array(size));
    for (let i = 0; i < binned.length; i++) counts[hospital[stayOf[i]!]!]![binned[i]!]! += 1;
    return counts.map((own) => jensenShannonDistance(own, pooled));
  };
  // Only stays that have the feature are dealt, so that each hospital keeps its number of them.
  const having = [...new Set(stayOf)];
  const dealt = Array.from({ length: deals }, (_, deal) => {
    const order = random('divergence by chance', deal).permutation(having.length);
    const hospital = Uint16Array.from(cohort.hospital);
    for (const [to, stay] of having.entries()) hospital[stay] = cohort.hospital[having[order[to]!]!]!;
    return distances(hospital);
  });
  const quantile = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
  return {
    quartiles: [quantile(0.25), quantile(0.5), quantile(0.75)],
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    divergence: distances(cohort.hospital),
    byChance: cohort.hospitals.map((_, hospital) => {
      const known = dealt.map((one) => one[hospital] ?? null).filter((one) => one !== null);
      return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
    }),
  };
}
