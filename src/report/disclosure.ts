import type { RunManifest } from '../run/contract.js';
import { formatCount, groupThousands, smallestCount } from './numbers.js';
import type { Place } from './subjects.js';

/** Whether a hospital of the dataset has a count of real patients that must not be printed. */
export function hasSmallCell(manifest: RunManifest, dataset: string): boolean {
  return manifest.datasets
    .filter((item) => item.id === dataset)
    .flatMap((item) => item.hospitals)
    .flatMap((hospital) => [hospital.train, hospital.holdout, hospital.reference])
    .some(isSmall);
}

/**
 * Number of stays behind a score, as printed. Below 11 it is `<11`; where any hospital's own count is suppressed, all
 * counts of that dataset are rounded to 50, or differences would give the hidden one away.
 */
export function printedStays(manifest: RunManifest, place: Place, n: number): string {
  if (n > 0 && n < smallestCount) return formatCount(n);
  return hasSmallCell(manifest, place.dataset)
    ? `about ${groupThousands(Math.max(50, 50 * Math.round(n / 50)))}`
    : groupThousands(n);
}

/** The manifest with every count of real patients below 11 replaced by `<11`. */
export function printableManifest(manifest: RunManifest): Record<string, unknown> {
  return {
    ...manifest,
    datasets: manifest.datasets.map((dataset) => ({
      ...dataset,
      hospitals: dataset.hospitals.map((hospital) => ({
        id: hospital.id,
        train: printable(hospital.train),
        holdout: printable(hospital.holdout),
        reference: printable(hospital.reference),
      })),
    })),
  };
}

const isSmall = (count: number | null): boolean => count === null || (count > 0 && count < smallestCount);

const printable = (count: number | null): number | string | null =>
  isSmall(count) ? formatCount(count) : count;
