import { InputError } from '../cohort/inputError.js';
import type { MetricParameters } from './contract.js';

/** A number among the parameters of a metric, or its default. */
export function numberParameter(parameters: MetricParameters, name: string, otherwise: number): number {
  const value = parameters[name] ?? otherwise;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InputError({
    expected: 'a number',
    found: String(value),
    place: `metric parameter ${name}`,
    remedy: `Leave it out for ${otherwise}.`,
  });
}
