import type { Cohort } from '../../cohort/types.js';
import type { LeakFinding } from './finding.js';

/** Observed values of a feature, as scalers see them. */
interface Extent {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/** Fewest values for which a mean of exactly 0 is no chance. */
const FEWEST_VALUES = 50;

/** How near a scaler brings mean and deviation, or the ends, to 0 and 1: rounding of float32. */
const SCALED = 1e-3;

/**
 * Values that were scaled by a scaler of their own. A scaler belongs to train; a cohort whose own means are 0 and deviations 1, or whose own
 * ends are 0 and 1, was scaled by itself, and no distance to it means anything.
 *
 * @param name of the cohort, for the message
 */
export function scalerScope(train: Cohort, name: string, cohort: Cohort): LeakFinding[] {
  const continuous = train.schema.features.flatMap(({ kind }, f) => (kind === 'continuous' ? [f] : []));
  let [own, compared] = [0, 0];
  for (const feature of continuous) {
    const [expected, found] = [extentOf(train, feature), extentOf(cohort, feature)];
    if (expected.count < FEWEST_VALUES || found.count < FEWEST_VALUES) continue;
    compared++;
    // A copy of standardised train is standardised, too; real parts cannot be that by chance.
    const standardised = isStandardised(found) && !(name === 'synthetic' && isStandardised(expected));
    if (standardised || (isStretched(found) && !isStretched(expected))) own++;
  }
  if (own === 0 || own < compared / 2) return [];
  return [
    {
      guard: 'scaler-scope',
      marks: false,
      message: `${own} of ${compared} continuous features of the ${name} cohort have exactly mean 0 and deviation 1, or ends 0 and 1, of their own: a scaler must be fitted on train only, and undone before scoring`,
    },
  ];
}

function isStandardised({ mean, deviation }: Extent): boolean {
  return Math.abs(mean) < SCALED && Math.abs(deviation - 1) < SCALED;
}

function isStretched({ low, high }: Extent): boolean {
  return Math.abs(low) < SCALED && Math.abs(high - 1) < SCALED;
}

function extentOf({ values, observed, schema }: Cohort, feature: number): Extent {
  let [count, mean, squares, low, high] = [0, 0, 0, Infinity, -Infinity];
  for (let cell = feature; cell < values.length; cell += schema.features.length) {
    if (observed[cell] === 0) continue;
    const value = values[cell]!;
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { count, mean, deviation: count === 0 ? 0 : Math.sqrt(squares / count), low, high };
}
