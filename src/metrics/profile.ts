import { SMALLEST_CELL } from '../cohort/suppression.js';
import type { Cohort } from '../cohort/types.js';
import { totalsOf } from './additiveStatistic.js';
import { definedOrNull } from './additiveGap.js';
import { featuresWhere, isNumeric } from './comparison.js';
import type { CohortProfile } from './contract.js';
import { sortedFeature } from './marginal/sortedFeatures.js';
import { correlations, pairIndex } from './pairwise/correlations.js';
import { MIN_JOINT } from './pairwise/correlationGap.js';
import { MAX_LAG, MIN_PAIRS } from './temporal/acfGap.js';
import { autocorrelations } from './temporal/autocorrelations.js';

const QUANTILE_LEVELS: readonly number[] = [
  0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
];

/** Rank window that a quantile is averaged over at first, on either side; it grows until 11 patients are in it. */
const NARROWEST_WINDOW = 5;

/**
 * Aggregates of one cohort for figures, under the disclosure rules. The unit is the patient, however many stays each
 * has: a correlation needs 11 patients with both values at one step, an autocorrelation 11 with both values at that lag,
 * and a quantile is no patient's value but the mean of neighbouring ones of at least 11. Quantiles of a feature are
 * withheld unless 11 patients lie beyond its outermost levels on either side.
 */
export function cohortProfile(cohort: Cohort): CohortProfile {
  const { schema } = cohort;
  const patientOf = patientNumbers(cohort);
  return {
    features: schema.features.map((feature) => feature.name),
    units: schema.features.map((feature) => feature.unit ?? ''),
    quantileLevels: QUANTILE_LEVELS,
    quantiles: schema.features.map((feature, f) =>
      isNumeric(feature.kind) ? quantiles(cohort, f, patientOf) : null,
    ),
    autocorrelation: autocorrelation(cohort, patientOf),
    correlation: correlation(cohort, patientOf),
  };
}

/** [stays] number of the stay's patient. */
function patientNumbers(cohort: Cohort): Uint32Array {
  const numbers = new Map<string, number>();
  return Uint32Array.from(cohort.patients, (id) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
}

/** Whether the stays that qualify are those of 11 patients or more. */
function areEnough(
  stays: Iterable<number>,
  patientOf: Uint32Array,
  qualifies: (stay: number) => boolean,
): boolean {
  const patients = new Set<number>();
  for (const stay of stays) {
    if (patients.has(patientOf[stay]!) || !qualifies(stay)) continue;
    if (patients.add(patientOf[stay]!).size >= SMALLEST_CELL) return true;
  }
  return false;
}

/**
 * Quantiles interpolated between order statistics (type 7) and averaged over a window of ranks, equally wide at every level
 * so that they ascend; null under the disclosure rules.
 */
function quantiles(cohort: Cohort, feature: number, patientOf: Uint32Array): readonly number[] | null {
  const { values, owner } = sortedFeature(cohort, feature);
  const last = values.length - 1;
  const centres = QUANTILE_LEVELS.map((level) => level * last);
  const ranks = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => owner[from + i]!);
  const anyStay = (): boolean => true;
  let half = NARROWEST_WINDOW;
  for (; ; half = Math.ceil(1.25 * half)) {
    const width = half;
    if (Math.floor(centres[0]!) < width || Math.ceil(centres.at(-1)!) + width > last) return null;
    const filled = centres.every((at) =>
      areEnough(ranks(Math.ceil(at) - width, Math.floor(at) + width), patientOf, anyStay),
    );
    if (filled) break;
  }
  const beyond =
    areEnough(ranks(0, Math.ceil(centres[0]!)), patientOf, anyStay) &&
    areEnough(ranks(Math.floor(centres.at(-1)!), last), patientOf, anyStay);
  return beyond ? centres.map((at) => windowMean(values, at, half)) : null;
}

/** Mean of the values interpolated at rank `at` and at `half` ranks on either side of it. */
function windowMean(values: Float32Array, at: number, half: number): number {
  const rank = Math.floor(at);
  const share = at - rank;
  let sum = 0;
  for (let k = rank - half; k <= rank + half; k++)
    sum += values[k]! + (share === 0 ? 0 : share * (values[k + 1]! - values[k]!));
  return sum / (2 * half + 1);
}

function autocorrelation(cohort: Cohort, patientOf: Uint32Array): (number | null)[][] {
  const { schema, observed } = cohort;
  const [steps, features] = [schema.steps, schema.features.length];
  const lags = Math.min(MAX_LAG, steps - 1);
  const statistic = autocorrelations(lags, MIN_PAIRS);
  const rho = statistic.derive(totalsOf(cohort, statistic), cohort);
  return schema.features.map((_, f) => {
    const stays = staysWithValue(cohort, f);
    return Array.from({ length: lags }, (_, k) => {
      const apart = (k + 1) * features;
      const enough = areEnough(stays, patientOf, (stay) => {
        const end = (stay + 1) * steps * features;
        for (let cell = stay * steps * features + f; cell + apart < end; cell += features)
          if (observed[cell] === 1 && observed[cell + apart] === 1) return true;
        return false;
      });
      return enough ? definedOrNull(rho[f * lags + k]!) : null;
    });
  });
}

function correlation(cohort: Cohort, patientOf: Uint32Array): (number | null)[][] {
  const { schema, observed } = cohort;
  const [steps, width] = [schema.steps, schema.features.length];
  const statistic = correlations(MIN_JOINT);
  const r = statistic.derive(totalsOf(cohort, statistic), cohort);
  const numeric = featuresWhere(cohort, isNumeric).index;
  const places = schema.features.map((_, f) => numeric.indexOf(f));
  const stays = schema.features.map((_, f) => staysWithValue(cohort, f));
  const published = (f: number, g: number): number | null => {
    const [a, b] = [places[f]!, places[g]!];
    if (a < 0 || b < 0) return null;
    const rarer = stays[f]!.length < stays[g]!.length ? stays[f]! : stays[g]!;
    const enough = areEnough(rarer, patientOf, (stay) => {
      for (let row = stay * steps * width, t = 0; t < steps; t++, row += width)
        if (observed[row + f] === 1 && observed[row + g] === 1) return true;
      return false;
    });
    if (!enough) return null;
    return a === b ? 1 : definedOrNull(r[pairIndex(Math.min(a, b), Math.max(a, b), numeric.length)]!);
  };
  const table = schema.features.map((): (number | null)[] => new Array<number | null>(width).fill(null));
  for (let f = 0; f < width; f++)
    for (let g = f; g < width; g++) table[f]![g] = table[g]![f] = published(f, g);
  return table;
}

function staysWithValue(cohort: Cohort, feature: number): number[] {
  const { counts } = sortedFeature(cohort, feature);
  return [...counts.keys()].filter((stay) => counts[stay]! > 0);
}
