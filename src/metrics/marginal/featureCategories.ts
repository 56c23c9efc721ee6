import type { Cohort } from '../../cohort/types.js';
import type { Counting } from '../pairedReplicates.js';
import { shortestPositions, SparseCountsBuilder, type SparseCounts } from '../sparseCounts.js';
import { Scratch } from '../../stats/scratch.js';
import { binOf, type QuantileBins } from './quantileBins.js';

/** Observed cells of a binary or categorical feature, one column a level. */
export function featureLevels(feature: number): Counting {
  return { name: `levels ${feature}`, counts: (cohort) => observedLevels(cohort, feature) };
}

/** Observed cells of a feature, one column a bin. `name` tells bins of different fits apart. */
export function featureInBins(feature: number, bins: QuantileBins, name: string): Counting {
  return { name: `bins ${feature} ${name}`, counts: (cohort) => binnedCells(cohort, feature, bins) };
}

function observedLevels(cohort: Cohort, feature: number): SparseCounts {
  const { values, observed, size, schema } = cohort;
  const features = schema.features.length;
  const levels = Math.max(2, schema.features[feature]!.levels?.length ?? 0);
  const builder = new SparseCountsBuilder(levels);
  for (let i = 0; i < size; i++) {
    for (let t = 0; t < cohort.length[i]!; t++) {
      const cell = (i * schema.steps + t) * features + feature;
      if (observed[cell] === 1) builder.add(values[cell]!, 1);
    }
    builder.endStay();
  }
  return builder.build();
}

const passing = { position: new Scratch(Uint32Array), amount: new Scratch(Float64Array) };

/** Bins are few, so that the counts of one stay fit in a list of all of them. */
function binnedCells(cohort: Cohort, feature: number, bins: QuantileBins): SparseCounts {
  const { values, observed, length, size, schema } = cohort;
  const features = schema.features.length;
  const count = bins.cuts.length + 1;
  const most = size * Math.min(schema.steps, count);
  const position = passing.position.take(most);
  const amount = passing.amount.take(most);
  const start = new Uint32Array(size + 1);
  const tally = new Uint32Array(count);
  const touched = new Uint32Array(Math.min(schema.steps, count));
  const occurs = new Uint8Array(count);
  const course = new Float32Array(schema.steps);
  let entries = 0;
  for (let i = 0; i < size; i++) {
    // What is observed cannot be predicted: it is collected without a branch.
    let seen = 0;
    for (let t = 0, cell = i * schema.steps * features + feature; t < length[i]!; t++, cell += features) {
      course[seen] = values[cell]!;
      seen += observed[cell]!;
    }
    let different = 0;
    for (let k = 0; k < seen; k++) {
      const bin = binOf(bins, course[k]!);
      if (tally[bin] === 0) touched[different++] = bin;
      tally[bin]!++;
    }
    for (let k = 0; k < different; k++) {
      const bin = touched[k]!;
      position[entries] = bin;
      amount[entries++] = tally[bin]!;
      tally[bin] = 0;
      occurs[bin] = 1;
    }
    start[i + 1] = entries;
  }
  const columns = Float64Array.from([...occurs.keys()].filter((bin) => occurs[bin] === 1));
  const place = new Uint32Array(count);
  columns.forEach((bin, k) => (place[bin] = k));
  const placed = shortestPositions(entries, columns.length);
  for (let k = 0; k < entries; k++) placed[k] = place[position[k]!]!;
  return { columns, start, position: placed, amount: amount.slice(0, entries) };
}
