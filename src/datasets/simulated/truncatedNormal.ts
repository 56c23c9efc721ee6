import { normalCdf, normalDensity, upperOrthant } from './gaussian.js';

/** Raw moments of two standard normals z₁, z₂ with correlation r over the corner z₁ > a, z₂ > b (not divided by its probability). */
export interface CornerMoments {
  /** P(z₁ > a, z₂ > b) */
  readonly mass: number;
  readonly first: number;
  readonly second: number;
  readonly firstFirst: number;
  readonly secondSecond: number;
  readonly firstSecond: number;
}

const timesDensity = (a: number): number => (Number.isFinite(a) ? a * normalDensity(a) : 0);

/**
 * Moments over a corner of the plane; a or b = −∞ leaves that side open (r must then be 0).
 * Rosenbaum, "Moments of a truncated bivariate normal distribution", J R Stat Soc B 23, 1961.
 */
export function cornerMoments(a: number, b: number, r: number): CornerMoments {
  const rest = Math.sqrt(1 - r * r);
  const beyondFirst = Number.isFinite(a) ? normalCdf(-(b - r * a) / rest) : 0;
  const beyondSecond = Number.isFinite(b) ? normalCdf(-(a - r * b) / rest) : 0;
  const edgeFirst = normalDensity(a) * beyondFirst;
  const edgeSecond = normalDensity(b) * beyondSecond;
  const mass = upperOrthant(a, b, r);
  const apex =
    Number.isFinite(a) && Number.isFinite(b)
      ? (rest * normalDensity(Math.sqrt((a * a - 2 * r * a * b + b * b) / (1 - r * r)))) /
        Math.sqrt(2 * Math.PI)
      : 0;
  const edges = { first: timesDensity(a) * beyondFirst, second: timesDensity(b) * beyondSecond };
  return {
    mass,
    first: edgeFirst + r * edgeSecond,
    second: r * edgeFirst + edgeSecond,
    firstFirst: mass + edges.first + r * r * edges.second + r * apex,
    secondSecond: mass + r * r * edges.first + edges.second + r * apex,
    firstSecond: r * mass + r * edges.first + r * edges.second + apex,
  };
}
