/** start + (end − start) · min(1, norm / ‖end − start‖): an update of at most the given Euclidean norm. */
export function clippedUpdate(start: Float32Array, end: Float32Array, norm: number): Float32Array {
  let squares = 0;
  for (let i = 0; i < end.length; i++) squares += (end[i]! - start[i]!) ** 2;
  const length = Math.sqrt(squares);
  if (length <= norm) return end.slice();
  const factor = norm / length;
  return end.map((value, i) => start[i]! + factor * (value - start[i]!));
}
