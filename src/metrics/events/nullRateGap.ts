import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { resampledStays } from '../resampledStays.js';
import { convertedFormDefinition } from './convertedForm.js';
import { meanReplicates, replicatesResult } from './distanceTree.js';
import { eventSides, fidelityVariants, withoutEvents } from './eventSides.js';
import type { ColumnView, TableView } from './eventView.js';

const descriptor: MetricDescriptor = {
  id: 'events.null_rate_gap',
  version: 1,
  family: 'events',
  title: 'Empty cells',
  explanation:
    'How far the share of empty cells in the columns of the event tables is from that of real events.',
  definition: `Mean over columns, then over tables, of |share of rows without a value, real − synthetic|. events.cde leaves empty cells out, as published, so they are scored here. A table with rows on one side only counts 1 in every column, one without rows on both is left out. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts. ${convertedFormDefinition}`,
  source: 'This project; RawMed/MTTSeval `eval_stat.py` prints the rates without scoring them.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: withoutEvents,
  variants: fidelityVariants([{}], []),
  headline: false,
  bounds: 'reference-cohorts',
};

export const nullRateGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  const { real, realView, syntheticView, n } = sides;
  const [forSynthetic, forReal] = [bootstrapSeed(random), bootstrapSeed(random)];
  const ofSynthetic = resampledStays(inputs.synthetic, inputs.resamples, forSynthetic);
  const ofReal = resampledStays(real, inputs.resamples, forReal);
  const tables = realView.tables.map((table, k) => {
    const other = syntheticView.tables[k]!;
    const columns = table.columns.map((column, c) => {
      const [realRates, syntheticRates] = [
        nullRates(table, column, realView.stays, ofReal),
        nullRates(other, other.columns[c]!, syntheticView.stays, ofSynthetic),
      ];
      const gaps = realRates.map((rate, b) => gapOf(rate, syntheticRates[b]!));
      return {
        point: gaps[0]!,
        resampled: gaps.slice(1),
        real: realRates[0]!,
        synthetic: syntheticRates[0]!,
      };
    });
    return { name: table.name, names: table.columns.map(({ name }) => name), columns };
  });
  return replicatesResult(
    descriptor,
    meanReplicates(tables.map(({ columns }) => meanReplicates(columns))),
    n,
    {
      columns: tables.flatMap(({ name, names }) => names.map((column) => `${name}.${column}`)),
      values: tables.flatMap(({ columns }) => columns.map(({ point }) => point)),
      real: tables.flatMap(({ columns }) => columns.map((column) => column.real)),
      synthetic: tables.flatMap(({ columns }) => columns.map((column) => column.synthetic)),
    },
  );
});

function gapOf(real: number | null, synthetic: number | null): number | null {
  if (real === null) return synthetic === null ? null : 1;
  return synthetic === null ? 1 : Math.abs(real - synthetic);
}

/** Share of empty cells among the rows as they are, then in every resample; null without rows. */
function nullRates(
  table: TableView,
  column: ColumnView,
  stays: number,
  draws: readonly Uint16Array[],
): (number | null)[] {
  const [rows, empty] = [new Uint32Array(stays), new Uint32Array(stays)];
  for (let row = 0; row < table.rows; row++) {
    const stay = table.stay[row]!;
    rows[stay]!++;
    const missing =
      column.kind === 'continuous' ? Number.isNaN(column.numbers[row]!) : column.codes[row]! < 0;
    if (missing) empty[stay]!++;
  }
  const rate = (weights: Uint16Array | null): number | null => {
    let [all, none] = [0, 0];
    for (let stay = 0; stay < stays; stay++) {
      const weight = weights === null ? 1 : weights[stay]!;
      all += weight * rows[stay]!;
      none += weight * empty[stay]!;
    }
    return all === 0 ? null : none / all;
  };
  return [rate(null), ...draws.map(rate)];
}
