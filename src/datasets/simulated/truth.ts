import { marginalSums, pairSums, type PairSums } from './cellMoments.js';
import { normalCdf, solveIncreasing, upperOrthant } from './gaussian.js';
import { labelTruth, type LabelTruth } from './labelTruth.js';
import { dot, type PlantedHospital, type World } from './world.js';

/** All steps, or only those that are recorded: with missingness that depends on severity the two differ. */
export type Basis = 'complete' | 'recorded';

/** True distribution of one feature. For a drug `mean` is its prevalence. */
export interface MarginalTruth {
  readonly name: string;
  /** Share of steps that are recorded; 1 on the basis `complete`. */
  readonly recorded: number;
  readonly mean: number;
  /** Population standard deviation. */
  readonly sd: number;
  /** P(value ≤ x). */
  cdf(x: number): number;
  /** x with P(value ≤ x) = p, 0 < p < 1; drugs give 0 or 1. */
  quantile(p: number): number;
}

/** The truth about one hospital, or about all stays together. */
export interface SiteTruth {
  /** Hospital id, or `pooled`. */
  readonly site: string;
  readonly patients: number;
  /** Per feature, in schema order. */
  marginals(basis: Basis): readonly MarginalTruth[];
  /** Pearson correlation of two features (indices into the schema) at the same step, over steps where both are recorded. */
  correlation(a: number, b: number, basis: Basis): number;
  /** Pearson correlation of a at t with b at t + lag over all such pairs inside a stay; lag from 0. */
  laggedCorrelation(a: number, b: number, lag: number, basis: Basis): number;
  /** `laggedCorrelation` of a feature with itself; 1 at lag 0. */
  autocorrelation(feature: number, lag: number, basis: Basis): number;
  readonly label: LabelTruth;
}

interface Part {
  readonly site: PlantedHospital;
  /** Share of the stays in question. */
  readonly weight: number;
}

const empty: PairSums = { mass: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

function pooledPair(
  world: World,
  parts: readonly Part[],
  a: number,
  b: number,
  lag: number,
  recorded: boolean,
): PairSums {
  return parts.reduce((sum, { site, weight }) => {
    const one = pairSums(world, site, a, b, lag, recorded);
    return {
      mass: sum.mass + weight * one.mass,
      x: sum.x + weight * one.x,
      y: sum.y + weight * one.y,
      xx: sum.xx + weight * one.xx,
      yy: sum.yy + weight * one.yy,
      xy: sum.xy + weight * one.xy,
    };
  }, empty);
}

function correlationOf({ mass, x, y, xx, yy, xy }: PairSums): number {
  const [meanX, meanY] = [x / mass, y / mass];
  const covariance = xy / mass - meanX * meanY;
  return covariance / Math.sqrt((xx / mass - meanX ** 2) * (yy / mass - meanY ** 2));
}

function marginalTruth(world: World, parts: readonly Part[], index: number, basis: Basis): MarginalTruth {
  const feature = world.features[index]!;
  const recorded = basis === 'recorded';
  let [mass, x, xx] = [0, 0, 0];
  for (const { site, weight } of parts) {
    const one = marginalSums(world, site, index, recorded);
    mass += weight * one.mass;
    x += weight * one.x;
    xx += weight * one.xx;
  }
  const mean = x / mass;
  const name = feature.name;
  if (feature.shape === 'drug') {
    const cdf = (value: number): number => (value < 0 ? 0 : value < 1 ? 1 - mean : 1);
    return {
      name,
      recorded: 1,
      mean,
      sd: Math.sqrt(mean * (1 - mean)),
      cdf,
      quantile: (p) => (p <= 1 - mean ? 0 : 1),
    };
  }
  const r = world.options.severityMissingness * dot(feature.loadings, world.severity);
  const latentCdf = (latent: number): number => {
    let below = 0;
    for (const { site, weight } of parts) {
      const a = latent - dot(feature.loadings, site.shift);
      const b = recorded
        ? site.maskThreshold[index]! - world.options.severityMissingness * dot(world.severity, site.shift)
        : -Infinity;
      below += weight * (normalCdf(-b) - upperOrthant(a, b, b === -Infinity ? 0 : r));
    }
    return below / mass;
  };
  const toLatent = (value: number): number => {
    const level = feature.shape === 'normal' ? value : value > 0 ? Math.log(value) : -Infinity;
    return (level - feature.location) / feature.spread;
  };
  return {
    name,
    recorded: mass,
    mean,
    sd: Math.sqrt(xx / mass - mean ** 2),
    cdf: (value) => {
      const latent = toLatent(value);
      return latent === -Infinity ? 0 : latentCdf(latent);
    },
    quantile: (p) => {
      if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1, not ${p}`);
      const level = feature.location + feature.spread * solveIncreasing(latentCdf, p, -60, 60);
      return feature.shape === 'normal' ? level : Math.exp(level);
    },
  };
}

function siteTruth(world: World, site: string, parts: readonly Part[], patients: number): SiteTruth {
  const lagged = (a: number, b: number, lag: number, basis: Basis): number => {
    if (!Number.isInteger(lag) || lag < 0 || lag >= world.options.steps)
      throw new RangeError(`a lag of 0 to ${world.options.steps - 1} steps, not ${lag}`);
    if (a === b && lag === 0) return 1;
    return correlationOf(pooledPair(world, parts, a, b, lag, basis === 'recorded'));
  };
  return {
    site,
    patients,
    marginals: (basis) => world.features.map((_, index) => marginalTruth(world, parts, index, basis)),
    correlation: (a, b, basis) => lagged(a, b, 0, basis),
    laggedCorrelation: lagged,
    autocorrelation: (feature, lag, basis) => lagged(feature, feature, lag, basis),
    label: labelTruth(world, parts),
  };
}

/** What is planted, in terms of what metrics measure; every number is exact up to quadrature (errors below 1e-8). */
export interface Truth {
  readonly pooled: SiteTruth;
  /** Sorted by id, like `Cohort.hospitals`. */
  readonly hospitals: readonly SiteTruth[];
}

/** Derives the truth of a planted world; nothing is sampled. */
export function truthOf(world: World): Truth {
  const patients = world.hospitals.reduce((sum, hospital) => sum + hospital.patients, 0);
  return {
    pooled: siteTruth(
      world,
      'pooled',
      world.hospitals.map((site) => ({ site, weight: site.weight })),
      patients,
    ),
    hospitals: world.hospitals.map((site) => siteTruth(world, site.id, [{ site, weight: 1 }], site.patients)),
  };
}
