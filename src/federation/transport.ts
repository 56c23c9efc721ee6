import { cheapestAssignment } from './hungarian.js';

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/**
 * Cheapest transport of mass 1 from `rows` points that hold 1/rows each to `columns` points that take 1/columns each;
 * row-major costs. Exact: successive shortest paths with potentials, in whole units of 1/lcm(rows, columns). Between equally
 * many points the plan is a permutation (a corner of the Birkhoff polytope), that of the Hungarian algorithm.
 *
 * @returns [rows × columns]: the share of each column's mass that comes from each row; columns sum to 1
 */
export function cheapestTransport(costs: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const plan = new Float64Array(rows * columns);
  if (rows === columns) {
    for (const [row, column] of cheapestAssignment(costs, rows, columns).entries())
      plan[row * columns + column] = 1;
    return plan;
  }
  if (costs.length !== rows * columns)
    throw new RangeError(`${rows} × ${columns} costs expected, found ${costs.length}`);
  const divisor = greatestDivisor(rows, columns);
  const demand = rows / divisor;
  const send = unitTransport(costs, rows, columns, demand, plan);
  for (let row = 0; row < rows; row++) for (let left = columns / divisor; left > 0;) left -= send(row, left);
  return plan.map((units) => units / demand);
}

/**
 * A function that sends units from a row along the cheapest path to a column that takes more; columns that are full pass
 * units on by diverting rows that send to them. It says how many units the path took.
 *
 * @param demand units that every column takes
 * @param units sent so far, [rows × columns]; written in place
 */
function unitTransport(
  costs: ArrayLike<number>,
  rows: number,
  columns: number,
  demand: number,
  units: Float64Array,
): (source: number, atMost: number) => number {
  const free = new Float64Array(columns).fill(demand);
  // costs − rowPotential − columnPotential ≥ 0 throughout, and = 0 where units are sent.
  const rowPotential = new Float64Array(rows).fill(Infinity);
  for (let i = 0; i < rows * columns; i++) {
    const row = Math.floor(i / columns);
    rowPotential[row] = Math.min(rowPotential[row]!, costs[i]!);
  }
  const columnPotential = new Float64Array(columns);
  const rowDistance = new Float64Array(rows);
  const columnDistance = new Float64Array(columns);
  const rowBefore = new Int32Array(columns);
  const columnBefore = new Int32Array(rows);
  const reached = new Uint8Array(rows);
  const settled = new Uint8Array(columns);

  const reach = (row: number, distance: number, through: number): void => {
    reached[row] = 1;
    rowDistance[row] = distance;
    columnBefore[row] = through;
    for (let column = 0; column < columns; column++) {
      if (settled[column] === 1) continue;
      const reduced = costs[row * columns + column]! - rowPotential[row]! - columnPotential[column]!;
      if (distance + reduced < columnDistance[column]!) {
        columnDistance[column] = distance + reduced;
        rowBefore[column] = row;
      }
    }
  };

  /** The nearest column that takes more; distances of all that lie nearer are left behind. */
  const nearestFree = (source: number): number => {
    reached.fill(0);
    columnDistance.fill(Infinity);
    settled.fill(0);
    reach(source, 0, -1);
    for (;;) {
      let nearest = -1;
      for (let column = 0; column < columns; column++)
        if (
          settled[column] === 0 &&
          columnDistance[column]! < (nearest < 0 ? Infinity : columnDistance[nearest]!)
        )
          nearest = column;
      if (nearest < 0) throw new RangeError('the costs of a transport must be finite numbers');
      if (free[nearest]! > 0) return nearest;
      settled[nearest] = 1;
      for (let row = 0; row < rows; row++)
        if (units[row * columns + nearest]! > 0 && reached[row] === 0)
          reach(row, columnDistance[nearest]!, nearest);
    }
  };

  return (source, atMost) => {
    const target = nearestFree(source);
    const length = columnDistance[target]!;
    for (let row = 0; row < rows; row++)
      if (reached[row] === 1) rowPotential[row]! += length - rowDistance[row]!;
    for (let column = 0; column < columns; column++)
      if (settled[column] === 1) columnPotential[column]! -= length - columnDistance[column]!;
    let amount = Math.min(atMost, free[target]!);
    const walk = (visit: (row: number, to: number, from: number) => void): void => {
      for (let to = target; to >= 0;) {
        const row = rowBefore[to]!;
        visit(row, to, columnBefore[row]!);
        to = columnBefore[row]!;
      }
    };
    walk((row, _, from) => {
      if (from >= 0) amount = Math.min(amount, units[row * columns + from]!);
    });
    walk((row, to, from) => {
      units[row * columns + to]! += amount;
      if (from >= 0) units[row * columns + from]! -= amount;
    });
    free[target]! -= amount;
    return amount;
  };
}
