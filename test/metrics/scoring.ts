import type { Cohort } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import type { MetricParameters, Result } from '../../src/metrics/contract.js';
import { metricNamed } from '../../src/metrics/selection.js';

/** A metric on a synthetic and a real cohort, which stands for the holdout and, unless train is given, for train. */
export async function scoreOf(
  id: string,
  synthetic: Cohort,
  real: Cohort,
  parameters: MetricParameters = {},
  { train = real, resamples = 0, seed = 0 }: { train?: Cohort; resamples?: number; seed?: number } = {},
): Promise<Result> {
  const inputs = { train, holdout: real, reference: null, synthetic, label: null, resamples };
  return metricNamed(id).compute(inputs, parameters, random('scoring', seed));
}

/** The value of an `ok` result; an error otherwise. */
export function valueOf(result: Result): number {
  if (result.state !== 'ok') throw new Error(`${result.state}: ${result.reason}`);
  return result.value;
}

/** Half of the interval's width of an `ok` result; an error without one. */
export function halfWidthOf(result: Result): number {
  if (result.state !== 'ok' || result.ciLow === null || result.ciHigh === null)
    throw new Error('no interval');
  return (result.ciHigh - result.ciLow) / 2;
}

/** One entry of an `ok` result's details. */
export function detailOf(result: Result, name: string): unknown {
  return result.state === 'ok' ? result.detail?.[name] : undefined;
}
