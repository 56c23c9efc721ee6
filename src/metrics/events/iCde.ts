import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { resampledStays } from '../resampledStays.js';
import { paperFormDefinition } from './convertedForm.js';
import { meanReplicates, replicatesResult } from './distanceTree.js';
import { columnDistance } from './distributionDistances.js';
import { eventSides, fidelityVariants, modeOf, withoutEvents, type Mode } from './eventSides.js';
import type { TableView } from './eventView.js';
import { itemsByFrequency, ITEM_UNRELATED, rowsByItem } from './rowsByItem.js';

const SELECTIONS = ['frequent', 'top50', 'all'] as const;

const descriptor: MetricDescriptor = {
  id: 'events.i_cde',
  version: 1,
  family: 'events',
  title: 'Column distance by item (I-CDE)',
  explanation:
    'As the column distance, but within every single item (each laboratory test, each drug): 0 means that the values of every item are distributed as in real events.',
  definition: `events.cde among the rows of one item, for the items of the real cohort, without the item column and without patientweight, which belongs to the patient; per column the mean over items, then over columns, then over tables. items=frequent: at least 0.1 % of the real rows of the table (strict: and at least 5 rows); top50: the fifty with most real rows; all: every real item. Which of the three RawMed (Cho et al. 2025) prints is unknown. mode=strict: an item or column with values on one side only counts 1 (numeric) or 0.8326 (categorical), so items that are never generated cost. mode=paper, known flaws: distances rounded to three decimals; an item without values on one side is left out, so never-generated items cost nothing; compared with train only. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts. ${paperFormDefinition}`,
  misuse:
    'Items with few rows are noisy: read it against the ceiling. It says nothing about which columns go together (events.i_pcc) and, in paper mode, nothing about items that are missing (events.item_coverage).',
  source:
    'RawMed/MTTSeval `evaluation/eval_stat.py` (arXiv 2507.06996); what strict mode changes: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} In paper mode also when no item has values on both sides.`,
  variants: fidelityVariants(SELECTIONS.map((items) => ({ items }))),
  headline: true,
  bounds: 'reference-cohorts',
};

export const iCde = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const mode = modeOf(parameters);
  const selection = choiceParameter(parameters, 'items', SELECTIONS);
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  const { real, realView, syntheticView, n } = sides;
  const [forSynthetic, forReal] = [bootstrapSeed(random), bootstrapSeed(random)];
  const ofSynthetic = resampledStays(inputs.synthetic, inputs.resamples, forSynthetic);
  const ofReal = resampledStays(real, inputs.resamples, forReal);
  const none = new Uint32Array(0);
  let [compared, absent, skipped] = [0, 0, 0];
  const tables = realView.tables.map((table, k) => {
    const other = syntheticView.tables[k]!;
    const [realRows, syntheticRows] = [rowsByItem(table), rowsByItem(other)];
    const items = selectItems(table, selection, mode);
    compared += items.length;
    absent += items.filter((item) => !syntheticRows.has(item)).length;
    const columns = table.columns.flatMap((column, c) => {
      if (c === table.itemColumn || ITEM_UNRELATED.includes(column.name)) return [];
      const distances = items.map((item) =>
        columnDistance(
          column,
          other.columns[c]!,
          { rows: realRows.get(item)!, stay: table.stay, stays: realView.stays, draws: ofReal },
          {
            rows: syntheticRows.get(item) ?? none,
            stay: other.stay,
            stays: syntheticView.stays,
            draws: ofSynthetic,
          },
          mode,
        ),
      );
      skipped += distances.filter(({ point }) => point === null).length;
      return [meanReplicates(distances)];
    });
    return { name: table.name, value: meanReplicates(columns) };
  });
  return replicatesResult(descriptor, meanReplicates(tables.map(({ value }) => value)), n, {
    tables: tables.map(({ name }) => name),
    values: tables.map(({ value }) => value.point),
    items: compared,
    itemsNotGenerated: absent,
    pairsWithoutValue: skipped,
  });
});

function selectItems(
  table: TableView,
  selection: (typeof SELECTIONS)[number],
  mode: Mode,
): readonly string[] {
  const items = itemsByFrequency(table);
  if (selection === 'all') return items;
  if (selection === 'top50') return items.slice(0, 50);
  const rows = rowsByItem(table);
  const least = Math.max(0.001 * table.rows, mode === 'strict' ? 5 : 0);
  return items.filter((item) => rows.get(item)!.length >= least);
}
