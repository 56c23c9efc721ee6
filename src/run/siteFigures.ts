import { z } from 'zod';
import { rowsOfHospital, selectStays } from '../cohort/select.js';
import type { Cohort } from '../cohort/types.js';
import type { Result } from '../metrics/contract.js';
import { cohortProfile } from '../metrics/profile.js';
import type { ScoredSite } from '../metrics/scoreCohort.js';
import type { RocCurve, SiteFigures } from './contract.js';

/** Figures' data of one cohort at every site, without the name of its generator. */
export type FiguresOfSite = Omit<SiteFigures, 'dataset' | 'trainer' | 'variant' | 'seed'>;

/** The attack whose curve is drawn. */
const ATTACK = 'privacy.mia_distance_auroc';

const rocDetail = z.object({ fpr: z.array(z.number()), tpr: z.array(z.number()) });

/** The curve that an attack's result carries. */
function curveOf(result: Result | undefined): RocCurve | null {
  const curve = rocDetail.safeParse(result?.state === 'ok' ? result.detail?.['roc'] : undefined).data;
  return curve === undefined ? null : { falsePositiveRate: curve.fpr, truePositiveRate: curve.tpr };
}

/**
 * Aggregates for figures: a profile per site, and the attack's curve where it was scored.
 *
 * @param hidden hospitals whose real patients are too few, or would give those of another hospital away by subtraction from
 * the pooled cohort: left out, as every cohort of real rows must leave them out
 */
export function siteFigures(
  cohort: Cohort,
  scored: readonly ScoredSite[],
  hidden: ReadonlySet<string>,
): FiguresOfSite[] {
  const sites: [string, Cohort][] = [
    ['pooled', cohort],
    ...cohort.hospitals.flatMap((id, hospital): [string, Cohort][] =>
      hidden.has(id) ? [] : [[id, selectStays(cohort, rowsOfHospital(cohort, hospital))]],
    ),
  ];
  return sites.map(([site, part]) => {
    const attack = scored.find((row) => row.site === site && row.metric === ATTACK)?.result;
    return { site, profile: cohortProfile(part), membershipRoc: curveOf(attack) };
  });
}
