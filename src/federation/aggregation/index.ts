import type { AggregationRule } from './contract.js';
import type { DenseChain } from './denseChain.js';
import { distributionAware, type DistributionAwareOptions } from './distributionAware.js';
import { fedavg } from './fedavg.js';
import { matchedHungarian, type HungarianOptions } from './matchedHungarian.js';
import { matchedOtfusion } from './matchedOtfusion.js';
import { matchedRebasin } from './matchedRebasin.js';

/** What a rule may need to know; each takes its own part. */
export interface RuleSettings {
  readonly chain: DenseChain;
  readonly matching: HungarianOptions;
  readonly weighting: DistributionAwareOptions;
}

/** Every aggregation rule by id. */
export const aggregationRules = {
  fedavg: () => fedavg,
  'matched-hungarian': ({ chain, matching }: Pick<RuleSettings, 'chain' | 'matching'>) =>
    matchedHungarian(chain, matching),
  'matched-rebasin': ({ chain, matching }: Pick<RuleSettings, 'chain' | 'matching'>) =>
    matchedRebasin(chain, matching),
  'matched-otfusion': ({ chain, matching }: Pick<RuleSettings, 'chain' | 'matching'>) =>
    matchedOtfusion(chain, matching),
  'distribution-aware': ({ weighting }: Pick<RuleSettings, 'weighting'>) => distributionAware(weighting),
} as const satisfies Record<string, (settings: RuleSettings) => AggregationRule>;

export type AggregationRuleId = keyof typeof aggregationRules;
