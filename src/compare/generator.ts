import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';

/** One configuration of a trainer, over all its seeds. */
export interface Generator {
  readonly trainer: string;
  readonly variant: string;
}

/** `trainer`, or `trainer/variant` where the run has several variants of it. */
export const generatorName = ({ trainer, variant }: Generator): string =>
  variant === 'default' ? trainer : `${trainer}/${variant}`;

/** Every generator that rows or records name, in their order. */
export function generatorsOf(keys: readonly Generator[]): Generator[] {
  const found = new Map(keys.map(({ trainer, variant }) => [`${trainer}/${variant}`, { trainer, variant }]));
  return [...found.values()];
}

/**
 * The generator that a name means: `trainer/variant`, or `trainer` alone for its variant `default` or its only one.
 *
 * @param place option the name was given with, for the message
 * @throws InputError with the likely meaning when the run has no such generator, or several
 */
export function generatorNamed(name: string, known: readonly Generator[], place: string): Generator {
  const exact = known.find((one) => generatorName(one) === name || `${one.trainer}/${one.variant}` === name);
  if (exact !== undefined) return exact;
  const variants = known.filter(({ trainer }) => trainer === name);
  if (variants.length === 1) return variants[0]!;
  const names = (variants.length > 0 ? variants : known).map(generatorName);
  throw new InputError({
    place,
    expected: variants.length > 1 ? `one variant of ${name}` : `a generator of the run: ${names.join(', ')}`,
    found: `"${name}"`,
    remedy: variants.length > 1 ? `Name one of ${names.join(', ')}.` : didYouMean(name, names),
  });
}
