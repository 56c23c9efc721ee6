/**
 * A table for a terminal: the first column to the left, the others to the right, a rule under the heading and between
 * groups of rows.
 */
export function textTable(
  heading: readonly string[],
  groups: readonly (readonly (readonly string[])[])[],
): string {
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...groups.flat()].map((cells) => printedWidth(cells[column]!))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - printedWidth(cell));
        return column === 0 ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [line(heading), ...groups.flatMap((rows) => [rule, ...rows.map(line)])].join('\n');
}

/** Columns of a terminal: characters above the basic plane and East Asian wide ones take two, marks none. */
function printedWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\p{Cf}/u.test(character)) continue;
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
