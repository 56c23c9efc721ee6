import type { Cohort } from '../../cohort/types.js';
import { InputError } from '../../cohort/inputError.js';
import { random as randomStream } from '../../engine/random.js';
import type { MetricInputs, MetricParameters } from '../contract.js';
import { rowsByClass } from './examples.js';

export const classRatioDefinition =
  'classRatio=matched: both training arms are subsampled (seeded) to one number of positive and of negative stays, in the class ratio of the real ones and as many as both have; otherwise the class ratio is as generated. The test side always keeps its natural prevalence.';

/**
 * Where a model learns: `cohort`, together with `added` where given. With `partner`, both are subsampled to one number of
 * stays of either class.
 */
export interface TrainingArm {
  readonly cohort: Cohort;
  readonly added?: Cohort;
  readonly partner?: { readonly cohort: Cohort; readonly role: 'real' | 'synthetic' };
}

/** The arms of a comparison of training sides, under metric parameter `classRatio`. */
export function trainingArms(
  { train, synthetic }: MetricInputs,
  parameters: MetricParameters,
): { readonly real: TrainingArm; readonly synthetic: TrainingArm } {
  const ratio = parameters['classRatio'] ?? 'generated';
  if (ratio === 'generated') return { real: { cohort: train }, synthetic: { cohort: synthetic } };
  if (ratio !== 'matched')
    throw new InputError({
      expected: 'generated or matched',
      found: String(ratio),
      place: 'metric parameter classRatio',
      remedy: 'Leave it out for the class ratio that the generator made.',
    });
  return {
    real: { cohort: train, partner: { cohort: synthetic, role: 'synthetic' } },
    synthetic: { cohort: synthetic, partner: { cohort: train, role: 'real' } },
  };
}

/**
 * Rows of both arms after subsampling to equal numbers of either class, in the ratio of the real arm: the largest such
 * numbers that both have. A copy of the real arm keeps the same rows. Both outcomes need both classes.
 */
export function matchedClassRatio(
  real: Uint8Array,
  synthetic: Uint8Array,
): { readonly real: readonly number[]; readonly synthetic: readonly number[] } {
  const [ofReal, ofSynthetic] = [rowsByClass(real), rowsByClass(synthetic)];
  const share = Math.min(1, ...[0, 1].map((label) => ofSynthetic[label]!.length / ofReal[label]!.length));
  const wanted = [0, 1].map((label) => Math.max(1, Math.round(share * ofReal[label]!.length)));
  const take = (rows: readonly (readonly number[])[]): number[] =>
    rows
      .flatMap((ofClass, label) => {
        const order = randomStream('class-ratio', label).permutation(ofClass.length);
        return [...order.slice(0, wanted[label])].map((place) => ofClass[place]!);
      })
      .sort((a, b) => a - b);
  return { real: take(ofReal), synthetic: take(ofSynthetic) };
}
