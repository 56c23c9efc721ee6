import type { RunManifest } from '../run/contract.js';
import { hasSmallCell } from './disclosure.js';
import { nullStandardError } from '../stats/auroc.js';
import { smallestCount } from './numbers.js';

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
 * Power at every place, with as many members as non-members: the smaller of train and holdout. Where a hospital's count
 * is suppressed only the pooled power is given, for a number rounded down to 50, or differences would reveal it.
 */
export function attackPower(manifest: RunManifest): readonly AttackPower[] {
  return manifest.datasets.flatMap((dataset) => {
    const hospitals = dataset.hospitals.map(({ id, train, holdout }) => ({
      site: id,
      members: Math.min(train ?? 0, holdout ?? 0),
    }));
    const total = (part: 'train' | 'holdout'): number =>
      dataset.hospitals.reduce((sum, hospital) => sum + (hospital[part] ?? 0), 0);
    const pooled = Math.min(total('train'), total('holdout'));
    const places = hasSmallCell(manifest, dataset.id)
      ? [{ site: 'pooled', members: 50 * Math.floor(pooled / 50) }]
      : [{ site: 'pooled', members: pooled }, ...hospitals];
    return places
      .filter(({ members }) => members >= smallestCount)
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
