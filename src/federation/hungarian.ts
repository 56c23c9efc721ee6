/**
 * Cheapest one-to-one assignment of `rows` rows to `columns` columns (rows ≤ columns), row-major costs, O(rows²·columns).
 *
 * Shortest augmenting paths with potentials (Jonker & Volgenant 1987 in the form of Kuhn–Munkres). Deterministic: of equal
 * costs the lowest column wins.
 *
 * @returns the column of each row.
 */
export function cheapestAssignment(costs: ArrayLike<number>, rows: number, columns: number): Uint32Array {
  if (rows > columns)
    throw new RangeError(`an assignment needs rows ≤ columns, not ${rows} rows and ${columns} columns`);
  if (costs.length !== rows * columns)
    throw new RangeError(`${rows} × ${columns} costs expected, found ${costs.length}`);
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  // Rows and columns count from 1; 0 stands for "none yet".
  const rowOfColumn = new Uint32Array(columns + 1);
  const previousColumn = new Uint32Array(columns + 1);
  const slack = new Float64Array(columns + 1);
  const visited = new Uint8Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOfColumn[0] = row;
    slack.fill(Infinity);
    visited.fill(0);
    let column = 0;
    do {
      visited[column] = 1;
      const from = rowOfColumn[column]!;
      const base = (from - 1) * columns - 1;
      let step = Infinity;
      let next = -1;
      for (let j = 1; j <= columns; j++) {
        if (visited[j] === 1) continue;
        const reduced = costs[base + j]! - rowPotential[from]! - columnPotential[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          previousColumn[j] = column;
        }
        if (slack[j]! < step) {
          step = slack[j]!;
          next = j;
        }
      }
      if (next < 0) throw new RangeError('the costs of an assignment must be finite numbers');
      for (let j = 0; j <= columns; j++) {
        if (visited[j] === 1) {
          rowPotential[rowOfColumn[j]!]! += step;
          columnPotential[j]! -= step;
        } else slack[j]! -= step;
      }
      column = next;
    } while (rowOfColumn[column] !== 0);
    do {
      const previous = previousColumn[column]!;
      rowOfColumn[column] = rowOfColumn[previous]!;
      column = previous;
    } while (column !== 0);
  }
  const columnOfRow = new Uint32Array(rows);
  for (let j = 1; j <= columns; j++) if (rowOfColumn[j] !== 0) columnOfRow[rowOfColumn[j]! - 1] = j - 1;
  return columnOfRow;
}
