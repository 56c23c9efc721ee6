import type { Cohort } from '../../cohort/types.js';
import type { SortedSample } from '../../stats/twoSample.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import type { Random } from '../../engine/random.js';
import { sampleKs } from '../temporal/sampleKs.js';
import { eventSides } from './eventSides.js';
import { minutesByStay } from './eventTimes.js';
import { eventView } from './eventView.js';

/** KS distance of one sample that is made from the minutes of all events of a stay. */
export function timeKs(
  descriptor: MetricDescriptor,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  sampleOf: (cohort: Cohort, minutes: readonly Int32Array[]) => SortedSample,
): Result {
  const sides = eventSides(inputs, parameters);
  if ('state' in sides) return sides;
  return sampleKs(
    descriptor,
    inputs,
    parameters,
    random,
    (cohort) => [sampleOf(cohort, minutesByStay(eventView(cohort, inputs.train)!))],
    (_, [onOneSide]) => ({ absentOnOneSide: onOneSide === true }),
  );
}
