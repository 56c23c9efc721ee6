import type { MetricDescriptor, MetricParameters, PresetName } from './contract.js';

/** The order in which presets name the parameters that a metric stands for in summaries. */
const BY_IMPORTANCE: readonly PresetName[] = ['fast', 'full', 'privacy', 'paper'];

/** The parameters with which a metric stands in summaries, comparisons and gates: the first of its first preset. */
export function headlineParameters({ variants }: Pick<MetricDescriptor, 'variants'>): MetricParameters {
  return BY_IMPORTANCE.map((preset) => variants[preset]?.[0]).find((found) => found !== undefined) ?? {};
}

/** The parameter sets with which a metric is scored when it is asked for by its id. */
export function ownVariants({ variants }: Pick<MetricDescriptor, 'variants'>): readonly MetricParameters[] {
  return BY_IMPORTANCE.map((preset) => variants[preset]).find((found) => found !== undefined) ?? [];
}
