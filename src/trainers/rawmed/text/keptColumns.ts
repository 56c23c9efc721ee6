/**
 * Truncation by whole column. A column is kept only if the text so far, its name and value and two more positions fit
 * into the length; at the first that does not fit it and all later ones are lost, except the item column: room for it is
 * held back, so that no event loses what it is about.
 *
 * @param tableTokens tokens of the table's name
 * @param costs tokens of name and value of every column in source order, 0 where the cell is missing
 * @param item index of the item column
 * @returns indices of the kept columns in source order, null if not even table and item fit
 */
export function keptColumns(
  tableTokens: number,
  costs: ArrayLike<number>,
  item: number,
  length: number,
): number[] | null {
  let reserve = costs[item]!;
  if (tableTokens + reserve + 2 > length) return null;
  const kept: number[] = [];
  let used = tableTokens;
  let stopped = false;
  for (let column = 0; column < costs.length; column++) {
    const cost = costs[column]!;
    if (cost === 0) continue;
    if (column === item) reserve = 0;
    else if (stopped || used + cost + reserve + 2 > length) {
      stopped = true;
      continue;
    }
    kept.push(column);
    used += cost;
  }
  return kept;
}
