import type { CohortSchema } from '../../cohort/types.js';

/**
 * The schema of synthetic stays: the variables and grid of the training cohort under a name and a provenance of their own.
 * What describes the real stays (attrition, values left out or converted, source files, settings) is left behind.
 */
export function syntheticSchema(
  real: CohortSchema,
  trainer: { readonly id: string; readonly version: number },
): CohortSchema {
  const { source, licence, citation, labelDefinitions } = real.provenance;
  return {
    ...real,
    name: `synthetic of ${real.name} by ${trainer.id}`,
    provenance: {
      source: `synthetic, drawn by ${trainer.id} trained on ${real.name} (${source})`,
      licence,
      createdBy: `fedehr-bench, trainer ${trainer.id}, version ${trainer.version}`,
      ...(citation === undefined ? {} : { citation }),
      ...(labelDefinitions === undefined ? {} : { labelDefinitions }),
      notes: [
        'These stays are synthetic: no row is a real patient.',
        'The licence and the citation are those of the training data.',
      ],
    },
  };
}
