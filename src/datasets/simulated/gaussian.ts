/** Density of the standard normal. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/**
 * P(Z ≤ x) of the standard normal, error below 1e-15 (relative: 1e-7 beyond |x| = 7):
 * Hart's rational approximation as given by West,
 * "Better approximations to cumulative normal functions", Wilmott 2005.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  if (size > 37) return x > 0 ? 1 : 0;
  const decay = Math.exp(-0.5 * size * size);
  let tail: number;
  if (size < 7.07106781186547) {
    const above =
      ((((((3.52624965998911e-2 * size + 0.700383064443688) * size + 6.37396220353165) * size +
        33.912866078383) *
        size +
        112.079291497871) *
        size +
        221.213596169931) *
        size +
        220.206867912376) *
      decay;
    const below =
      ((((((8.83883476483184e-2 * size + 1.75566716318264) * size + 16.064177579207) * size +
        86.7807322029461) *
        size +
        296.564248779674) *
        size +
        637.333633378831) *
        size +
        793.826512519948) *
        size +
      440.413735824752;
    tail = above / below;
  } else {
    const fraction = size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65))));
    tail = decay / (fraction * Math.sqrt(2 * Math.PI));
  }
  return x > 0 ? 1 - tail : tail;
}

/** Least x of an increasing function with f(x) ≥ target, by bisection between bounds that enclose it. */
export function solveIncreasing(f: (x: number) => number, target: number, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let step = 0; step < 200; step++) {
    const middle = (below + above) / 2;
    if (middle <= below || middle >= above) break;
    if (f(middle) < target) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

/** x with P(Z ≤ x) = p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1, not ${p}`);
  return p > 0.5 ? -solveIncreasing(normalCdf, 1 - p, -38, 0) : solveIncreasing(normalCdf, p, -38, 0.1);
}

/** Nodes and weights of Gauss–Legendre quadrature on [−1, 1], by Newton's method on the Legendre polynomial. */
export function gaussLegendre(order: number): {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
} {
  const nodes = new Float64Array(order);
  const weights = new Float64Array(order);
  for (let i = 0; i < order; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (order + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [last, value] = [1, x];
      for (let n = 2; n <= order; n++)
        [last, value] = [value, ((2 * n - 1) * x * value - (n - 1) * last) / n];
      slope = (order * (x * value - last)) / (x * x - 1);
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const quadrature = gaussLegendre(40);

/**
 * P(X > a, Y > b) of two standard normals with correlation r, |r| ≤ 0.98, error below 1e-9: Plackett's identity
 * ∂P/∂r = φ₂(a, b; r), integrated over asin r (Drezner and Wesolowsky, J Stat Comput Simul 35, 1990).
 */
export function upperOrthant(a: number, b: number, r: number): number {
  const independent = normalCdf(-a) * normalCdf(-b);
  if (r === 0 || independent === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return independent;
  const half = Math.asin(r) / 2;
  let sum = 0;
  for (let i = 0; i < quadrature.nodes.length; i++) {
    const sine = Math.sin(half * (1 + quadrature.nodes[i]!));
    sum += quadrature.weights[i]! * Math.exp((sine * a * b - 0.5 * (a * a + b * b)) / (1 - sine * sine));
  }
  return independent + (half * sum) / (2 * Math.PI);
}
