import { dot, type PlantedFeature, type PlantedHospital, type World } from './world.js';
import { cornerMoments } from './truncatedNormal.js';

/** One feature at one step, seen as a value latent u and (measurements) a measuring latent h, both of unit variance. */
interface Cell {
  readonly feature: PlantedFeature;
  readonly meanValue: number;
  readonly meanMask: number;
  /** Above which u must lie for a drug to be given. */
  readonly drugThreshold: number;
  /** Above which h must lie for the value to be recorded; −∞ = always. */
  readonly maskThreshold: number;
}

/** Raw moments of two cells over the steps in which both are recorded, times the share of such steps. */
export interface PairSums {
  /** Share of steps (or pairs of steps) in which both are recorded. */
  readonly mass: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

function cellOf(world: World, site: PlantedHospital, index: number, recorded: boolean): Cell {
  const feature = world.features[index]!;
  return {
    feature,
    meanValue: dot(feature.loadings, site.shift),
    meanMask: world.options.severityMissingness * dot(world.severity, site.shift),
    drugThreshold: site.drugThreshold[index]!,
    maskThreshold: recorded ? site.maskThreshold[index]! : -Infinity,
  };
}

/** Correlations of (u₁, h₁, u₂, h₂), cells `lag` steps apart; noise is shared only where feature and step are the same. */
function latentCorrelations(world: World, a: PlantedFeature, b: PlantedFeature, lag: number): number[][] {
  const decay = world.options.rho ** lag;
  const mask = world.severity.map((weight) => weight * world.options.severityMissingness);
  const vectors = [a.loadings, mask, b.loadings, mask];
  return vectors.map((left, i) =>
    vectors.map((right, j) => {
      if (i === j) return 1;
      const factor = dot(left, right);
      return i < 2 === j < 2 ? factor : factor * decay;
    }),
  );
}

interface Condition {
  readonly latent: number;
  readonly threshold: number;
}

/**
 * E[ gᵖ(u₁) · g^q(u₂) · 1(conditions) ] for powers (p, q), at most two conditions "latent > threshold".
 * exp(s·u) tilts the Gaussian (its means move by covariance × s); what is left is a polynomial over a corner.
 */
function expectation(
  cells: readonly [Cell, Cell],
  correlation: readonly (readonly number[])[],
  powers: readonly [number, number],
): number {
  const conditions: Condition[] = [];
  const means = [cells[0].meanValue, cells[0].meanMask, cells[1].meanValue, cells[1].meanMask];
  let logScale = 0;
  const tilt = [0, 0];
  for (const side of [0, 1] as const) {
    const { feature, drugThreshold, maskThreshold } = cells[side];
    const power = powers[side];
    if (maskThreshold > -Infinity) conditions.push({ latent: 2 * side + 1, threshold: maskThreshold });
    if (feature.shape === 'drug' && power > 0)
      conditions.push({ latent: 2 * side, threshold: drugThreshold });
    if (feature.shape === 'log-normal') {
      tilt[side] = power * feature.spread;
      logScale += power * feature.location + tilt[side] * means[2 * side]!;
    }
  }
  const between = correlation[0]![2]!;
  logScale += (tilt[0]! ** 2 + tilt[1]! ** 2) / 2 + tilt[0]! * tilt[1]! * between;
  const moved = means.map(
    (mean, i) => mean + correlation[i]![0]! * tilt[0]! + correlation[i]![2]! * tilt[1]!,
  );

  const [c0, c1] = [conditions[0], conditions[1]];
  const r = c0 !== undefined && c1 !== undefined ? correlation[c0.latent]![c1.latent]! : 0;
  const corner = cornerMoments(
    c0 === undefined ? -Infinity : c0.threshold - moved[c0.latent]!,
    c1 === undefined ? -Infinity : c1.threshold - moved[c1.latent]!,
    r,
  );
  const normal = ([0, 1] as const).filter(
    (side) => cells[side].feature.shape === 'normal' && powers[side] > 0,
  );
  // Regression of u − mean on the two conditioned latents; what it leaves is independent of the corner.
  const slopes = (side: number): readonly [number, number] => {
    const first = c0 === undefined ? 0 : correlation[2 * side]![c0.latent]!;
    const second = c1 === undefined ? 0 : correlation[2 * side]![c1.latent]!;
    return [(first - r * second) / (1 - r * r), (second - r * first) / (1 - r * r)];
  };
  const linear = (side: number): number => {
    const [s, t] = slopes(side);
    return s * corner.first + t * corner.second;
  };
  const quadratic = (a: number, b: number): number => {
    const [s, t] = slopes(a);
    const [v, w] = slopes(b);
    const explained = s * v + t * w + r * (s * w + t * v);
    return (
      (correlation[2 * a]![2 * b]! - explained) * corner.mass +
      s * v * corner.firstFirst +
      t * w * corner.secondSecond +
      (s * w + t * v) * corner.firstSecond
    );
  };
  const level = (side: 0 | 1): number =>
    cells[side].feature.location + cells[side].feature.spread * moved[2 * side]!;
  const spread = (side: 0 | 1): number => cells[side].feature.spread;
  const scale = Math.exp(logScale);
  const factors = normal.flatMap((side) => Array.from({ length: powers[side] }, () => side));
  const [one, two] = [factors[0], factors[1]];
  if (one === undefined) return scale * corner.mass;
  if (two === undefined) return scale * (level(one) * corner.mass + spread(one) * linear(one));
  return (
    scale *
    (level(one) * level(two) * corner.mass +
      level(one) * spread(two) * linear(two) +
      level(two) * spread(one) * linear(one) +
      spread(one) * spread(two) * quadratic(one, two))
  );
}

/**
 * Exact moments of features `a` and `b` at one hospital, `lag` steps apart (a at t, b at t + lag), over what is recorded
 * or, with `recorded` false, over all steps. For one feature with itself at lag 0 see `marginalSums`.
 */
export function pairSums(
  world: World,
  site: PlantedHospital,
  a: number,
  b: number,
  lag: number,
  recorded: boolean,
): PairSums {
  const cells = [cellOf(world, site, a, recorded), cellOf(world, site, b, recorded)] as const;
  const correlation = latentCorrelations(world, cells[0].feature, cells[1].feature, lag);
  const of = (p: number, q: number): number => expectation(cells, correlation, [p, q]);
  return { mass: of(0, 0), x: of(1, 0), y: of(0, 1), xx: of(2, 0), yy: of(0, 2), xy: of(1, 1) };
}

/** Moments of one feature: mass = share of recorded steps, x = E[value · recorded], xx = E[value² · recorded]. */
export function marginalSums(
  world: World,
  site: PlantedHospital,
  index: number,
  recorded: boolean,
): { readonly mass: number; readonly x: number; readonly xx: number } {
  const cell = cellOf(world, site, index, recorded);
  // A partner without condition and power: the pair reduces to the one cell.
  const open = { ...cell, feature: { ...cell.feature, shape: 'normal' as const }, maskThreshold: -Infinity };
  const correlation = latentCorrelations(world, cell.feature, open.feature, 1);
  const of = (p: number): number => expectation([cell, open], correlation, [p, 0]);
  return { mass: of(0), x: of(1), xx: of(2) };
}
