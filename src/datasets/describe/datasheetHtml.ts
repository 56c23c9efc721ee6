import type { DatasheetPart } from './datasheetSections.js';
import type { DatasheetTable } from './datasheetTables.js';
import type { DatasheetFigure } from './figures/figure.js';
import { escapeHtml } from '../../cohort/escapeHtml.js';

const style = `
:root { color-scheme: light dark; --ink: #1B1F24; --muted: #5B6470; --line: #D4D9E0; --ground: #FFFFFF; }
@media (prefers-color-scheme: dark) { :root { --ink: #E8EAED; --muted: #A3ACB8; --line: #39414B; --ground: #14181D; } }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--ground);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 500; } th.n, td.n { text-align: right; white-space: nowrap; } th.n { white-space: normal; }
figure { margin: 1.5rem 0; } figure img { background: #FFFFFF; border: 1px solid var(--line); border-radius: 6px; max-width: 100%; height: auto; }
figcaption { color: var(--muted); font-size: .875rem; max-width: 46rem; } figcaption b { color: var(--ink); font-weight: 600; }
@media print { body { max-width: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }`;

function table({ header, rows, textColumns }: DatasheetTable): string {
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    row
      .map(
        (cell, column) =>
          `<${tag}${tag === 'th' ? ' scope="col"' : ''}${column < textColumns ? '' : ' class="n"'}>${escapeHtml(cell)}</${tag}>`,
      )
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="scroll"><table>\n<thead><tr>${cells(header, 'th')}</tr></thead>\n<tbody>\n${body}\n</tbody></table></div>`;
}

function figureBlock({ title, caption }: DatasheetFigure, svg: string): string {
  // As an image the drawing can run nothing and its ids cannot clash with those of another.
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  const text = escapeHtml(`${title}. ${caption}`);
  return `<figure><img alt="${text}" src="${source}"><figcaption><b>${escapeHtml(title)}.</b> ${escapeHtml(caption)}</figcaption></figure>`;
}

/**
 * The datasheet as one HTML page that needs no network and runs no script.
 *
 * @param svgs drawing of each figure, by id
 */
export function datasheetHtml(
  parts: readonly DatasheetPart[],
  figures: readonly DatasheetFigure[],
  svgs: ReadonlyMap<string, string>,
): string {
  const blocks = parts.map((part, index) => {
    switch (part.kind) {
      case 'heading':
        return index === 0 ? `<h1>${escapeHtml(part.text)}</h1>` : `<h2>${escapeHtml(part.text)}</h2>`;
      case 'paragraph':
        return `<p>${escapeHtml(part.text)}</p>`;
      case 'list':
        return `<ul>\n${part.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
      case 'table':
        return table(part.table);
      case 'figure':
        return figureBlock(
          figures.find(({ id }) => id === part.id)!,
          svgs.get(part.id)!,
        );
    }
  });
  const first = parts[0];
  const title = first?.kind === 'heading' ? first.text : 'Datasheet';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
${blocks.join('\n')}
</body></html>
`;
}
