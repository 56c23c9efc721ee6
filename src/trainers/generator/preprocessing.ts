import type { CohortSchema } from '../../cohort/types.js';
import type { Federation } from '../../federation/channel.js';
import { TrainingFailure } from '../../federation/trainingFailure.js';
import { decimalClasses, recordedDecimals } from '../../federation/preprocessing/decimals.js';
import {
  evenGrid,
  mergedHistogram,
  quantilesOf,
  refinedGrid,
  totalCount,
  type Histogram,
} from '../../federation/preprocessing/histogram.js';
import {
  quantileTransform,
  type QuantileTransform,
} from '../../federation/preprocessing/quantileTransform.js';
import { histogramVariables, type HistogramVariable } from '../../federation/preprocessing/variables.js';
import type { GeneratorParameters } from './parameters.js';

/** What one hospital released about its stays; all counts with small cells merged or withheld. */
export interface ReleasedByHospital {
  readonly stays: number;
  /** [variables] */
  readonly histograms: readonly Histogram[];
  /** [variables]; null = more than three, or nothing released. */
  readonly decimals: readonly (number | null)[];
  /** Joint cells of labels, statics and length. */
  readonly cellLevels: Int32Array;
  readonly cellCounts: Float64Array;
  /** [steps] */
  readonly stepCounts: Float64Array;
  /** [steps × features] */
  readonly observedCounts: Float64Array;
  /** [channels] */
  readonly oneCounts: Float64Array;
}

/** Everything the server knows about the data before training. */
export interface Preprocessing {
  /** All hospitals of the training cohort; those without training stays released nothing. */
  readonly hospitals: readonly string[];
  readonly variables: readonly HistogramVariable[];
  /** Per variable, of all hospitals together; null where nothing was released. */
  readonly transforms: readonly (QuantileTransform | null)[];
  readonly pooled: readonly Histogram[];
  /** Inner edges of the condition's quantile bins, for the variables that are no features, in order. */
  readonly innerEdges: readonly Float64Array[];
  readonly released: Readonly<Record<string, ReleasedByHospital>>;
  /** Training stays of every participant: a hospital's own, or all of them in centralized training. */
  readonly staysByParticipant: Readonly<Record<string, number>>;
}

/** Answers of several participants, each with entries per hospital, as one record. */
function byHospital<T>(answers: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.fromEntries(answers.flatMap((answer) => Object.entries(answer)));
}

const finest = (decimals: readonly (number | null)[]): number | null =>
  decimals.reduce<number | null>(
    (most, own) => (most === null || own === null ? null : Math.max(most, own)),
    0,
  );

async function countStays(federation: Federation): Promise<{
  stays: Record<string, number>;
  staysByParticipant: Record<string, number>;
}> {
  const replies = await federation.askAll('countStays', {});
  for (const { hospital, reply } of replies)
    if (!Object.values(reply.stays).some((count) => count > 0))
      throw new TrainingFailure(`hospital ${hospital} reports no training stays`);
  const stays = byHospital(replies.map(({ reply }) => reply.stays));
  return {
    stays,
    staysByParticipant: Object.fromEntries(
      replies.map(({ hospital, reply }) => [
        hospital,
        Object.values(reply.stays).reduce((sum, count) => sum + count, 0),
      ]),
    ),
  };
}

/**
 * Settles with the hospitals how values are transformed: how they are recorded, histograms on grids that narrow down to
 * where the values lie, the joint histogram of conditions and the observation rates.
 *
 * @throws InputError when a hospital has fewer than 11 training stays
 */
export async function agreePreprocessing(
  federation: Federation,
  schema: CohortSchema,
  allHospitals: readonly string[],
  parameters: GeneratorParameters['preprocessing'],
): Promise<Preprocessing> {
  const variables = histogramVariables(schema);
  const { stays, staysByParticipant } = await countStays(federation);
  const hospitals = allHospitals.filter((hospital) => stays[hospital] !== undefined);

  const decimalCounts = byHospital(
    (await federation.askAll('countDecimals', {})).map(({ reply }) => reply.decimals),
  );
  const decimalsOf = (hospital: string): (number | null)[] =>
    variables.map((_, v) =>
      recordedDecimals(decimalCounts[hospital]!.subarray(v * decimalClasses, (v + 1) * decimalClasses)),
    );
  const decimals = Object.fromEntries(hospitals.map((hospital) => [hospital, decimalsOf(hospital)]));
  const gridDecimals = variables.map((_, v) => finest(hospitals.map((hospital) => decimals[hospital]![v]!)));

  let edges = variables.map((variable, v) => evenGrid(variable.range, parameters.bins, gridDecimals[v]!));
  let bins: Record<string, Float64Array[]> = {};
  let pooled: Histogram[] = [];
  for (let pass = 1; pass <= parameters.passes; pass++) {
    const grid = edges;
    bins = byHospital((await federation.askAll('countBins', { edges: grid })).map(({ reply }) => reply.bins));
    pooled = variables.map((_, v) =>
      mergedHistogram(hospitals.map((hospital) => ({ edges: grid[v]!, counts: bins[hospital]![v]! }))),
    );
    if (pass < parameters.passes)
      edges = pooled.map((histogram, v) =>
        totalCount(histogram) > 0
          ? refinedGrid(histogram, parameters.bins, gridDecimals[v]!)
          : histogram.edges,
      );
  }

  const levels = Array.from(
    { length: parameters.conditionBins - 1 },
    (_, bin) => (bin + 1) / parameters.conditionBins,
  );
  const innerEdges = variables.flatMap((variable, v) => {
    if (variable.source === 'feature') return [];
    const histogram = pooled[v]!;
    if (!(totalCount(histogram) > 0)) return [new Float64Array(0)];
    return [Float64Array.from(new Set(quantilesOf(histogram, levels)))];
  });
  const cells = byHospital(
    (await federation.askAll('countConditions', { innerEdges })).map(({ reply }) => reply.cells),
  );
  const observed = byHospital(
    (await federation.askAll('countObserved', {})).map(({ reply }) => reply.observed),
  );

  const released = Object.fromEntries(
    hospitals.map((hospital): [string, ReleasedByHospital] => [
      hospital,
      {
        stays: stays[hospital]!,
        histograms: variables.map((_, v) => ({ edges: edges[v]!, counts: bins[hospital]![v]! })),
        decimals: decimals[hospital]!,
        cellLevels: cells[hospital]!.levels,
        cellCounts: cells[hospital]!.counts,
        stepCounts: observed[hospital]!.steps,
        observedCounts: observed[hospital]!.observed,
        oneCounts: observed[hospital]!.ones,
      },
    ]),
  );
  const transforms = pooled.map(quantileTransform);
  await federation.askAll('prepare', { transforms });
  return {
    hospitals: allHospitals,
    variables,
    transforms,
    pooled,
    innerEdges,
    released,
    staysByParticipant,
  };
}
