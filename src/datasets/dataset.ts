import type { Cohort } from '../cohort/types.js';

/** A source of real patients that the product knows. */
export interface Dataset {
  readonly id: string;
  readonly title: string;
  /** Who, when, how long, what is predicted; a few sentences. */
  readonly description: string;
  readonly licence: string;
  readonly citation: string;
  /** What counts as a hospital as it ships, in the words of --hospital-by. */
  readonly hospitalBy: string;
  /** Hospital ids, sorted. */
  readonly hospitals: readonly string[];
  /** Names of the labels, the default first. */
  readonly labels: readonly string[];
  /** Cohort folder that ships with the product. */
  readonly folder: string;
  /** Where users get the original files, and in which form `ingest` takes them. */
  readonly sourceFiles: string;
  /** Reads the shipped cohort, checked against its hashes. */
  load(): Promise<Cohort>;
  /**
   * Makes the cohort folder anew from the original files.
   *
   * @throws InputError when `from` does not hold them or `out` holds something else than a cohort
   */
  ingest(from: string, out: string): Promise<Cohort>;
}
