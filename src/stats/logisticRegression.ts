import { solveSymmetric } from './cholesky.js';

export interface LogisticModel {
  readonly intercept: number;
  readonly weights: Float64Array;
}

/**
 * L2-penalised logistic regression: minimises Σ log(1 + exp(−y·η)) + λ/2·‖w‖², the intercept unpenalised (the
 * objective of scikit-learn with C = 1/λ), by Newton's method with step halving in float64.
 *
 * @param design [rows · columns] row-major, finite
 * @param outcome [rows] 0 or 1, both present
 */
export function fitLogistic(
  design: Float64Array,
  columns: number,
  outcome: Uint8Array,
  lambda: number,
): LogisticModel {
  const rows = outcome.length;
  const size = columns + 1; // the intercept is last
  let parameters = new Float64Array(size);
  let objective = penalisedLoss(design, columns, outcome, lambda, parameters);
  for (let iteration = 0; iteration < 50; iteration++) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    const row = new Float64Array(size);
    for (let i = 0; i < rows; i++) {
      row.set(design.subarray(i * columns, (i + 1) * columns));
      row[columns] = 1;
      let eta = 0;
      for (let j = 0; j < size; j++) eta += row[j]! * parameters[j]!;
      const p = 1 / (1 + Math.exp(-eta));
      const residual = p - outcome[i]!;
      const curvature = Math.max(p * (1 - p), 1e-10);
      for (let j = 0; j < size; j++) {
        gradient[j]! += residual * row[j]!;
        const scaled = curvature * row[j]!;
        if (scaled === 0) continue;
        const base = j * size;
        for (let k = 0; k <= j; k++) hessian[base + k]! += scaled * row[k]!;
      }
    }
    for (let j = 0; j < columns; j++) {
      gradient[j]! += lambda * parameters[j]!;
      hessian[j * size + j]! += lambda;
    }
    if (Math.max(...gradient.map(Math.abs)) < 1e-9 * rows) break;
    const step = solveSymmetric(hessian, size, gradient);
    let factor = 1;
    for (; factor > 1e-8; factor /= 2) {
      const trial = parameters.map((value, j) => value - factor * step[j]!);
      const trialObjective = penalisedLoss(design, columns, outcome, lambda, trial);
      if (trialObjective <= objective) {
        parameters = trial;
        objective = trialObjective;
        break;
      }
    }
    if (factor <= 1e-8) break;
  }
  return { intercept: parameters[columns]!, weights: parameters.slice(0, columns) };
}

/** Linear predictor η of every row; monotone in the probability, without its rounding to 0 and 1. */
export function linearPredictor(model: LogisticModel, design: Float64Array): Float64Array {
  const columns = model.weights.length;
  const rows = columns === 0 ? 0 : design.length / columns;
  const eta = new Float64Array(rows).fill(model.intercept);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) eta[i]! += design[i * columns + j]! * model.weights[j]!;
  return eta;
}

function penalisedLoss(
  design: Float64Array,
  columns: number,
  outcome: Uint8Array,
  lambda: number,
  parameters: Float64Array,
): number {
  let loss = 0;
  for (let j = 0; j < columns; j++) loss += (lambda / 2) * parameters[j]! * parameters[j]!;
  for (let i = 0; i < outcome.length; i++) {
    let eta = parameters[columns]!;
    for (let j = 0; j < columns; j++) eta += design[i * columns + j]! * parameters[j]!;
    const margin = outcome[i] === 1 ? eta : -eta;
    loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
  }
  return loss;
}
