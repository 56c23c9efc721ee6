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

/** One of the named choices of a parameter; the first when it is left out. */
export function choiceParameter<T extends string>(
  parameters: MetricParameters,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = parameters[name] ?? choices[0];
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new InputError({
    expected: choices.join(' or '),
    found: String(value),
    place: `metric parameter ${name}`,
    remedy: `Leave it out for ${choices[0]}.`,
  });
}

/** A number from 0 to 1 among the parameters of a metric, or its default. */
export function shareParameter(parameters: MetricParameters, name: string, otherwise: number): number {
  const value = numberParameter(parameters, name, otherwise);
  if (value >= 0 && value <= 1) return value;
  throw new InputError({
    expected: 'a number from 0 to 1',
    found: String(value),
    place: `metric parameter ${name}`,
    remedy: `Leave it out for ${otherwise}.`,
  });
}

/** A whole number of at least `smallest` among the parameters of a metric, or its default. */
export function wholeParameter(
  parameters: MetricParameters,
  name: string,
  otherwise: number,
  smallest: number,
): number {
  const value = numberParameter(parameters, name, otherwise);
  if (Number.isInteger(value) && value >= smallest) return value;
  throw new InputError({
    expected: `a whole number of at least ${smallest}`,
    found: String(value),
    place: `metric parameter ${name}`,
    remedy: `Leave it out for ${otherwise}.`,
  });
}
