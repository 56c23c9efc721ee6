import { InputError } from '../cohort/inputError.js';
import type { Cohort } from '../cohort/types.js';
import type { MetricInputs, MetricParameters } from './contract.js';

/** Parameter sets of every fidelity metric: the holdout is the headline and the gate, train stands beside it. */
export const AGAINST_HOLDOUT_AND_TRAIN: readonly MetricParameters[] = [
  { against: 'holdout' },
  { against: 'train' },
];

/** The real cohort that parameter `against` names. */
export function comparisonCohort(inputs: MetricInputs, parameters: MetricParameters): Cohort {
  const against = parameters['against'] ?? 'holdout';
  if (against === 'holdout') return inputs.holdout;
  if (against === 'train') return inputs.train;
  throw new InputError({
    expected: 'holdout or train',
    found: String(against),
    place: 'metric parameter against',
    remedy: 'Use holdout for the headline value, train to see memorisation.',
  });
}

/** Indices and names of the features for which `wanted` holds. */
export function featuresWhere(
  cohort: Cohort,
  wanted: (kind: Cohort['schema']['features'][number]['kind']) => boolean,
): { readonly index: readonly number[]; readonly names: readonly string[] } {
  const index = cohort.schema.features.flatMap((feature, f) => (wanted(feature.kind) ? [f] : []));
  return { index, names: index.map((f) => cohort.schema.features[f]!.name) };
}

/** Continuous and binary variables are numbers; levels of categorical ones have no order. */
export function isNumeric(kind: Cohort['schema']['features'][number]['kind']): boolean {
  return kind !== 'categorical';
}
