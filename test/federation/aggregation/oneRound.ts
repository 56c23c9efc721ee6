import type { AggregationRound, HospitalUpdate } from '../../../src/federation/aggregation/contract.js';

/** A round in which every hospital answered; `global` null = each started from its own parameters. */
export const roundOf = (
  updates: readonly HospitalUpdate[],
  global: Float32Array | null = null,
): AggregationRound => ({
  global,
  stays: Object.fromEntries(updates.map(({ hospital, stays }) => [hospital, stays])),
});
