import { InputError } from '../../cohort/inputError.js';
import type { LatentSummary } from '../../federation/aggregation/contract.js';
import type { Federation } from '../../federation/channel.js';
import { minimumStaysForMoments } from '../../federation/disclosure.js';

/** The latent space as stage two sees it. */
export interface LatentSpace {
  /** Global mean and standard deviation of every latent, [latents]. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Standard deviation of the decoding residual and its autocorrelation at lag 1, [channels]; 0 for channels that are not continuous. */
  readonly residualDeviation: Float64Array;
  readonly residualMemory: Float64Array;
  /** Standardised moments of every participant that released some. */
  readonly summaries: Readonly<Record<string, LatentSummary>>;
}

/** Nothing to hand over: stage two reads no latents. */
export const noLatents: LatentSpace = {
  mean: new Float64Array(0),
  deviation: new Float64Array(0),
  residualDeviation: new Float64Array(0),
  residualMemory: new Float64Array(0),
  summaries: {},
};

interface Sums {
  readonly rows: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly products: Float64Array | null;
}

function meanAndDeviation(released: readonly Sums[]): { mean: Float64Array; deviation: Float64Array } {
  const rows = released.reduce((sum, part) => sum + part.rows, 0);
  const total = (pick: (part: Sums) => Float64Array): Float64Array =>
    pick(released[0]!).map((_, x) => released.reduce((sum, part) => sum + pick(part)[x]!, 0));
  const mean = total((part) => part.sums).map((sum) => sum / rows);
  const deviation = total((part) => part.squares).map((sum, x) =>
    Math.sqrt(Math.max(sum / rows - mean[x]! * mean[x]!, 0)),
  );
  return { mean, deviation };
}

/** Moments of a participant in standardised units. */
function standardisedSummary(moments: Sums, mean: Float64Array, deviation: Float64Array): LatentSummary {
  const own = meanAndDeviation([moments]);
  const scale = (x: number): number => (deviation[x]! < 1e-3 ? 0 : 1 / deviation[x]!);
  const summary = {
    mean: own.mean.map((value, x) => (value - mean[x]!) * scale(x)),
    variance: own.deviation.map((value, x) => (value * scale(x)) ** 2),
  };
  const { products, rows } = moments;
  if (products === null) return summary;
  const width = mean.length;
  return {
    ...summary,
    covariance: products.map((product, at) => {
      const [x, y] = [Math.floor(at / width), at % width];
      return (product / rows - own.mean[x]! * own.mean[y]!) * scale(x) * scale(y);
    }),
  };
}

/**
 * Hands the latent space over to stage two: global standardisation from the hospitals' moments, then the moments of the
 * decoding residual. Hospitals with fewer than 50 stays withhold both and follow the others.
 *
 * @param fullCovariance ask for the covariances of the latents as well
 * @throws InputError when no hospital has 50 training stays
 */
export async function handOverLatents(
  federation: Federation,
  parameters: Float32Array,
  fullCovariance: boolean,
): Promise<LatentSpace> {
  const answers = await federation.askAll('latentMoments', { parameters, products: fullCovariance });
  const released = answers.flatMap(({ hospital, reply }) =>
    reply.moments === null ? [] : [{ hospital, moments: reply.moments }],
  );
  if (released.length === 0)
    throw new InputError({
      expected: `at least ${minimumStaysForMoments} training stays in at least one hospital`,
      found: 'fewer in every hospital',
      remedy:
        'Train on more stays, or merge hospitals: moments of so few stays are not released, and stage two needs them.',
    });
  const { mean, deviation } = meanAndDeviation(released.map(({ moments }) => moments));
  const residuals = (await federation.askAll('adoptLatents', { parameters, mean, deviation })).flatMap(
    ({ reply }) => (reply.residuals === null ? [] : [reply.residuals]),
  );
  const total = (pick: (part: (typeof residuals)[number]) => Float64Array): Float64Array =>
    pick(residuals[0]!).map((_, c) => residuals.reduce((sum, part) => sum + pick(part)[c]!, 0));
  const cells = total((part) => part.cells);
  const residualDeviation = total((part) => part.squares).map((sum, c) =>
    cells[c]! > 0 ? Math.sqrt(sum / cells[c]!) : 0,
  );
  const earlier = total((part) => part.earlierSquares);
  const later = total((part) => part.laterSquares);
  const residualMemory = total((part) => part.products).map((sum, c) => {
    const scale = Math.sqrt(earlier[c]! * later[c]!);
    return scale > 0 ? Math.min(Math.max(sum / scale, 0), 0.99) : 0;
  });
  return {
    mean,
    deviation,
    residualDeviation,
    residualMemory,
    summaries: Object.fromEntries(
      released.map(({ hospital, moments }) => [hospital, standardisedSummary(moments, mean, deviation)]),
    ),
  };
}
