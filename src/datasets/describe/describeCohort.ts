import { isSmallCell, suppressedCount } from '../../cohort/suppression.js';
import type { Cohort, Provenance } from '../../cohort/types.js';
import { describeAttrition, describeHospitals } from './describeAttrition.js';
import { describeFeatures } from './describeFeatures.js';
import { describeLabels } from './describeLabels.js';
import type { CohortDescription } from './description.js';

/**
 * What a datasheet says of a cohort, in aggregates: patients per hospital, what is recorded when and where, label
 * prevalence, how far hospitals are from the pool. Pure: equal cohorts give equal descriptions. Counts from 1 to 10 are
 * withheld, and so is whatever would give them away by subtraction.
 */
export function describeCohort(cohort: Cohort): CohortDescription {
  const { name, steps, stepHours, statics, provenance } = cohort.schema;
  const { patients, total, hidden } = describeHospitals(cohort);
  const repeated = total === null ? 0 : cohort.size - total;
  // Stays beside patients tell how many came back.
  const stays = total === null || isSmallCell(repeated) ? null : cohort.size;
  const attrition = describeAttrition(cohort, hidden);
  return {
    name,
    steps,
    stepHours,
    stays,
    patients: total,
    hospitals: cohort.hospitals.map((id, k) => ({ id, patients: patients[k]! })),
    statics,
    labels: describeLabels(cohort, hidden),
    features: describeFeatures(cohort),
    attrition:
      stays !== null
        ? attrition
        : attrition.map((step) => (step.remaining === cohort.size ? { ...step, remaining: null } : step)),
    provenance: printableProvenance(provenance),
  };
}

function printableProvenance(from: Provenance): CohortDescription['provenance'] {
  const { source, licence, createdBy, citation, settings, sourceFiles, labelDefinitions, notes } = from;
  const { converted, unknownUnit } = from;
  return {
    source,
    licence,
    createdBy,
    ...(citation === undefined ? {} : { citation }),
    ...(settings === undefined ? {} : { settings }),
    ...(sourceFiles === undefined ? {} : { sourceFiles }),
    ...(labelDefinitions === undefined ? {} : { labelDefinitions }),
    ...(notes === undefined ? {} : { notes }),
    ...(converted === undefined
      ? {}
      : { converted: converted.map((one) => ({ ...one, values: suppressedCount(one.values) })) }),
    ...(unknownUnit === undefined
      ? {}
      : {
          unknownUnit: Object.fromEntries(
            Object.entries(unknownUnit).map(([name, count]) => [name, suppressedCount(count)]),
          ),
        }),
  };
}
