const ROOT_PI = Math.sqrt(Math.PI);

/** erf(x) for 0 ≤ x < 2 by its power series (Abramowitz & Stegun 7.1.6). */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / ROOT_PI) * Math.exp(-x * x) * sum;
}

/** ln erfc(x) for x ≥ 2 by its continued fraction (Abramowitz & Stegun 7.1.14), evaluated from the inside. */
function logTail(x: number): number {
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / 2 / fraction;
  return -x * x - Math.log(fraction * ROOT_PI);
}

/** ln erfc(x) for any x, also where erfc(x) underflows; relative error about 1e-13. */
export function logErfc(x: number): number {
  if (x >= 2) return logTail(x);
  if (x <= -2) return Math.log1p(1 - Math.exp(logTail(-x)));
  return Math.log1p(x < 0 ? erfSeries(-x) : -erfSeries(x));
}
