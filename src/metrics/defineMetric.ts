import type { Cohort } from '../cohort/types.js';
import { InputError } from '../cohort/inputError.js';
import type { Random } from '../engine/random.js';
import type { Metric, MetricDescriptor, MetricInputs, MetricParameters, Result, Role } from './contract.js';

/**
 * Which stays of a site a metric sees.
 * `equal`: S, R and H at one common size, for metrics that depend on the number of stays.
 * `arms`: S and R at one common size, the whole holdout as the test set; R before that as `wholeTrain`.
 * `attack`: everything that was released (S), members and non-members in equal numbers at every hospital.
 * `copies`: S and R whole, H at most as large as R at every hospital; without holdout stays a hospital has no R either.
 */
export type Sampling = 'equal' | 'arms' | 'attack' | 'copies';

/** A metric of the table: it never throws, and it says which stays it wants to see. */
export interface CatalogueMetric extends Metric {
  readonly sampling: Sampling;
}

/** One metric with one set of parameters: one score row a site. */
export interface MetricSelection {
  readonly metric: CatalogueMetric;
  readonly parameters: MetricParameters;
}

/** Pure function of a metric: the same inputs, parameters and random stream give the same result. */
export type Compute = (
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
) => Result | Promise<Result>;

/**
 * Makes a metric of the table. Too few stays are `undefined`, and an exception becomes state `failed`; its message
 * is kept, which by the rules of this code names no patient and no value of one.
 */
export function defineMetric(
  descriptor: MetricDescriptor,
  sampling: Sampling,
  compute: Compute,
): CatalogueMetric {
  return {
    descriptor,
    sampling,
    async compute(inputs, parameters, random) {
      const missing = tooFewStays(inputs, descriptor.needs);
      if (missing !== null) return missing;
      try {
        return finite(await compute(inputs, parameters, random));
      } catch (error) {
        if (error instanceof InputError) throw error;
        return {
          state: 'failed',
          reason: error instanceof Error ? error.message : String(error),
          n: inputs.synthetic.size,
        };
      }
    },
  };
}

/** A result without a value. `reason` starts with a short code, then says it in words. */
export function undefinedResult(reason: string, n: number): Result {
  return { state: 'undefined', reason, n };
}

/** A result with a value and its interval (null = no interval). */
export function okResult(
  value: number,
  interval: { readonly low: number; readonly high: number } | null,
  n: number,
  detail?: Readonly<Record<string, unknown>>,
): Result {
  const result = {
    state: 'ok',
    value,
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    n,
  } as const;
  return detail === undefined ? result : { ...result, detail };
}

/** The smallest number of stays on any side for which a comparison of cohorts has a meaning. */
const MINIMUM_STAYS = 2;

/** The synthetic cohort first: when it is empty, that is the reason, not what follows from it. */
const ROLES: readonly Role[] = ['synthetic', 'train', 'holdout', 'reference'];

function tooFewStays(inputs: MetricInputs, needs: readonly Role[]): Result | null {
  const cohorts: Readonly<Record<Role, Cohort | null>> = inputs;
  for (const role of ROLES) {
    if (!needs.includes(role)) continue;
    const size = cohorts[role]?.size ?? 0;
    if (size === 0) return undefinedResult(`empty-${role}: the ${role} cohort has no stays at this site`, 0);
    if (size < MINIMUM_STAYS)
      return undefinedResult(`one-stay-${role}: the ${role} cohort has one stay at this site`, size);
  }
  return null;
}

function finite(result: Result): Result {
  if (result.state !== 'ok') return result;
  const numbers = [result.value, result.ciLow ?? 0, result.ciHigh ?? 0];
  if (numbers.every(Number.isFinite)) return result;
  return { state: 'failed', reason: 'the computation gave a number that is not finite', n: result.n };
}
