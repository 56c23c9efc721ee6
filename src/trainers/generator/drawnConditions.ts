import type { Cohort, CohortSchema } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { conditionVariables } from '../../federation/preprocessing/conditions.js';
import { quantilesOf, totalCount, type Histogram } from '../../federation/preprocessing/histogram.js';
import type { Preprocessing, ReleasedByHospital } from './preprocessing.js';
import { syntheticPatientIds } from '../references/patientIds.js';

/** A copy of the histogram without what lies outside (low, high]; bins across a border keep their share. */
function within(histogram: Histogram, low: number, high: number): Histogram {
  const { edges } = histogram;
  const counts = histogram.counts.map((count, b) => {
    const from = Math.max(edges[b]!, low);
    const to = Math.min(edges[b + 1]!, high);
    return to > from ? (count * (to - from)) / (edges[b + 1]! - edges[b]!) : 0;
  });
  return { edges, counts };
}

/** What one hospital's stays with a variable in a bin are drawn from, made when first asked for. */
class BinHistograms {
  readonly #made = new Map<number, Map<number, Histogram | undefined>>();

  get(variable: number, bin: number, make: () => Histogram | undefined): Histogram | undefined {
    const bins = this.#made.get(variable) ?? new Map<number, Histogram | undefined>();
    this.#made.set(variable, bins);
    if (!bins.has(bin)) bins.set(bin, make());
    return bins.get(bin);
  }
}

/** Rounds to a number of decimals; null leaves the value. */
export const roundTo = (value: number, decimals: number | null): number =>
  decimals === null ? value : Math.round(value * 10 ** decimals) / 10 ** decimals;

/** `size` indices of cells in random order, each as often as its share demands, to within one (systematic sampling). */
function systematicDraws(counts: Float64Array, size: number, random: Random): Uint32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const draws = new Uint32Array(size);
  const start = random.uniform();
  let cell = 0;
  let below = 0;
  for (let i = 0; i < size; i++) {
    const target = ((start + i) / size) * total;
    while (cell < counts.length - 1 && below + counts[cell]! <= target) below += counts[cell++]!;
    draws[i] = cell;
  }
  const order = random.permutation(size);
  return Uint32Array.from(order, (from) => draws[from]!);
}

/**
 * Stays without any observation yet: hospital, labels, statics and length drawn from the hospitals' released histograms. A
 * continuous variable is drawn inside its quantile bin from the hospital's own histogram, from everybody's where the hospital
 * released none there.
 */
export function drawConditions(
  schema: CohortSchema,
  preprocessing: Preprocessing,
  stays: Readonly<Record<string, number>>,
  random: (hospital: string) => Random,
): Cohort {
  const { variables, innerEdges, pooled, hospitals } = preprocessing;
  const size = hospitals.reduce((sum, hospital) => sum + (stays[hospital] ?? 0), 0);
  const cells = size * schema.steps * schema.features.length;
  const cohort = {
    schema,
    size,
    values: new Float32Array(cells),
    observed: new Uint8Array(cells),
    length: new Uint16Array(size),
    hospital: new Uint16Array(size),
    hospitals,
    patients: syntheticPatientIds(size),
    statics: new Float32Array(size * schema.statics.length),
    staticsObserved: new Uint8Array(size * schema.statics.length),
    labels: new Float32Array(size * schema.labels.length),
    labelsObserved: new Uint8Array(size * schema.labels.length),
  };
  const others = variables.filter((variable) => variable.source !== 'feature');
  const histogramAt = (source: string, index: number): number =>
    variables.findIndex((variable) => variable.source === source && variable.index === index);
  const conditions = conditionVariables(
    schema,
    (source, index) =>
      innerEdges[others.findIndex((variable) => variable.source === source && variable.index === index)]!,
  );

  const drawContinuous = (
    released: ReleasedByHospital,
    inBins: BinHistograms,
    at: number,
    edges: Float64Array,
    level: number,
    draw: Random,
  ): number => {
    const low = level === 0 ? -Infinity : edges[level - 1]!;
    const high = level === edges.length ? Infinity : edges[level]!;
    const chosen = inBins.get(at, level, () =>
      [released.histograms[at]!, pooled[at]!]
        .map((histogram) => within(histogram, low, high))
        .find((histogram) => totalCount(histogram) > 0),
    );
    const [least, most] = variables[at]!.range;
    if (chosen === undefined) return Math.min(Math.max(Number.isFinite(low) ? low : high, least), most);
    const value = quantilesOf(chosen, [draw.uniform()])[0]!;
    return Math.min(Math.max(roundTo(value, released.decimals[at]!), least), most);
  };

  let row = 0;
  hospitals.forEach((hospital, index) => {
    const count = stays[hospital] ?? 0;
    if (count === 0) return;
    const released = preprocessing.released[hospital]!;
    const draw = random(hospital);
    const inBins = new BinHistograms();
    for (const cell of systematicDraws(released.cellCounts, count, draw)) {
      cohort.hospital[row] = index;
      conditions.forEach((variable, v) => {
        const level = released.cellLevels[cell * conditions.length + v]!;
        const known = level < variable.levels;
        const value =
          known && variable.kind === 'continuous'
            ? drawContinuous(
                released,
                inBins,
                histogramAt(variable.source, variable.index),
                variable.innerEdges,
                level,
                draw,
              )
            : level;
        if (variable.source === 'length') cohort.length[row] = Math.round(value);
        else if (known && variable.source === 'label') {
          cohort.labels[row * schema.labels.length + variable.index] = value;
          cohort.labelsObserved[row * schema.labels.length + variable.index] = 1;
        } else if (known) {
          cohort.statics[row * schema.statics.length + variable.index] = value;
          cohort.staticsObserved[row * schema.statics.length + variable.index] = 1;
        }
      });
      row++;
    }
  });
  return cohort;
}
