import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { wholeParameter } from '../parameters.js';
import { associationDifference } from './associationDifference.js';
import { columnAssociations } from './columnAssociations.js';
import { paperFormDefinition } from './convertedForm.js';
import { eventSides, fidelityVariants, modeOf, withoutEvents } from './eventSides.js';
import { itemsByFrequency, rowsByItem } from './rowsByItem.js';

/** Rows that the released code asks of an item on both sides, and those that small data ask of it on the real side. */
const [RELEASED_ROWS, SMALL_ROWS] = [100, 20];

const descriptor: MetricDescriptor = {
  id: 'events.i_pcc',
  version: 1,
  family: 'events',
  title: 'Pairs of columns by item (I-PCC)',
  explanation:
    'As the pairs of columns, but among the events of every single item: whether dose and unit, or value and flag, go together as they do in real events.',
  definition: `events.pcc among the rows of one item, mean over items, then over tables (RawMed, Cho et al. 2025). mode=strict: items with at least max(minRows = ${SMALL_ROWS}, 0.1 % of the table) real rows, whether they are generated or not; an item without enough synthetic rows has undefined pairs, which count as the largest difference; the item column is constant and drops out. mode=paper, known flaws: items with at least ${RELEASED_ROWS} rows on both sides only, so never-generated items cost nothing; a column that is constant within an item has U = 1, which one stray category turns to about 0; the rest as in events.pcc. No interval: every resample would need all contingency tables again. ${paperFormDefinition}`,
  misuse:
    'Noisy for items with few rows and for columns that are almost constant within an item: read it against the ceiling.',
  source:
    'RawMed/MTTSeval `evaluation/eval_corr.py` (arXiv 2507.06996); what strict mode changes: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when no item has enough rows, or none a pair of columns with a value.`,
  variants: fidelityVariants([{}]),
  headline: true,
  bounds: 'reference-cohorts',
};

export const itemCorrelation = defineMetric(descriptor, 'equal', (inputs, parameters) => {
  const mode = modeOf(parameters);
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  const { realView, syntheticView, n } = sides;
  const none = new Uint32Array(0);
  const tables = realView.tables.map((table, k) => {
    const other = syntheticView.tables[k]!;
    const [realRows, syntheticRows] = [rowsByItem(table), rowsByItem(other)];
    const least =
      mode === 'paper'
        ? wholeParameter(parameters, 'minRows', RELEASED_ROWS, 1)
        : Math.max(wholeParameter(parameters, 'minRows', SMALL_ROWS, 1), 0.001 * table.rows);
    const items = itemsByFrequency(table).filter((item) => {
      if (realRows.get(item)!.length < least) return false;
      return mode === 'strict' || (syntheticRows.get(item)?.length ?? 0) >= least;
    });
    const differences = items.map((item) =>
      associationDifference(
        columnAssociations(table, realRows.get(item)!, mode),
        columnAssociations(other, syntheticRows.get(item) ?? none, mode),
        table.columns,
        mode,
      ),
    );
    return {
      value: meanOfDefined(differences.map(({ meanGap }) => meanGap)),
      items: items.length,
      notGenerated: items.filter((item) => !syntheticRows.has(item)).length,
      undefinedSynthetic: differences.reduce((sum, one) => sum + one.undefinedSynthetic, 0),
    };
  });
  const value = meanOfDefined(tables.map((table) => table.value));
  if (value === null) return undefinedResult(`no-value: ${descriptor.undefinedWhen}`, n);
  return okResult(value, null, n, {
    tables: realView.tables.map(({ name }) => name),
    values: tables.map((table) => table.value),
    items: tables.map(({ items }) => items),
    itemsNotGenerated: tables.map(({ notGenerated }) => notGenerated),
    undefinedSynthetic: tables.map(({ undefinedSynthetic }) => undefinedSynthetic),
  });
});
