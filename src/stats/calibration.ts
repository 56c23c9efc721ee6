/** Probabilities are cut to this distance from 0 and 1 before their logit is taken. */
export const PROBABILITY_CUT = 0.001;

/** Mean of (p − y)² over cases that count `weights[i]` times: the Brier score. Range [0, 1], lower is better. */
export function brierScore(
  probabilities: Float64Array,
  outcome: Uint8Array,
  weights: ArrayLike<number>,
): number | null {
  let [sum, total] = [0, 0];
  for (let i = 0; i < outcome.length; i++) {
    sum += weights[i]! * (probabilities[i]! - outcome[i]!) ** 2;
    total += weights[i]!;
  }
  return total > 0 ? sum / total : null;
}

/** log(p / (1 − p)) of probabilities cut to [0.001, 0.999]. */
export function logits(probabilities: Float64Array): Float64Array {
  return probabilities.map((p) => {
    const cut = Math.min(1 - PROBABILITY_CUT, Math.max(PROBABILITY_CUT, p));
    return Math.log(cut / (1 - cut));
  });
}

/** Logistic recalibration logit P(y = 1) = intercept + slope · x. */
export interface CalibrationLine {
  readonly intercept: number;
  readonly slope: number;
}

/**
 * Maximum-likelihood recalibration line of the outcome on the predicted logits (Cox 1958): slope 1 and intercept 0 for a
 * calibrated model, slope below 1 for predictions that are too extreme. Null when it does not exist: one class, constant
 * predictions, or classes that the predictions separate.
 */
export function calibrationLine(
  x: Float64Array,
  outcome: Uint8Array,
  weights: ArrayLike<number>,
): CalibrationLine | null {
  if (isSeparated(x, outcome, weights)) return null;
  let [intercept, slope] = [0, 0];
  let loss = lineLoss(x, outcome, weights, intercept, slope);
  for (let iteration = 0; iteration < 100; iteration++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      if (weights[i] === 0) continue;
      const p = 1 / (1 + Math.exp(-intercept - slope * x[i]!));
      const residual = weights[i]! * (outcome[i]! - p);
      const curvature = weights[i]! * p * (1 - p);
      ga += residual;
      gb += residual * x[i]!;
      haa += curvature;
      hab += curvature * x[i]!;
      hbb += curvature * x[i]! * x[i]!;
    }
    const determinant = haa * hbb - hab * hab;
    if (!(determinant > 1e-12 * haa * hbb)) return null;
    const [stepA, stepB] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    // Newton's method squares its error: after a step this small only rounding is left.
    if (Math.max(Math.abs(stepA), Math.abs(stepB)) < 1e-7 * Math.max(1, Math.abs(slope)))
      return { intercept: intercept + stepA, slope: slope + stepB };
    // A whole Newton step can overshoot; halving it until the likelihood rises makes it converge from anywhere.
    let factor = 1;
    let reached = lineLoss(x, outcome, weights, intercept + stepA, slope + stepB);
    while (!(reached <= loss) && factor > 1e-10) {
      factor /= 2;
      reached = lineLoss(x, outcome, weights, intercept + factor * stepA, slope + factor * stepB);
    }
    if (!(reached <= loss)) return null;
    intercept += factor * stepA;
    slope += factor * stepB;
    loss = reached;
  }
  return null;
}

/** Negative log likelihood of a recalibration line. */
function lineLoss(
  x: Float64Array,
  outcome: Uint8Array,
  weights: ArrayLike<number>,
  intercept: number,
  slope: number,
): number {
  let loss = 0;
  for (let i = 0; i < x.length; i++) {
    if (weights[i] === 0) continue;
    const eta = intercept + slope * x[i]!;
    const margin = outcome[i] === 1 ? eta : -eta;
    loss +=
      weights[i]! * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
  }
  return loss;
}

/**
 * Calibration in the large: the intercept of the recalibration with slope 1. 0 = mean predicted risk is right, above 0 =
 * risks are predicted too low. Null when only one class has weight.
 */
export function calibrationInTheLarge(
  x: Float64Array,
  outcome: Uint8Array,
  weights: ArrayLike<number>,
): number | null {
  let [ones, total] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    ones += weights[i]! * outcome[i]!;
    total += weights[i]!;
  }
  if (ones === 0 || ones === total) return null;
  let [low, high] = [-40, 40];
  let intercept = 0;
  for (let iteration = 0; iteration < 200 && high - low > 1e-13; iteration++) {
    let [gradient, curvature] = [0, 0];
    for (let i = 0; i < x.length; i++) {
      const p = 1 / (1 + Math.exp(-intercept - x[i]!));
      gradient += weights[i]! * (outcome[i]! - p);
      curvature += weights[i]! * p * (1 - p);
    }
    if (gradient > 0) low = intercept;
    else high = intercept;
    const newton = intercept + gradient / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - intercept) < 1e-13) return next;
    intercept = next;
  }
  return intercept;
}

/** One class has no weight, or all cases of one class lie on one side of those of the other (touching included). */
function isSeparated(x: Float64Array, outcome: Uint8Array, weights: ArrayLike<number>): boolean {
  const lowest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const highest = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < x.length; i++) {
    if (weights[i] === 0) continue;
    const label = outcome[i]!;
    lowest[label] = Math.min(lowest[label]!, x[i]!);
    highest[label] = Math.max(highest[label]!, x[i]!);
  }
  return !(lowest[1]! < highest[0]! && lowest[0]! < highest[1]!);
}
