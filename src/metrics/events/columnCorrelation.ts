import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { associationDifference } from './associationDifference.js';
import { columnAssociations } from './columnAssociations.js';
import { paperFormDefinition } from './convertedForm.js';
import { eventSides, fidelityVariants, modeOf, withoutEvents } from './eventSides.js';
import { allRows } from './rowsByItem.js';

const matrices =
  'associations of all pairs of columns of a table on the rows where both have a value: Pearson correlation of numbers, correlation ratio η of a number by a category, Theil’s U of categories';

const modes =
  'mode=strict: both directions of U, pairs off the diagonal; a pair that is undefined (constant or fewer than two rows) in the real table is left out and counted, one that is undefined in the synthetic table alone counts as the largest difference it could have. mode=paper, known flaws: one direction of U copied to the other, the diagonal is counted, a constant category has U = 1, everything undefined is 0; compared with train only.';

const common = {
  version: 1,
  family: 'events',
  source:
    'RawMed/MTTSeval `evaluation/eval_corr.py` (arXiv 2507.06996); what strict mode changes: this project.',
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when no pair of columns has a value in the real tables.`,
  variants: fidelityVariants([{}]),
  headline: false,
  bounds: 'reference-cohorts',
} as const;

const pccDescriptor: MetricDescriptor = {
  ...common,
  id: 'events.pcc',
  title: 'Pairs of columns (PCC)',
  explanation:
    'How far the associations between columns within an event table are from those of real events; 0 means the same. Columns of different tables are not compared.',
  definition: `Mean |real − synthetic| of the ${matrices}; mean over tables (pairwise column correlation of RawMed, Cho et al. 2025). ${modes} No interval: every resample would need all contingency tables again. ${paperFormDefinition}`,
  misuse:
    'Within one table only: it cannot see whether laboratory values and treatments go together (events.next_event, events.utility_auroc do).',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
};

const agreementDescriptor: MetricDescriptor = {
  ...common,
  version: 2,
  id: 'events.correlation_agreement',
  title: 'Column pairs in the same bin',
  explanation:
    'Share of pairs of columns whose association is as strong as in real events, in seven steps of strength.',
  definition: `Share of the ${matrices}, that lie in the same of seven bins on both sides (below −.5, [−.5, −.3), [−.3, −.1), [−.1, .1], (.1, .3], (.3, .5], above .5); mean over tables (RawMed, Cho et al. 2025). ${modes} Strict: an undefined synthetic pair is in no bin. No interval: every resample would need all contingency tables again. ${paperFormDefinition}`,
  direction: 'higher',
  ideal: 1,
  range: [0, 1],
};

export const columnCorrelation = defineMetric(pccDescriptor, 'equal', (inputs, parameters) =>
  compareTables(inputs, parameters, pccDescriptor, 'meanGap'),
);

export const correlationBins = defineMetric(agreementDescriptor, 'equal', (inputs, parameters) =>
  compareTables(inputs, parameters, agreementDescriptor, 'sameBin'),
);

function compareTables(
  inputs: MetricInputs,
  parameters: MetricParameters,
  { undefinedWhen }: MetricDescriptor,
  field: 'meanGap' | 'sameBin',
): Result {
  const mode = modeOf(parameters);
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  const { realView, syntheticView, n } = sides;
  const tables = realView.tables.map((table, k) => {
    const other = syntheticView.tables[k]!;
    return associationDifference(
      columnAssociations(table, allRows(table), mode),
      columnAssociations(other, allRows(other), mode),
      table.columns,
      mode,
    );
  });
  const value = meanOfDefined(tables.map((table) => table[field]));
  if (value === null) return undefinedResult(`no-value: ${undefinedWhen}`, n);
  return okResult(value, null, n, {
    tables: realView.tables.map(({ name }) => name),
    values: tables.map((table) => table[field]),
    undefinedReal: tables.map((table) => table.undefinedReal),
    undefinedSynthetic: tables.map((table) => table.undefinedSynthetic),
    unknownColumns: syntheticView.unknownColumns,
  });
}
