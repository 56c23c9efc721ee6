import { random, type Random } from '../../engine/random.js';
import { normalCdf, normalQuantile, solveIncreasing } from './gaussian.js';
import { logisticNormalMean } from './logisticNormal.js';
import { measurements } from './measurements.js';
import type { SimulationOptions } from './options.js';

/** How one time-varying feature arises from the latent factors: value latent u = loadings·f + √(1−|loadings|²)·noise. */
export interface PlantedFeature {
  readonly name: string;
  readonly unit?: string;
  /** `drug` is 1 where u exceeds the hospital's threshold. */
  readonly shape: 'normal' | 'log-normal' | 'drug';
  /** [R], norm below 1 */
  readonly loadings: Float64Array;
  /** √(1−|loadings|²) */
  readonly noise: number;
  /** μ of a measurement: median, or its logarithm; 0 for drugs. */
  readonly location: number;
  /** σ of a measurement; 1 for drugs. */
  readonly spread: number;
}

/** What differs between hospitals. */
export interface PlantedHospital {
  readonly id: string;
  readonly patients: number;
  /** Share of all stays. */
  readonly weight: number;
  readonly deathRate: number;
  /** Mean of the factors δ_k, [R] */
  readonly shift: Float64Array;
  /** Per feature: threshold of u above which a drug is given; 0 for measurements. */
  readonly drugThreshold: Float64Array;
  /** Per feature: threshold of the measuring latent h above which a value is recorded; −∞ = always. */
  readonly maskThreshold: Float64Array;
  /** Per feature: probability that a step is recorded. */
  readonly recorded: Float64Array;
  /** Intercept of the log odds of death. */
  readonly labelIntercept: number;
}

/** Everything that is planted: with it, and nothing else, the truth can be computed and stays can be drawn. */
export interface World {
  readonly options: SimulationOptions;
  readonly seed: number;
  readonly features: readonly PlantedFeature[];
  readonly hospitals: readonly PlantedHospital[];
  /** Unit vector γ [R]: severity = γ·f. */
  readonly severity: Float64Array;
  /** Log odds of death = labelIntercept + labelStrength·γ·f_T + ageEffect·(age − mean)/sd. */
  readonly age: { readonly mean: number; readonly sd: number };
  readonly male: number;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function direction(draw: Random, size: number, norm: number): Float64Array {
  const vector = Float64Array.from({ length: size }, () => draw.normal());
  const scale = norm / Math.sqrt(dot(vector, vector));
  return vector.map((x) => x * scale);
}

/** A draw of Beta(a, b) with whole a, b: the a-th smallest of a + b − 1 uniforms, kept between 0.01 and 0.99. */
function betaDraw(draw: Random, [a, b]: readonly [number, number]): number {
  const uniforms = Array.from({ length: a + b - 1 }, () => draw.uniform()).sort((x, y) => x - y);
  return Math.min(0.99, Math.max(0.01, uniforms[a - 1]!));
}

function plantFeatures(options: SimulationOptions, seed: number): PlantedFeature[] {
  const loaded = (name: string, low: number, high: number): { loadings: Float64Array; noise: number } => {
    const draw = random(seed, 'simulated-loadings', name);
    const communality = low + (high - low) * draw.uniform();
    const loadings = direction(draw, options.factors, Math.sqrt(communality));
    return { loadings, noise: Math.sqrt(1 - communality) };
  };
  const measured = measurements.map(({ name, unit, shape, median, spread }): PlantedFeature => ({
    name,
    unit,
    shape,
    ...loaded(name, 0.5, 0.85),
    location: shape === 'normal' ? median : Math.log(median),
    spread,
  }));
  const digits = Math.max(2, `${options.drugs}`.length);
  const drugs = Array.from({ length: options.drugs }, (_, index): PlantedFeature => {
    const name = `drug${`${index + 1}`.padStart(digits, '0')}`;
    return { name, shape: 'drug', ...loaded(`drug ${index + 1}`, 0.4, 0.8), location: 0, spread: 1 };
  });
  return [...measured, ...drugs];
}

/** Drug thresholds of every hospital such that the share of steps with the drug over all stays is the density drawn for it. */
function drugThresholds(
  feature: PlantedFeature,
  index: number,
  options: SimulationOptions,
  seed: number,
  shifts: readonly Float64Array[],
  weights: readonly number[],
): Float64Array {
  const draw = random(seed, 'simulated-drug', index);
  const [low, high] = options.drugDensity;
  const density = low + (high - low) * draw.uniform();
  const shifted = draw.uniform() < options.shiftedDrugs;
  const own = options.hospitals.map(({ id }) =>
    shifted ? options.drugShift * random(seed, 'simulated-drug-shift', index, id).normal() : 0,
  );
  const means = shifts.map((shift) => dot(feature.loadings, shift));
  const common = solveIncreasing(
    (x) => -weights.reduce((sum, weight, k) => sum + weight * normalCdf(means[k]! + own[k]! - x), 0),
    -density,
    -60,
    60,
  );
  return Float64Array.from(own, (shift) => common - shift);
}

/**
 * Draws everything that is planted. Each part has a stream named after what it is for, so that adding a drug or a
 * hospital leaves the other loadings, shifts and rates as they were.
 */
export function plantWorld(options: SimulationOptions, seed: number): World {
  const total = options.hospitals.reduce((sum, { patients }) => sum + patients, 0);
  const weights = options.hospitals.map(({ patients }) => patients / total);
  const features = plantFeatures(options, seed);
  const severity = direction(random(seed, 'simulated-severity'), options.factors, 1);
  const shifts = options.hospitals.map(({ id }) => {
    const draw = random(seed, 'simulated-site-shift', id);
    return Float64Array.from({ length: options.factors }, () => options.eta * draw.normal());
  });
  const thresholds = features.map((feature, index) =>
    feature.shape === 'drug'
      ? drugThresholds(feature, index - measurements.length, options, seed, shifts, weights)
      : new Float64Array(options.hospitals.length),
  );
  const labelSpread = Math.hypot(options.labelStrength, options.ageEffect);
  const hospitals = options.hospitals.map(({ id, patients, deathRate }, k): PlantedHospital => {
    const shift = shifts[k]!;
    const siteSeverity = dot(severity, shift);
    const recorded = Float64Array.from(features, ({ name }, index) => {
      const measurement = measurements[index];
      return measurement === undefined || options.completeMeasurements
        ? 1
        : betaDraw(random(seed, 'simulated-measured', name, id), measurement.measured);
    });
    return {
      id,
      patients,
      weight: weights[k]!,
      deathRate,
      shift,
      drugThreshold: Float64Array.from(thresholds, (ofHospital) => ofHospital[k]!),
      maskThreshold: recorded.map((rate) =>
        rate === 1 ? -Infinity : options.severityMissingness * siteSeverity - normalQuantile(rate),
      ),
      recorded,
      labelIntercept: solveIncreasing(
        (intercept) => logisticNormalMean(intercept + options.labelStrength * siteSeverity, labelSpread),
        deathRate,
        -200,
        200,
      ),
    };
  });
  return { options, seed, features, hospitals, severity, age: { mean: 63, sd: 15 }, male: 0.55 };
}
