import type { Cohort } from '../../../src/cohort/types.js';

const groups = 40;

/** Estimate over all stays with a Monte-Carlo standard error from 40 interleaved groups of stays. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** Sums of any quantity per group, turned into an estimate by `of`. */
export class GroupedSums {
  private readonly sums: number[][];

  constructor(private readonly width: number) {
    this.sums = Array.from({ length: groups }, () => new Array<number>(width).fill(0));
  }

  add(stay: number, terms: readonly number[]): void {
    const sums = this.sums[stay % groups]!;
    for (let i = 0; i < this.width; i++) sums[i]! += terms[i]!;
  }

  estimate(of: (sums: readonly number[]) => number): Estimate {
    const total = Array.from({ length: this.width }, (_, i) =>
      this.sums.reduce((sum, group) => sum + group[i]!, 0),
    );
    const single = this.sums.map(of);
    const mean = single.reduce((sum, value) => sum + value, 0) / groups;
    const variance = single.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (groups - 1);
    return { value: of(total), error: Math.sqrt(variance / groups) };
  }
}

/** Pearson correlation from (n, Σx, Σy, Σxx, Σyy, Σxy). */
export function pearson([n, x, y, xx, yy, xy]: readonly number[]): number {
  const covariance = xy! / n! - (x! / n!) * (y! / n!);
  return covariance / Math.sqrt((xx! / n! - (x! / n!) ** 2) * (yy! / n! - (y! / n!) ** 2));
}

/** Correlation of feature a at t with feature b at t + lag over pairs observed at both ends, straight from the arrays. */
export function sampleCorrelation(
  cohort: Cohort,
  stays: readonly number[],
  a: number,
  b: number,
  lag: number,
): Estimate {
  const { steps, features } = cohort.schema;
  const sums = new GroupedSums(6);
  for (const [position, stay] of stays.entries())
    for (let t = 0; t + lag < steps; t++) {
      const left = (stay * steps + t) * features.length + a;
      const right = (stay * steps + t + lag) * features.length + b;
      if (cohort.observed[left] !== 1 || cohort.observed[right] !== 1) continue;
      const x = cohort.values[left]!;
      const y = cohort.values[right]!;
      sums.add(position, [1, x, y, x * x, y * y, x * y]);
    }
  return sums.estimate(pearson);
}

/** Values of one feature over the observed steps of the stays. */
export function sampleMarginal(
  cohort: Cohort,
  stays: readonly number[],
  feature: number,
  cutAt: number,
): { readonly recorded: Estimate; readonly mean: Estimate; readonly sd: Estimate; readonly below: Estimate } {
  const { steps, features } = cohort.schema;
  const sums = new GroupedSums(5);
  for (const [position, stay] of stays.entries())
    for (let t = 0; t < cohort.length[stay]!; t++) {
      const cell = (stay * steps + t) * features.length + feature;
      const x = cohort.values[cell]!;
      sums.add(
        position,
        cohort.observed[cell] === 1 ? [1, 1, x, x * x, x <= cutAt ? 1 : 0] : [1, 0, 0, 0, 0],
      );
    }
  return {
    recorded: sums.estimate(([cells, n]) => n! / cells!),
    mean: sums.estimate(([, n, x]) => x! / n!),
    sd: sums.estimate(([, n, x, xx]) => Math.sqrt(xx! / n! - (x! / n!) ** 2)),
    below: sums.estimate(([, n, , , below]) => below! / n!),
  };
}
