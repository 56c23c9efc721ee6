import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { resampledStays } from '../resampledStays.js';
import { convertedFormDefinition } from './convertedForm.js';
import { meanReplicates, replicatesResult } from './distanceTree.js';
import { eventSides, fidelityVariants, withoutEvents } from './eventSides.js';
import { rowsByItem } from './rowsByItem.js';

const descriptor: MetricDescriptor = {
  id: 'events.item_coverage',
  version: 1,
  family: 'events',
  title: 'Items generated',
  explanation:
    'Share of the items of real events (laboratory tests, drugs, …) that occur in the synthetic events at all.',
  definition: `Share of the items of the real cohort with at least one synthetic row, mean over tables with real items. It stands beside events.i_cde, whose paper mode leaves items out that are never generated. Rare items are missing from fresh patients too: read it against the ceiling. Interval: ± 1.96 standard errors of a bootstrap over the synthetic patients; real items are given. ${convertedFormDefinition}`,
  source: 'This project.',
  direction: 'higher',
  ideal: 1,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: withoutEvents,
  variants: fidelityVariants([{}], []),
  headline: false,
  bounds: 'reference-cohorts',
};

export const itemCoverage = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  const { realView, syntheticView, n } = sides;
  const draws = resampledStays(inputs.synthetic, inputs.resamples, bootstrapSeed(random));
  const tables = realView.tables.map((table, k) => {
    const other = syntheticView.tables[k]!;
    const generated = rowsByItem(other);
    const items = [...rowsByItem(table)].filter(([, rows]) => rows.length > 0).map(([item]) => item);
    const stays = items.map(
      (item) => new Set([...(generated.get(item) ?? [])].map((row) => other.stay[row]!)),
    );
    const share = (has: (own: ReadonlySet<number>) => boolean): number | null =>
      items.length === 0 ? null : stays.filter(has).length / items.length;
    return {
      name: table.name,
      items: items.length,
      coverage: {
        point: share((own) => own.size > 0),
        resampled: draws.map((draw) => share((own) => [...own].some((stay) => draw[stay]! > 0))),
      },
    };
  });
  return replicatesResult(descriptor, meanReplicates(tables.map(({ coverage }) => coverage)), n, {
    tables: tables.map(({ name }) => name),
    values: tables.map(({ coverage }) => coverage.point),
    items: tables.map(({ items }) => items),
  });
});
