import { InputError } from '../cohort/inputError.js';
import { folderName } from './folderName.js';
import type { SuiteTrainer } from './schema.js';

/** One configuration of a trainer. */
export interface Variant {
  readonly trainer: string;
  readonly variant: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A copy of a parameter tree with one value changed; branches on the way are made where there are none. */
export function withValue(
  tree: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [head, ...rest] = path;
  if (head === undefined) return { ...tree };
  if (rest.length === 0) return { ...tree, [head]: value };
  const inner = tree[head];
  const branch = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  return { ...tree, [head]: withValue(branch, rest, value) };
}

/** Most configurations of one trainer. */
const mostVariants = 10_000;

function requireFew(trainer: string, count: number): void {
  if (count <= mostVariants) return;
  throw new InputError({
    place: `trainers, matrix of ${trainer}`,
    expected: `at most ${mostVariants} variants`,
    found: `${count}`,
    remedy: 'Cross fewer values, or write several suites.',
  });
}

/** A value as part of a name. */
function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/**
 * Crosses the `matrix` of every trainer into variants, in file order; a variant of a matrix is named
 * `<variant>-<last part of the parameter>=<value>…` so that names stay readable in tables.
 * Throws an InputError when two configurations of one trainer share a name.
 */
export function expandVariants(trainers: readonly SuiteTrainer[]): Variant[] {
  const variants: Variant[] = [];
  for (const trainer of trainers) {
    let crossed = [{ variant: trainer.variant, parameters: trainer.parameters }];
    for (const [path, values] of Object.entries(trainer.matrix ?? {})) {
      requireFew(trainer.id, crossed.length * values.length);
      const parts = path.split('.');
      crossed = crossed.flatMap(({ variant, parameters }) =>
        values.map((value) => ({
          variant: folderName(
            `${variant === 'default' ? '' : `${variant}-`}${parts.at(-1) ?? path}=${valueText(value)}`,
          ),
          parameters: withValue(parameters, parts, value),
        })),
      );
    }
    variants.push(
      ...crossed.map(({ variant, parameters }) => ({ trainer: trainer.id, variant, parameters })),
    );
  }
  const seen = new Set<string>();
  for (const { trainer, variant } of variants) {
    const id = `${trainer}/${variant}`;
    if (seen.has(id)) {
      throw new InputError({
        place: `trainers, ${id}`,
        expected: 'each configuration of a trainer to have its own variant name',
        found: `two configurations named '${variant}'`,
        remedy: 'Set `variant:` to a different name in one of them.',
      });
    }
    seen.add(id);
  }
  return variants;
}
