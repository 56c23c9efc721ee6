import { isSmallCell, SMALLEST_CELL, suppressedCount } from '../../cohort/suppression.js';
import type { Cohort } from '../../cohort/types.js';
import type { Disclosed, FeatureDescription } from './description.js';
import { featureDistribution } from './featureDistributions.js';
import { disclosive, withhold } from './withhold.js';

/** Patients whose values stand behind quartiles: 11 for each quarter. */
const fewestForQuartiles = 4 * SMALLEST_CELL;

interface Tally {
  /** Per step: stays with a value, and stays that last so long. */
  readonly at: Float64Array;
  readonly lasting: Float64Array;
  /** Per hospital: cells with a value, cells, and patients with at least one value. */
  readonly cells: Float64Array;
  readonly all: Float64Array;
  readonly patients: readonly number[];
  readonly anywhere: number;
  /** Patients with a value of 1 (binary features). */
  readonly positive: number;
}

function tally(cohort: Cohort, feature: number): Tally {
  const { steps, features } = cohort.schema;
  const [at, lasting] = [new Float64Array(steps), new Float64Array(steps)];
  const [cells, all] = [new Float64Array(cohort.hospitals.length), new Float64Array(cohort.hospitals.length)];
  const patients = cohort.hospitals.map(() => new Set<string>());
  const positive = new Set<string>();
  for (let stay = 0; stay < cohort.size; stay++) {
    const hospital = cohort.hospital[stay]!;
    let seen = 0;
    for (let t = 0; t < cohort.length[stay]!; t++) {
      const cell = (stay * steps + t) * features.length + feature;
      const observed = cohort.observed[cell]!;
      at[t]! += observed;
      lasting[t]! += 1;
      seen += observed;
      if (observed === 1 && cohort.values[cell] === 1) positive.add(cohort.patients[stay]!);
    }
    cells[hospital]! += seen;
    all[hospital]! += cohort.length[stay]!;
    if (seen > 0) patients[hospital]!.add(cohort.patients[stay]!);
  }
  const anywhere = new Set(patients.flatMap((one) => [...one])).size;
  return {
    at,
    lasting,
    cells,
    all,
    patients: patients.map((one) => one.size),
    anywhere,
    positive: positive.size,
  };
}

const share = (part: number, whole: number): Disclosed => (whole === 0 ? null : part / whole);

const sum = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((total, one) => total + one, 0);

/** How often, where and with which values every feature is recorded. */
export function describeFeatures(cohort: Cohort): readonly FeatureDescription[] {
  return cohort.schema.features.map((variable, feature): FeatureDescription => {
    const { at, lasting, cells, all, patients, anywhere, positive } = tally(cohort, feature);
    const distribution = featureDistribution(cohort, feature);
    const byStep = withhold(Array.from(at, (count, t) => ({ count, most: lasting[t]! })));
    const byHospital = withhold(patients.map((count) => ({ count, most: Infinity })));
    const totalHidden = byStep.totalHidden || byHospital.totalHidden || isSmallCell(anywhere);
    const shown = <T>(values: readonly T[]): (T | null)[] =>
      values.map((value, hospital) => (byHospital.hidden[hospital] ? null : value));
    const binary =
      variable.kind === 'binary' && !totalHidden && !disclosive({ count: positive, most: anywhere });
    return {
      variable,
      observed: totalHidden ? null : share(sum(cells), sum(all)),
      observedAt: Array.from(at, (count, t) => (byStep.hidden[t] ? null : share(count, lasting[t]!))),
      observedIn: shown(Array.from(cells, (count, hospital) => share(count, all[hospital]!))),
      quartiles:
        variable.kind === 'continuous' && anywhere >= fewestForQuartiles ? distribution.quartiles : null,
      prevalence: binary ? distribution.mean : null,
      divergence: shown(distribution.divergence),
      divergenceByChance: shown(distribution.byChance),
      outOfRange: suppressedCount(cohort.schema.provenance.outOfRange?.[variable.name] ?? 0),
    };
  });
}
