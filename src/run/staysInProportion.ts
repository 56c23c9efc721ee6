/**
 * A number of stays shared out in proportion to what every hospital has; largest remainders get what rounding down leaves,
 * so that the shares sum to it.
 */
export function staysInProportion(
  stays: Readonly<Record<string, number>>,
  wanted: number,
): Record<string, number> {
  const hospitals = Object.keys(stays);
  const total = hospitals.reduce((sum, id) => sum + stays[id]!, 0);
  const shares = hospitals.map((id) => (wanted * stays[id]!) / total);
  const whole = shares.map(Math.floor);
  const left = wanted - whole.reduce((sum, n) => sum + n, 0);
  const byRemainder = [...shares.keys()].sort((a, b) => (shares[b]! % 1) - (shares[a]! % 1) || a - b);
  for (const hospital of byRemainder.slice(0, left)) whole[hospital]!++;
  return Object.fromEntries(hospitals.map((id, hospital) => [id, whole[hospital]!]));
}
