import type { Cohort } from '../../cohort/types.js';
import type { LabelDescription } from './description.js';
import { jensenShannonDistance } from '../../stats/jensenShannon.js';
import { disclosive, withhold } from './withhold.js';

/** Wilson score interval of a share, 95 %. */
export function wilsonInterval(positive: number, n: number): readonly [number, number] {
  const z = 1.959964;
  const share = positive / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * Prevalence of every binary label, in all and per hospital; other kinds have none.
 *
 * @param hiddenHospitals hospitals whose size is withheld: nothing is said of their labels
 */
export function describeLabels(
  cohort: Cohort,
  hiddenHospitals: readonly boolean[],
): readonly LabelDescription[] {
  const width = cohort.schema.labels.length;
  return cohort.schema.labels.map(({ name, kind }, index): LabelDescription => {
    const known = cohort.hospitals.map(() => 0);
    const positive = cohort.hospitals.map(() => 0);
    for (let stay = 0; stay < cohort.size; stay++) {
      const at = stay * width + index;
      if (cohort.labelsObserved[at] !== 1) continue;
      known[cohort.hospital[stay]!]! += 1;
      positive[cohort.hospital[stay]!]! += cohort.labels[at]!;
    }
    const total = known.reduce((sum, one) => sum + one, 0);
    const positives = positive.reduce((sum, one) => sum + one, 0);
    const { hidden, totalHidden } = withhold(positive.map((count, k) => ({ count, most: known[k]! })));
    const nothing = kind !== 'binary' || total === 0;
    const definition = cohort.schema.provenance.labelDefinitions?.[name] ?? null;
    const pooledHidden = nothing || totalHidden || disclosive({ count: positives, most: total });
    return {
      name,
      definition,
      prevalence: pooledHidden ? null : positives / total,
      hospitals: cohort.hospitals.map((_, k) => {
        const n = known[k]!;
        if (nothing || hidden[k]! || hiddenHospitals[k]! || n === 0)
          return { prevalence: null, interval: null, skew: null };
        return {
          prevalence: positive[k]! / n,
          interval: wilsonInterval(positive[k]!, n),
          skew: pooledHidden
            ? null
            : jensenShannonDistance([positive[k]!, n - positive[k]!], [positives, total - positives]),
        };
      }),
    };
  });
}
