import type { Random } from '../../engine/random.js';
import { bootstrapStandardError, patientResamples } from '../../stats/bootstrap.js';
import { normalInterval, type Interval } from '../../stats/interval.js';
import type { Examples } from './examples.js';

/** A statistic of test stays that count `weights[i]` times; null where it has none. */
export type WeightedStatistic = (weights: ArrayLike<number>) => number | null;

/**
 * How often every test stay counts in each resample: patients are drawn with replacement, with all their stays, and
 * separately among patients with and without a positive stay, so that no resample loses a class.
 */
export function testResamples(
  { outcome, patients }: Pick<Examples, 'outcome' | 'patients'>,
  resamples: number,
  random: Random,
): Uint16Array[] {
  const rowsOf = new Map<string, number[]>();
  patients.forEach((patient, row) => {
    const rows = rowsOf.get(patient);
    if (rows === undefined) rowsOf.set(patient, [row]);
    else rows.push(row);
  });
  const units = [...rowsOf.values()];
  const strata = [0, 1].map((label) =>
    units.filter((rows) => rows.some((row) => outcome[row] === 1) === (label === 1)),
  );
  const draws = strata.map((stratum) => patientResamples(stratum.length, resamples, random));
  return Array.from({ length: resamples }, (_, b) => {
    const weights = new Uint16Array(outcome.length);
    strata.forEach((stratum, label) => {
      stratum.forEach((rows, i) => {
        for (const row of rows) weights[row] = draws[label]![b]![i]!;
      });
    });
    return weights;
  });
}

/** value ± 1.96 standard errors of the statistic over resampled test patients; null without resamples. */
export function bootstrapInterval(
  value: number,
  statistic: WeightedStatistic,
  test: Pick<Examples, 'outcome' | 'patients'>,
  resamples: number,
  random: Random,
  range: readonly [number | null, number | null],
): Interval | null {
  const replicates = testResamples(test, resamples, random).map((weights) => statistic(weights));
  const standardError = bootstrapStandardError(replicates);
  return standardError === null ? null : normalInterval(value, standardError, range);
}

/** Every stay once. */
export function unitWeights(count: number): Uint16Array {
  return new Uint16Array(count).fill(1);
}
