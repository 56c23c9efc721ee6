import type { Cohort } from '../../cohort/types.js';
import type { Points } from '../../stats/blockedDistances.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { patientSummary } from '../patientSummary.js';

/** Standard scores beyond this many standard deviations of R are cut off, so that one value cannot fill a distance. */
const LARGEST_SCORE = 10;

/** What the coordinates below do, for definitions of metrics. */
export const STANDARD_POINTS = `columns as standard scores of R, cut off at ±${LARGEST_SCORE}; a missing value stands at the mean of R (0), its absence shows in the missing-rate columns; a column without spread in R becomes 0 where equal and 1 where different`;

const summaries = new CohortCache<Points>();
const sequences = new CohortCache<Points>();

/** The fixed embedding (`patientSummary`) of a cohort in standard scores of the training stays. */
export function standardSummaries(cohort: Cohort, train: Cohort): Points {
  return summaries.get(cohort, cacheName(train), () => {
    const table = patientSummary(cohort);
    const width = table.columns.length;
    const fitted = patientSummary(train);
    const isKnown = (values: Float32Array) => (at: number) => !Number.isNaN(values[at]!);
    const scale = fitScale(fitted.values, isKnown(fitted.values), width);
    return { rows: cohort.size, width, values: scale(table.values, isKnown(table.values)) };
  });
}

/**
 * The grid of every stay as one point ([steps · features]; a categorical feature has one 0/1 column a level): standard
 * scores of the feature over all observed cells of the training stays; cells that are not observed stand at 0, its mean.
 */
export function standardSequences(cohort: Cohort, train: Cohort): Points {
  return sequences.get(cohort, cacheName(train), () => {
    const { size, schema } = cohort;
    const ofTrain = indicators(train);
    const own = indicators(cohort);
    const scale = fitScale(ofTrain.values, (at) => ofTrain.known[at] === 1, ofTrain.columns);
    return {
      rows: size,
      width: schema.steps * own.columns,
      values: scale(own.values, (at) => own.known[at] === 1),
    };
  });
}

/** Cells with categorical features spread over one column a level. */
function indicators(cohort: Cohort): { values: Float32Array; known: Uint8Array; columns: number } {
  const { features } = cohort.schema;
  const widths = features.map(({ kind, levels }) => (kind === 'categorical' ? (levels?.length ?? 0) : 1));
  const columns = widths.reduce((sum, width) => sum + width, 0);
  if (features.every(({ kind }) => kind !== 'categorical'))
    return { values: cohort.values, known: cohort.observed, columns };
  const cells = cohort.values.length / features.length;
  const values = new Float32Array(cells * columns);
  const known = new Uint8Array(cells * columns);
  for (let cell = 0, at = 0; cell < cells; cell++)
    for (let f = 0; f < features.length; f++) {
      const source = cell * features.length + f;
      for (let level = 0; level < widths[f]!; level++, at++) {
        known[at] = cohort.observed[source]!;
        const value = cohort.values[source]!;
        values[at] = features[f]!.kind !== 'categorical' ? value : value === level ? 1 : 0;
      }
    }
  return { values, known, columns };
}

export type Scale = (values: Float32Array, isKnown: (at: number) => boolean) => Float32Array;

/** Mean and standard deviation (n − 1) of every column of a row-major table, by Welford's update. */
export function fitScale(training: Float32Array, isKnown: (at: number) => boolean, columns: number): Scale {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (let at = 0, c = 0; at < training.length; at++) {
    if (isKnown(at)) {
      const delta = training[at]! - mean[c]!;
      mean[c]! += delta / ++counts[c]!;
      deviation[c]! += delta * (training[at]! - mean[c]!);
    }
    if (++c === columns) c = 0;
  }
  for (let c = 0; c < columns; c++) {
    const sd = counts[c]! > 1 ? Math.sqrt(deviation[c]! / (counts[c]! - 1)) : 0;
    deviation[c] = sd > 1e-9 * Math.abs(mean[c]!) ? sd : 0;
  }
  return (values, isValueKnown) => {
    const scores = new Float32Array(values.length);
    for (let at = 0, c = 0; at < values.length; at++) {
      if (isValueKnown(at)) {
        const difference = values[at]! - mean[c]!;
        // Constant and never known columns of R have no scale: anything else than their value is a mismatch.
        if (deviation[c] === 0)
          scores[at] = counts[c] === 0 || Math.abs(difference) > 1e-6 * Math.abs(mean[c]!) ? 1 : 0;
        else scores[at] = Math.max(-LARGEST_SCORE, Math.min(LARGEST_SCORE, difference / deviation[c]!));
      }
      if (++c === columns) c = 0;
    }
    return scores;
  };
}
