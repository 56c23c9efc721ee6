import type { Cohort } from './types.js';

/** Fewest patients of a hospital that releases its moments; below, sums could tell about single patients. */
const fewestPatientsForMoments = 50;

/** What one hospital sends: sums over its observed cells, per feature, in schema order. */
export interface HospitalMoments {
  readonly hospital: string;
  readonly patients: number;
  /** Σm per feature; null when withheld. */
  readonly count: readonly number[] | null;
  /** Σm·v per feature; null when withheld. */
  readonly sum: readonly number[] | null;
  /** Σm·v² per feature; null when withheld. */
  readonly sumOfSquares: readonly number[] | null;
}

/** What the server returns to all hospitals. */
export interface FederatedMoments {
  /** Per feature; null where no releasing hospital observed it. */
  readonly mean: readonly (number | null)[];
  /** Population standard deviation per feature, ≥ 0; null where no releasing hospital observed it. */
  readonly sd: readonly (number | null)[];
  /** Observed cells per feature that entered. */
  readonly count: readonly number[];
  /** Hospitals that sent nothing because they have too few patients. */
  readonly withheld: readonly string[];
}

/**
 * One hospital's (Σm, Σm·v, Σm·v²) per feature: the only raw statistics that leave it for scaling. A hospital under
 * `fewestPatientsForMoments` patients sends none.
 *
 * @param hospital index into `cohort.hospitals`; rows of other hospitals are not read
 */
export function hospitalMoments(cohort: Cohort, hospital: number): HospitalMoments {
  const { steps, features } = cohort.schema;
  const width = features.length;
  const patients = new Set<string>();
  const count = new Float64Array(width);
  const sum = new Float64Array(width);
  const sumOfSquares = new Float64Array(width);
  for (let stay = 0; stay < cohort.size; stay++) {
    if (cohort.hospital[stay] !== hospital) continue;
    patients.add(cohort.patients[stay]!);
    for (let cell = stay * steps * width; cell < (stay + 1) * steps * width; cell++) {
      if (cohort.observed[cell] !== 1) continue;
      const feature = cell % width;
      const value = cohort.values[cell]!;
      count[feature]! += 1;
      sum[feature]! += value;
      sumOfSquares[feature]! += value * value;
    }
  }
  const released = patients.size >= fewestPatientsForMoments;
  return {
    hospital: cohort.hospitals[hospital]!,
    patients: patients.size,
    count: released ? [...count] : null,
    sum: released ? [...sum] : null,
    sumOfSquares: released ? [...sumOfSquares] : null,
  };
}

/** Mean and standard deviation over the cells of all releasing hospitals. */
export function mergeMoments(messages: readonly HospitalMoments[]): FederatedMoments {
  const width = messages.find(({ count }) => count !== null)?.count?.length ?? 0;
  const count = new Array<number>(width).fill(0);
  const sum = new Array<number>(width).fill(0);
  const sumOfSquares = new Array<number>(width).fill(0);
  const withheld: string[] = [];
  for (const message of messages) {
    if (message.count === null || message.sum === null || message.sumOfSquares === null) {
      withheld.push(message.hospital);
      continue;
    }
    for (let feature = 0; feature < width; feature++) {
      count[feature]! += message.count[feature]!;
      sum[feature]! += message.sum[feature]!;
      sumOfSquares[feature]! += message.sumOfSquares[feature]!;
    }
  }
  const mean = count.map((n, feature) => (n === 0 ? null : sum[feature]! / n));
  const sd = count.map((n, feature) =>
    n === 0 ? null : Math.sqrt(Math.max(0, sumOfSquares[feature]! / n - (sum[feature]! / n) ** 2)),
  );
  return { mean, sd, count, withheld };
}
