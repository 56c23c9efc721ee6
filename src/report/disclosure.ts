import type { PartCounts, RunManifest } from '../run/contract.js';
import { isSmallCell } from '../cohort/suppression.js';
import { formatCount, groupThousands } from './numbers.js';
import type { Place } from './subjects.js';

type Dataset = RunManifest['datasets'][number];

/** Whether a number of real patients of the dataset's hospitals is withheld. */
export function hasWithheldCell(manifest: RunManifest, dataset: string): boolean {
  return manifest.datasets
    .filter((item) => item.id === dataset)
    .flatMap((item) => item.hospitals)
    .flatMap((hospital) => [hospital.train, hospital.holdout, hospital.reference])
    .some((count) => count === null || isSmallCell(count));
}

/**
 * Number of stays behind a score, as printed. Below 11 it is withheld; where any hospital's own count is withheld, all
 * numbers of that dataset are rounded to 50, or differences would give the hidden one away.
 */
export function printedStays(manifest: RunManifest, place: Place, n: number): string {
  if (isSmallCell(n)) return formatCount(n);
  return hasWithheldCell(manifest, place.dataset)
    ? `about ${groupThousands(Math.max(50, 50 * Math.round(n / 50)))}`
    : groupThousands(n);
}

/** What the numbers of a dataset's hospitals count. */
export const countedUnit = (dataset: Dataset): string => dataset.counted ?? 'stays';

/** The manifest with every withheld number of real patients as a word. */
export function printableManifest(manifest: RunManifest): Record<string, unknown> {
  const totals = (counts: PartCounts): Record<string, unknown> => ({
    train: printable(counts.train),
    holdout: printable(counts.holdout),
    reference: printable(counts.reference),
  });
  return {
    ...manifest,
    datasets: manifest.datasets.map((dataset) => ({
      ...dataset,
      hospitals: dataset.hospitals.map(({ id, ...counts }) => ({ id, ...totals(counts) })),
      ...(dataset.patients === undefined ? {} : { patients: totals(dataset.patients) }),
      ...(dataset.stays === undefined ? {} : { stays: totals(dataset.stays) }),
    })),
  };
}

const printable = (count: number | null): number | string =>
  count === null || isSmallCell(count) ? formatCount(count) : count;
