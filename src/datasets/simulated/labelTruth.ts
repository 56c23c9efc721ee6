import { logistic, logisticNormalMean } from './logisticNormal.js';
import { normalDensity } from './gaussian.js';
import { dot, type PlantedHospital, type World } from './world.js';

/** The truth about death. */
export interface LabelTruth {
  /** Probability of death. */
  readonly prevalence: number;
  /** Log odds = intercept of the hospital + strength · severity at the last step + ageEffect · standardised age. */
  readonly model: {
    readonly intercepts: Readonly<Record<string, number>>;
    readonly strength: number;
    readonly ageEffect: number;
  };
  /** AUROC of the best possible predictors, by quadrature. */
  readonly auroc: {
    /** Knows hospital, age and the latent factors: no predictor can be better. */
    readonly givenFactors: number;
    /**
     * Knows hospital, age, the planted parameters and every measurement (no drugs) of the stay without gaps: the
     * Kalman filter. What is recorded holds less, apart from what the drugs and the gaps themselves tell.
     */
    readonly givenMeasurements: number;
  };
}

/**
 * Variance of γ·f_T given all measurements of steps 0…T for T = 0…steps−1: the Kalman filter of the AR(1) factors, one
 * scalar measurement at a time. It depends on neither values nor hospital.
 */
function filteredSeverityVariances(world: World): Float64Array {
  const { factors, steps, rho } = world.options;
  const covariance = Array.from({ length: factors }, (_, i) =>
    Float64Array.from({ length: factors }, (_unused, j) => (i === j ? 1 : 0)),
  );
  const variances = new Float64Array(steps);
  for (let t = 0; t < steps; t++) {
    if (t > 0)
      for (let i = 0; i < factors; i++)
        for (let j = 0; j < factors; j++)
          covariance[i]![j] = rho ** 2 * covariance[i]![j]! + (i === j ? 1 - rho ** 2 : 0);
    for (const { shape, loadings, noise } of world.features) {
      if (shape === 'drug') continue;
      const seen = Float64Array.from(covariance, (row) => dot(row, loadings));
      const total = dot(loadings, seen) + noise ** 2;
      for (let i = 0; i < factors; i++)
        for (let j = 0; j < factors; j++) covariance[i]![j]! -= (seen[i]! * seen[j]!) / total;
    }
    variances[t] = dot(
      world.severity,
      Float64Array.from(covariance, (row) => dot(row, world.severity)),
    );
  }
  return variances;
}

/** A Gaussian of predicted log odds whose true log odds scatter around the prediction with sd `scatter`. */
interface Predictions {
  readonly weight: number;
  readonly mean: number;
  readonly sd: number;
  readonly scatter: number;
}

const nodes = 1201;
const reach = 8;

/** AUROC of ranking by predicted probability over a mixture: mass of deaths and survivals on a fine grid, ties half. */
function aurocOfPredictions(parts: readonly Predictions[]): number {
  const points: { score: number; deaths: number; survivals: number }[] = [];
  for (const { weight, mean, sd, scatter } of parts)
    for (let i = 0; i < nodes; i++) {
      const z = reach * ((2 * i) / (nodes - 1) - 1);
      const predicted = mean + sd * z;
      const probability = scatter === 0 ? logistic(predicted) : logisticNormalMean(predicted, scatter);
      const mass = weight * normalDensity(z);
      points.push({ score: probability, deaths: mass * probability, survivals: mass * (1 - probability) });
    }
  points.sort((a, b) => a.score - b.score);
  let [concordant, deaths, survivals] = [0, 0, 0];
  for (const point of points) {
    concordant += point.deaths * (survivals + point.survivals / 2);
    deaths += point.deaths;
    survivals += point.survivals;
  }
  return concordant / (deaths * survivals);
}

/** The truth about the label over the given hospitals, weighted by their shares of the stays. */
export function labelTruth(
  world: World,
  parts: readonly { readonly site: PlantedHospital; readonly weight: number }[],
): LabelTruth {
  const { labelStrength: strength, ageEffect, shortestStay, steps } = world.options;
  const mean = ({ labelIntercept, shift }: PlantedHospital): number =>
    labelIntercept + strength * dot(world.severity, shift);
  const spread = Math.hypot(strength, ageEffect);
  const lengths = steps - shortestStay + 1;
  const unseen = filteredSeverityVariances(world).slice(shortestStay - 1);
  let auroc: LabelTruth['auroc'] | null = null;
  return {
    prevalence: parts.reduce(
      (sum, { site, weight }) => sum + weight * logisticNormalMean(mean(site), spread),
      0,
    ),
    model: {
      intercepts: Object.fromEntries(parts.map(({ site }) => [site.id, site.labelIntercept])),
      strength,
      ageEffect,
    },
    get auroc() {
      auroc ??= {
        givenFactors: aurocOfPredictions(
          parts.map(({ site, weight }) => ({ weight, mean: mean(site), sd: spread, scatter: 0 })),
        ),
        givenMeasurements: aurocOfPredictions(
          parts.flatMap(({ site, weight }) =>
            Array.from(unseen, (variance) => ({
              weight: weight / lengths,
              mean: mean(site),
              sd: Math.hypot(strength * Math.sqrt(1 - variance), ageEffect),
              scatter: strength * Math.sqrt(variance),
            })),
          ),
        ),
      };
      return auroc;
    },
  };
}
