import { InputError } from '../cohort/inputError.js';
import { generatorName, type Generator } from './generator.js';

/** A candidate with what it is compared with. */
export interface Duel {
  readonly candidate: Generator;
  readonly baseline: Generator;
}

/**
 * Who is compared with whom: `trainer` = every other trainer that has the baseline's variant, or a single one; `variant` = every
 * other variant of the same trainer, without a baseline those of every trainer against its first.
 *
 * @param generators trained ones, in the order of the run
 * @throws InputError when nothing is left to compare
 */
export function duelsBy(
  by: 'trainer' | 'variant',
  generators: readonly Generator[],
  baseline: Generator | null,
): Duel[] {
  const trainers = [...new Set(generators.map(({ trainer }) => trainer))];
  const variantsOf = (trainer: string): Generator[] => generators.filter((one) => one.trainer === trainer);
  const against = (first: Generator, others: readonly Generator[]): Duel[] =>
    others
      .filter((one) => generatorName(one) !== generatorName(first))
      .map((candidate) => ({ candidate, baseline: first }));
  const ofVariants = (): Duel[] =>
    (baseline === null ? trainers : [baseline.trainer]).flatMap((trainer) => {
      const variants = variantsOf(trainer);
      return against(baseline ?? variants[0]!, variants);
    });
  const ofTrainers = (first: Generator): Duel[] =>
    against(
      first,
      trainers.flatMap((trainer) => {
        const variants = variantsOf(trainer);
        const same = variants.find(({ variant }) => variant === first.variant);
        return same ?? (variants.length === 1 ? variants : []);
      }),
    );
  const first = baseline ?? generators[0];
  const duels = by === 'variant' ? ofVariants() : first === undefined ? [] : ofTrainers(first);
  if (duels.length > 0) return duels;
  throw new InputError({
    place: `--by ${by}`,
    expected: by === 'variant' ? 'a trainer with several variants' : 'several trainers of one variant',
    found: `the generators ${generators.map(generatorName).join(', ')}`,
    remedy: 'Name two with --candidate and --baseline, or run a suite that has them.',
  });
}
