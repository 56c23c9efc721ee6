import { rowsOfHospital, selectStays, viewStays } from '../cohort/select.js';
import type { Cohort, CohortSplit } from '../cohort/types.js';
import { random } from '../engine/random.js';
import { CohortCache } from './cohortCache.js';
import type { MetricInputs } from './contract.js';
import type { Sampling } from './defineMetric.js';

/** The site that holds every hospital. */
export const POOLED = 'pooled';

/** `pooled`, then every hospital id. */
export function sitesOf(cohort: Cohort): readonly string[] {
  return [POOLED, ...cohort.hospitals];
}

type SiteCohorts = Pick<MetricInputs, 'train' | 'wholeTrain' | 'holdout' | 'reference' | 'synthetic'>;

const selections = new CohortCache<Cohort>();

/** The stays of one hospital, or of all of them for `pooled`. A hospital that a cohort lacks has no stays. */
export function atSite(cohort: Cohort, site: string): Cohort {
  if (site === POOLED) return cohort;
  return selections.get(cohort, `site ${site}`, () =>
    viewStays(cohort, rowsOfHospital(cohort, cohort.hospitals.indexOf(site))),
  );
}

/**
 * The cohorts of a site as a metric wants to see them.
 *
 * Subsamples are stratified by hospital and seeded by hospital alone, so that two cohorts whose stays correspond row by
 * row within hospitals (a copy and its source) lose the same rows; a cohort that needs no subsampling stays as it is.
 */
export function siteCohorts(
  split: CohortSplit,
  synthetic: Cohort,
  site: string,
  sampling: Sampling,
  seed: number,
): SiteCohorts {
  const train = atSite(split.train, site);
  const holdout = atSite(split.holdout, site);
  const reference = atSite(split.reference, site);
  const generated = atSite(synthetic, site);
  const fresh = reference.size > 0 ? reference : null;
  switch (sampling) {
    case 'equal': {
      const size = Math.min(train.size, holdout.size, generated.size);
      const take = (cohort: Cohort): Cohort => stratifiedSubsample(cohort, size, seed);
      return {
        train: take(train),
        holdout: take(holdout),
        synthetic: take(generated),
        reference: fresh === null ? null : take(fresh),
      };
    }
    case 'arms': {
      // Without synthetic stays the real arm alone still has its value.
      const size = generated.size === 0 ? train.size : Math.min(train.size, generated.size);
      return {
        train: stratifiedSubsample(train, size, seed),
        wholeTrain: train,
        holdout,
        synthetic: stratifiedSubsample(generated, size, seed),
        reference: fresh,
      };
    }
    case 'attack': {
      const quotas = new Map(
        train.hospitals.map((id) => [id, Math.min(countAt(train, id), countAt(holdout, id))]),
      );
      return {
        train: subsample(train, quotas, seed),
        holdout: subsample(holdout, quotas, seed),
        synthetic: generated,
        reference: fresh,
      };
    }
    case 'copies': {
      const members = new Map(
        train.hospitals.map((id) => [id, countAt(holdout, id) === 0 ? 0 : countAt(train, id)]),
      );
      return {
        train: subsample(train, members, seed),
        holdout: subsample(holdout, members, seed),
        synthetic: generated,
        reference: fresh,
      };
    }
  }
}

/** A seeded subsample of `size` stays with the cohort's own mix of hospitals; the cohort itself when it is no larger. */
function stratifiedSubsample(cohort: Cohort, size: number, seed: number): Cohort {
  if (cohort.size <= size) return cohort;
  const shares = cohort.hospitals.map((id) => {
    const exact = (countAt(cohort, id) * size) / cohort.size;
    return { id, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left = size - shares.reduce((sum, share) => sum + share.whole, 0);
  // Largest remainders first; hospitals are sorted by id, so ties do not depend on anything else.
  const quotas = new Map(
    [...shares].sort((a, b) => b.rest - a.rest).map(({ id, whole }) => [id, whole + (left-- > 0 ? 1 : 0)]),
  );
  return subsample(cohort, quotas, seed);
}

function subsample(cohort: Cohort, quotas: ReadonlyMap<string, number>, seed: number): Cohort {
  const wanted = (id: string): number => Math.min(quotas.get(id) ?? 0, countAt(cohort, id));
  if (cohort.hospitals.every((id) => wanted(id) === countAt(cohort, id))) return cohort;
  const key = `subsample ${seed} ${cohort.hospitals.map((id) => wanted(id)).join()}`;
  return selections.get(cohort, key, () => {
    const rows = cohort.hospitals.flatMap((id, hospital) => {
      const all = rowsOfHospital(cohort, hospital);
      const order = random(seed, 'subsample', id).permutation(all.length);
      return [...order.slice(0, wanted(id))].map((position) => all[position]!);
    });
    return selectStays(
      cohort,
      rows.sort((a, b) => a - b),
    );
  });
}

function countAt(cohort: Cohort, id: string): number {
  return rowsOfHospital(cohort, cohort.hospitals.indexOf(id)).length;
}
