/**
 * A table as the text of a paper or a pull request. Both functions use nothing outside themselves: the page carries their
 * source, so that a reader copies what is on the screen, sorted and filtered.
 */

/** Markdown table; the first row is the heading, the first column is left-aligned. Names are escaped. */
export function markdownOf(rows: readonly (readonly string[])[]): string {
  const escaped = (text: string): string =>
    text
      .replace(/\s+/gu, ' ')
      .trim()
      .replace(/[\\`*_{}[\]()#+!|~$^]/gu, '\\$&')
      .replace(/&/gu, '&amp;')
      .replace(/</gu, '&lt;')
      .replace(/>/gu, '&gt;');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [heading, ...body] = rows.map((cells) => cells.map(escaped));
  if (heading === undefined) return '';
  const rule = heading.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(heading), line(rule), ...body.map(line)].join('\n').concat('\n');
}

/** LaTeX `tabular` with the rules of booktabs; the first row is the heading. Names cannot run commands. */
export function latexOf(rows: readonly (readonly string[])[]): string {
  const commands: Readonly<Record<string, string>> = {
    '\\': '\\textbackslash{}',
    '{': '\\{',
    '}': '\\}',
    $: '\\$',
    '&': '\\&',
    '#': '\\#',
    '%': '\\%',
    _: '\\_',
    '^': '\\textasciicircum{}',
    '~': '\\textasciitilde{}',
    '<': '\\textless{}',
    '>': '\\textgreater{}',
    '|': '\\textbar{}',
    '"': '\\textquotedbl{}',
    // A bracket after a line's end would be its optional argument.
    '[': '{[}',
    '*': '{*}',
    '±': '$\\pm$',
    '−': '$-$',
    '–': '--',
    '…': '\\ldots{}',
    '↓': '$\\downarrow$',
    '↑': '$\\uparrow$',
    '→': '$\\rightarrow$',
    '≤': '$\\leq$',
    '≥': '$\\geq$',
    '∞': '$\\infty$',
  };
  const escaped = (text: string): string =>
    text
      .replace(/\s+/gu, ' ')
      .trim()
      .replace(/[\\{}$&#%_^~<>|"[*±−–…↓↑→≤≥∞]/gu, (character) => commands[character]!);
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  const [heading, ...body] = rows.map((cells) => cells.map(escaped));
  if (heading === undefined) return '';
  return [
    '% \\usepackage{booktabs}',
    `\\begin{tabular}{l${'r'.repeat(heading.length - 1)}}`,
    '\\toprule',
    line(heading),
    '\\midrule',
    ...body.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}
