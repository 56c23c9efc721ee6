import type { FeatureTable } from '../../stats/featureTable.js';
import { fitRidge } from '../../stats/ridgeRegression.js';
import { fitDesign } from './design.js';

/** Penalty per training row on standardised columns. */
const LAMBDA_PER_ROW = 0.01;

export const foretellingDefinition = `ridge regression (penalty ${LAMBDA_PER_ROW} times the number of rows, standard scores, missing = mean)`;

/**
 * Values of the test rows by a regression that is fitted, scaling included, on the training rows.
 *
 * @param training, test predictors; NaN = missing
 * @param value [training rows] finite, at least one
 */
export function foretell(training: FeatureTable, value: Float64Array, test: FeatureTable): Float64Array {
  const design = fitDesign(training);
  const { intercept, weights } = fitRidge(
    design.transform(training),
    design.columns,
    value,
    LAMBDA_PER_ROW * value.length,
  );
  const x = design.transform(test);
  return Float64Array.from({ length: test.rows }, (_, row) =>
    weights.reduce((sum, weight, j) => sum + weight * x[row * design.columns + j]!, intercept),
  );
}
