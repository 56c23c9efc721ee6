import type { AggregationRule } from './contract.js';
import { inHospitalOrder, namedWeights, normalised, weightedSum } from './weightedSum.js';

/** FedAvg (McMahan et al. 2017): the mean of the hospitals' parameters, weighted by their stays. */
export const fedavg: AggregationRule = {
  id: 'fedavg',
  aggregate(updates, state) {
    const ordered = inHospitalOrder(updates);
    const weights = normalised(ordered.map((update) => update.stays));
    return {
      parameters: weightedSum(
        ordered.map((update) => update.parameters),
        weights,
      ),
      weights: namedWeights(ordered, weights),
      movedShare: 0,
      state,
    };
  },
};
