import type { PartCounts, RunManifest } from '../run/contract.js';
import { SMALLEST_CELL } from '../cohort/suppression.js';
import { hasWithheldCell } from './disclosure.js';
import { nullStandardError } from '../stats/auroc.js';

/** What a membership attack at one place could have detected at all. */
export interface AttackPower {
  readonly dataset: string;
  /** `pooled` or a hospital id. */
  readonly site: string;
  /** Members and non-members, equal in number. */
  readonly members: number;
  /** Standard error of the AUROC when nothing leaks. */
  readonly standardError: number;
  /** An AUROC below this is noise at 95 %. */
  readonly noise: number;
  /** Smallest AUROC that is found with 80 % power at a two-sided 5 % level. */
  readonly detectable: number;
}

/** Normal quantiles: 97.5 % and 80 %. */
const certainty = 1.959964;
const power = 0.841621;

/**
 * Power at every place whose numbers are not withheld, with as many members as non-members: the smaller of train and holdout.
 * A run of an earlier version does not tell its totals: if it withholds a number, they are rounded down to 50.
 */
export function attackPower(manifest: RunManifest): readonly AttackPower[] {
  return manifest.datasets.flatMap((dataset) => {
    const smaller = ({ train, holdout }: Pick<PartCounts, 'train' | 'holdout'>): number =>
      Math.min(train ?? 0, holdout ?? 0);
    const hospitals = dataset.hospitals.map((hospital) => ({
      site: hospital.id,
      members: smaller(hospital),
    }));
    const sum = (part: 'train' | 'holdout'): number =>
      dataset.hospitals.reduce((all, hospital) => all + (hospital[part] ?? 0), 0);
    const ofSums = Math.min(sum('train'), sum('holdout'));
    const places =
      dataset.patients !== undefined
        ? [{ site: 'pooled', members: smaller(dataset.patients) }, ...hospitals]
        : hasWithheldCell(manifest, dataset.id)
          ? [{ site: 'pooled', members: 50 * Math.floor(ofSums / 50) }]
          : [{ site: 'pooled', members: ofSums }, ...hospitals];
    return places
      .filter(({ members }) => members >= SMALLEST_CELL)
      .map(({ site, members }) => {
        const standardError = nullStandardError(members, members);
        return {
          dataset: dataset.id,
          site,
          members,
          standardError,
          noise: 0.5 + certainty * standardError,
          detectable: 0.5 + (certainty + power) * standardError,
        };
      });
  });
}
