import type { DatasheetPart } from './datasheetSections.js';
import type { DatasheetTable } from './datasheetTables.js';
import type { DatasheetFigure } from './figures/figure.js';
import { escapeMarkdown } from './printedText.js';

function table({ header, rows, textColumns }: DatasheetTable): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = `| ${header.map((_, column) => (column < textColumns ? '---' : '---:')).join(' | ')} |`;
  return [row(header), rule, ...rows.map(row)].join('\n');
}

/** The datasheet as Markdown; figures are linked from the folder `figures` beside it. */
export function datasheetMarkdown(
  parts: readonly DatasheetPart[],
  figures: readonly DatasheetFigure[],
): string {
  const blocks = parts.map((part, index) => {
    switch (part.kind) {
      case 'heading':
        return `${index === 0 ? '#' : '##'} ${escapeMarkdown(part.text)}`;
      case 'paragraph':
        return escapeMarkdown(part.text);
      case 'list':
        return part.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
      case 'table':
        return table(part.table);
      case 'figure': {
        const figure = figures.find(({ id }) => id === part.id)!;
        const caption = escapeMarkdown(figure.caption);
        return `![${escapeMarkdown(figure.title)}](figures/${part.id}.svg)\n\n*${escapeMarkdown(figure.title)}.* ${caption}`;
      }
    }
  });
  return `${blocks.join('\n\n')}\n`;
}
