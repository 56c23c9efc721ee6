import type { ColumnRules, Range, TableRules, VerificationRules } from '../verification/verificationRules.js';

const union = (a: Range, b: Range): Range =>
  a === null ? b : b === null ? a : [Math.min(a[0], b[0]), Math.max(a[1], b[1])];

const unions = (ranges: readonly (readonly Range[])[]): readonly Range[] =>
  ranges[0]!.map((_, c) => ranges.reduce<Range>((merged, own) => union(merged, own[c]!), null));

function mergedColumn(columns: readonly ColumnRules[]): ColumnRules {
  const counts = new Map<string, number>();
  for (const { vocabulary } of columns)
    for (const { text, count } of vocabulary) counts.set(text, (counts.get(text) ?? 0) + count);
  return {
    ...columns[0]!,
    range: columns.reduce<Range>((merged, { range }) => union(merged, range), null),
    vocabulary: Array.from(counts, ([text, count]) => ({ text, count })),
    rareTexts: columns.some(({ rareTexts }) => rareTexts),
  };
}

function mergedTable(tables: readonly TableRules[]): TableRules {
  const first = tables[0]!;
  const columns = first.columns.map((_, c) => mergedColumn(tables.map((table) => table.columns[c]!)));
  const ofItem = (text: string): readonly Range[] =>
    unions(
      tables.flatMap(({ columns: own, item, itemRanges }) => {
        const at = own[item]!.vocabulary.findIndex((known) => known.text === text);
        return at < 0 ? [] : [itemRanges[at]!];
      }),
    );
  const without = tables.flatMap(({ withoutItem }) => (withoutItem === null ? [] : [withoutItem]));
  return {
    ...first,
    columns,
    itemRanges: columns[first.item]!.vocabulary.map(({ text }) => ofItem(text)),
    rareItem: unions(tables.map(({ rareItem }) => rareItem)),
    withoutItem: without.length === 0 ? null : unions(without),
  };
}

/**
 * Rules of several hospitals as one: texts and their counts added up, ranges widened to hold every hospital's. A text that no
 * hospital has often enough is unknown, however often all together have it.
 *
 * @param rules of hospitals with the same event tables, at least one
 */
export const mergedRules = (rules: readonly VerificationRules[]): VerificationRules =>
  rules[0]!.map((_, t) => mergedTable(rules.map((own) => own[t]!)));
