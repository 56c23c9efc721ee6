import type { Random } from '../../engine/random.js';
import { cheapestAssignment } from '../hungarian.js';

/** Beta–Bernoulli process prior of FedMA; the names are those of the paper. */
export interface BbpOptions {
  /** σ²: variance of a hospital's neuron around the global one. */
  readonly variance: number;
  /** σ₀²: variance of the global neurons around the prior mean. */
  readonly priorVariance: number;
  /** γ: how readily new global neurons appear. */
  readonly gamma: number;
  /** Passes in which every hospital is taken out and matched again. */
  readonly sweeps: number;
  /** μ₀ of weights and of biases. */
  readonly priorMean: number;
  readonly biasPriorMean: number;
}

/** Neurons of a layer as a hospital holds them: one row [weights | bias] each, row-major. */
export interface LocalNeurons {
  readonly count: number;
  readonly rows: Float64Array;
}

export interface GlobalNeurons {
  readonly count: number;
  /** MAP estimates, one row [weights | bias] each; with σ = σ₀ and μ₀ = 0 a mean of m matches shrunk by m / (m + 1). */
  readonly rows: Float64Array;
  /** How many hospitals hold each neuron. */
  readonly matches: Uint32Array;
  /** Per hospital: the global neuron of each of its own. */
  readonly assignments: readonly Uint32Array[];
}

/** Posterior of one global neuron: Σ of precision-weighted rows, and its precision. */
interface Posterior {
  readonly sum: Float64Array;
  precision: number;
  matches: number;
}

/** Matches beyond this count no more in the popularity term. */
const popularityCap = 10;
/** Width up to which a hospital may add all its neurons; beyond it one at a time. */
const freeWidth = 700;

const squares = (row: Float64Array, plus: Float64Array): number => {
  let sum = 0;
  for (let x = 0; x < row.length; x++) sum += (row[x]! + plus[x]!) ** 2;
  return sum;
};

/**
 * MAP matching of the neurons of several hospitals under a Beta–Bernoulli process (BBP-MAP of FedMA, Wang et al. 2020; PFNM,
 * Yurochkin et al. 2019; the procedure of `match_layer` in IBM/FedMA), with the bias prior on the bias column. A hospital's
 * neurons go to different global ones, or become new ones, so that the global layer may grow.
 *
 * @param columns length of a row; the bias is the last one
 * @param cap largest width; where it is reached no neuron is added. Not below the widest hospital's; Infinity = as published
 */
export function bbpMap(
  hospitals: readonly LocalNeurons[],
  columns: number,
  options: BbpOptions,
  cap: number,
  random: Random,
): GlobalNeurons {
  const widest = Math.max(...hospitals.map(({ count }) => count));
  if (cap < widest)
    throw new RangeError(`a cap of ${cap} neurons is below the ${widest} that a hospital has`);
  const precision = 1 / options.variance;
  const priorPrecision = 1 / options.priorVariance;
  const prior = new Float64Array(columns).fill(options.priorMean * priorPrecision);
  prior[columns - 1] = options.biasPriorMean * priorPrecision;
  const scaled = hospitals.map(({ count, rows }) =>
    Array.from({ length: count }, (_, neuron) =>
      rows.slice(neuron * columns, (neuron + 1) * columns).map((value) => value * precision),
    ),
  );
  const zero = new Float64Array(columns);
  const priorTerm = squares(prior, zero) / priorPrecision;
  const added = (row: Float64Array): Posterior => ({
    sum: row.map((value, x) => prior[x]! + value),
    precision: priorPrecision + precision,
    matches: 1,
  });
  let globals: Posterior[] = [];
  const assignments: Posterior[][] = hospitals.map(() => []);

  const match = (j: number): void => {
    const rows = scaled[j]!;
    const room = cap === Infinity ? Math.max(freeWidth - globals.length, 1) : cap - globals.length;
    const extra = Math.max(0, Math.min(rows.length, room));
    const width = globals.length + extra;
    const costs = new Float64Array(rows.length * width);
    const own = globals.map((global) => {
      // A neuron that all hospitals hold would be infinitely popular.
      const popularity = Math.min(global.matches, popularityCap, hospitals.length - 1);
      return (
        Math.log(popularity / (hospitals.length - popularity)) - squares(global.sum, zero) / global.precision
      );
    });
    rows.forEach((row, l) => {
      const from = l * width;
      globals.forEach((global, i) => {
        costs[from + i] = -(squares(row, global.sum) / (precision + global.precision) + own[i]!);
      });
      const fresh = squares(row, prior) / (priorPrecision + precision) - priorTerm;
      for (let k = 1; k <= extra; k++)
        costs[from + globals.length + k - 1] = -(
          fresh -
          2 * Math.log(k) +
          2 * Math.log(options.gamma / hospitals.length)
        );
    });
    const found = cheapestAssignment(costs, rows.length, width);
    const before = globals.length;
    assignments[j] = rows.map((row, l) => {
      const global = found[l]! < before ? globals[found[l]!]! : null;
      if (global === null) {
        const born = added(row);
        globals.push(born);
        return born;
      }
      for (let x = 0; x < columns; x++) global.sum[x]! += row[x]!;
      global.precision += precision;
      global.matches++;
      return global;
    });
  };

  const remove = (j: number): void => {
    assignments[j]!.forEach((global, l) => {
      const row = scaled[j]![l]!;
      for (let x = 0; x < columns; x++) global.sum[x]! -= row[x]!;
      global.precision -= precision;
      global.matches--;
    });
    globals = globals.filter((global) => global.matches > 0);
  };

  const byWidth = hospitals
    .map((_, j) => j)
    .sort((a, b) => hospitals[b]!.count - hospitals[a]!.count || a - b);
  const [first, ...rest] = byWidth;
  globals = scaled[first!]!.map(added);
  assignments[first!] = [...globals];
  rest.forEach(match);
  for (let sweep = 0; sweep < options.sweeps && hospitals.length > 1; sweep++)
    for (const j of random.permutation(hospitals.length)) {
      remove(j);
      match(j);
    }

  const place = new Map(globals.map((global, i) => [global, i]));
  const rows = new Float64Array(globals.length * columns);
  globals.forEach((global, i) => {
    for (let x = 0; x < columns; x++) rows[i * columns + x] = global.sum[x]! / global.precision;
  });
  return {
    count: globals.length,
    rows,
    matches: Uint32Array.from(globals, ({ matches }) => matches),
    assignments: assignments.map((own) => Uint32Array.from(own, (global) => place.get(global)!)),
  };
}
