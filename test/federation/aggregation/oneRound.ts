import type { Random } from '../../../src/engine/random.js';
import type {
  Aggregated,
  AggregationRound,
  AggregationRule,
  HospitalUpdate,
} from '../../../src/federation/aggregation/contract.js';

/** A round in which every hospital answered; `global` null = each started from its own parameters. */
export const roundOf = (
  updates: readonly HospitalUpdate[],
  global: Float32Array | null = null,
): AggregationRound => ({
  global,
  stays: Object.fromEntries(updates.map(({ hospital, stays }) => [hospital, stays])),
});

/** One round of a rule on parameters by hospital, each after as many local steps. */
export function aggregateOnce(
  rule: AggregationRule,
  models: readonly Pick<HospitalUpdate, 'hospital' | 'stays' | 'parameters'>[],
  random: Random,
): Aggregated {
  const updates = models.map((model) => ({ ...model, steps: 5 }));
  return rule.aggregate(updates, {}, random, roundOf(updates));
}
