import { rowsOfHospital } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { SMALLEST_SITE } from '../resultAt.js';

export { SMALLEST_SITE };

/** The rows of one hospital in train and holdout. */
export interface SiteStays {
  readonly id: string;
  readonly rowsOfTrain: readonly number[];
  readonly rowsOfHoldout: readonly number[];
}

/**
 * Hospitals with at least `SMALLEST_SITE` stays in train and holdout, in the cohorts' order, and the names of the others, about
 * which nothing else may be told.
 */
export function staysBySite(
  train: Cohort,
  holdout: Cohort,
): { readonly sites: readonly SiteStays[]; readonly suppressed: readonly string[] } {
  const all = train.hospitals.map((id, hospital) => ({
    id,
    rowsOfTrain: rowsOfHospital(train, hospital),
    rowsOfHoldout: rowsOfHospital(holdout, holdout.hospitals.indexOf(id)),
  }));
  const large = ({ rowsOfTrain, rowsOfHoldout }: SiteStays): boolean =>
    Math.min(rowsOfTrain.length, rowsOfHoldout.length) >= SMALLEST_SITE;
  return {
    sites: all.filter(large),
    suppressed: all.filter((site) => !large(site)).map(({ id }) => id),
  };
}
