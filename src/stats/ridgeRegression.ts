import { solveSymmetric } from './cholesky.js';

export interface RidgeModel {
  readonly intercept: number;
  readonly weights: Float64Array;
}

/**
 * Ridge regression: minimises Σ (y − a − x·w)² + λ‖w‖², the intercept unpenalised (scikit-learn's Ridge with α = λ), by
 * the normal equations of centred columns.
 *
 * @param design [rows · columns] row-major, finite
 * @param lambda above 0, so that the equations have one solution
 */
export function fitRidge(
  design: Float64Array,
  columns: number,
  target: Float64Array,
  lambda: number,
): RidgeModel {
  const rows = target.length;
  if (rows === 0) throw new RangeError('a regression needs rows');
  if (!(lambda > 0)) throw new RangeError(`the penalty must be above 0, not ${lambda}`);
  const mean = new Float64Array(columns);
  let meanTarget = 0;
  for (let i = 0; i < rows; i++) {
    meanTarget += target[i]! / rows;
    for (let j = 0; j < columns; j++) mean[j]! += design[i * columns + j]! / rows;
  }
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  const centred = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) centred[j] = design[i * columns + j]! - mean[j]!;
    const y = target[i]! - meanTarget;
    for (let j = 0; j < columns; j++) {
      const value = centred[j]!;
      moment[j]! += value * y;
      if (value === 0) continue;
      // The solver reads the lower triangle.
      for (let k = 0; k <= j; k++) gram[j * columns + k]! += value * centred[k]!;
    }
  }
  for (let j = 0; j < columns; j++) gram[j * columns + j]! += lambda;
  const weights = solveSymmetric(gram, columns, moment);
  const intercept = weights.reduce((sum, weight, j) => sum - weight * mean[j]!, meanTarget);
  return { intercept, weights };
}
