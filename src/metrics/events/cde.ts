import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { resampledStays } from '../resampledStays.js';
import { paperFormDefinition } from './convertedForm.js';
import { meanReplicates, replicatesResult } from './distanceTree.js';
import { columnDistance } from './distributionDistances.js';
import { eventSides, fidelityVariants, modeOf, withoutEvents } from './eventSides.js';
import { allRows } from './rowsByItem.js';

const descriptor: MetricDescriptor = {
  id: 'events.cde',
  version: 1,
  family: 'events',
  title: 'Column distance (CDE)',
  explanation:
    'How differently the values in single columns of the event tables are distributed: 0 means the same, 1 means no overlap.',
  definition: `Column-wise density estimation error of RawMed (Cho et al. 2025, MTTSeval): two-sample Kolmogorov–Smirnov statistic of every numeric column and Jensen–Shannon distance √JSD in natural logarithms (at most √ln 2 = 0.8326, not 1) of every categorical one, the item column included, on cells with a value; mean over the columns of a table, then over tables. mode=strict: nothing rounded; a column with values on one side only counts 1 (numeric) or 0.8326 (categorical). mode=paper, known flaws: every distance rounded to three decimals; a column without values on one side is left out and costs nothing; compared with train only, so that a copy of train scores 0. Both modes compare categories as text (1, 1.0 and "1" are one) and leave missing cells out (events.null_rate_gap scores them). Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts. ${paperFormDefinition}`,
  misuse:
    'Columns are looked at one by one: shuffling every column on its own leaves it at 0. KS and JS distances have different ranges, so their mean depends on the mix of columns. Missing cells cost nothing.',
  source:
    'RawMed/MTTSeval `evaluation/eval_stat.py` (arXiv 2507.06996); what strict mode changes: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: withoutEvents,
  variants: fidelityVariants([{}]),
  headline: false,
  bounds: 'reference-cohorts',
};

export const cde = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const mode = modeOf(parameters);
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  const { real, realView, syntheticView, n } = sides;
  const [forSynthetic, forReal] = [bootstrapSeed(random), bootstrapSeed(random)];
  const ofSynthetic = resampledStays(inputs.synthetic, inputs.resamples, forSynthetic);
  const ofReal = resampledStays(real, inputs.resamples, forReal);
  const tables = realView.tables.map((table, k) => {
    const other = syntheticView.tables[k]!;
    const columns = table.columns.map((column, c) =>
      columnDistance(
        column,
        other.columns[c]!,
        { rows: allRows(table), stay: table.stay, stays: realView.stays, draws: ofReal },
        { rows: allRows(other), stay: other.stay, stays: syntheticView.stays, draws: ofSynthetic },
        mode,
      ),
    );
    return { name: table.name, columns, names: table.columns.map(({ name }) => name) };
  });
  const value = meanReplicates(tables.map(({ columns }) => meanReplicates(columns)));
  return replicatesResult(descriptor, value, n, {
    columns: tables.flatMap(({ name, names }) => names.map((column) => `${name}.${column}`)),
    values: tables.flatMap(({ columns }) => columns.map(({ point }) => point)),
    columnsWithoutValue: tables.flatMap(({ columns }) => columns).filter(({ point }) => point === null)
      .length,
    unknownColumns: syntheticView.unknownColumns,
  });
});
