import { rowsOfHospital, selectStays } from '../cohort/select.js';
import type { Cohort } from '../cohort/types.js';
import { cohortProfile } from '../metrics/profile.js';
import type { ScoredSite } from '../metrics/scoreCohort.js';
import type { RocCurve, SiteFigures } from './contract.js';

/** Figures' data of one cohort at every site, without the name of its generator. */
export type FiguresOfSite = Omit<SiteFigures, 'dataset' | 'trainer' | 'variant' | 'seed'>;

function isCurve(value: unknown): value is RocCurve {
  return (
    typeof value === 'object' && value !== null && 'falsePositiveRate' in value && 'truePositiveRate' in value
  );
}

/** Aggregates for figures: a profile per site, and the attack's curve where it was scored. */
export function siteFigures(cohort: Cohort, scored: readonly ScoredSite[]): FiguresOfSite[] {
  const sites: [string, Cohort][] = [
    ['pooled', cohort],
    ...cohort.hospitals.map((id, hospital): [string, Cohort] => [
      id,
      selectStays(cohort, rowsOfHospital(cohort, hospital)),
    ]),
  ];
  return sites.map(([site, part]) => {
    const attack = scored.find(
      (row) => row.site === site && row.metric === 'privacy.mia_distance_auroc',
    )?.result;
    const curve = attack?.state === 'ok' ? attack.detail?.['roc'] : undefined;
    return { site, profile: cohortProfile(part), membershipRoc: isCurve(curve) ? curve : null };
  });
}
