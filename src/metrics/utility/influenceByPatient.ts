import { clusteredStandardError } from '../../stats/clusteredAuroc.js';

/** Collects how much every patient pulls a mean over features, so that its interval knows what a patient has in common. */
export class InfluenceByPatient {
  readonly #sums = new Map<string, number>();

  /** Adds the influences of one feature's rows. */
  add(patients: readonly string[], influence: ArrayLike<number>): void {
    patients.forEach((patient, row) =>
      this.#sums.set(patient, (this.#sums.get(patient) ?? 0) + influence[row]!),
    );
  }

  /** Standard error of the mean over `features` features; null with one patient. */
  standardError(features: number): number | null {
    const total = clusteredStandardError([...this.#sums.values()], [...this.#sums.keys()]);
    return total === null ? null : total / features;
  }
}
