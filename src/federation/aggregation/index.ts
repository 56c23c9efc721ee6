import type { AggregationRule } from './contract.js';
import { coordinateMedian } from './coordinateMedian.js';
import type { DenseChain } from './denseChain.js';
import { distributionAware } from './distributionAware.js';
import { dpFedavg } from './dpFedavg.js';
import { fedavg } from './fedavg.js';
import { feddisco } from './feddisco.js';
import { fednova } from './fednova.js';
import { fedprox } from './fedprox.js';
import { fedweight } from './fedweight.js';
import { matchedHungarian, type HungarianOptions } from './matchedHungarian.js';
import { matchedOtfusion } from './matchedOtfusion.js';
import { matchedRebasin } from './matchedRebasin.js';
import { ruleOptions } from './ruleOptions.js';
import { scaffold } from './scaffold.js';
import { trimmedMean } from './trimmedMean.js';

/** What a rule may need to know; each takes its own part. */
export interface RuleSettings {
  readonly chain: DenseChain;
  readonly matching: HungarianOptions;
  /** Options of rules on whole vectors by name; each rule reads those that `ruleOptions` gives it, with their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

type Options = Pick<RuleSettings, 'options'>;

/** Every aggregation rule by id. */
export const aggregationRules = {
  fedavg: () => fedavg,
  fedprox: ({ options }: Options) => fedprox(ruleOptions.fedprox.parse(options)),
  scaffold: () => scaffold,
  fednova: () => fednova,
  'coordinate-median': () => coordinateMedian,
  'trimmed-mean': ({ options }: Options) => trimmedMean(ruleOptions['trimmed-mean'].parse(options)),
  'dp-fedavg': ({ options }: Options) => dpFedavg(ruleOptions['dp-fedavg'].parse(options)),
  'matched-hungarian': ({ chain, matching }: Pick<RuleSettings, 'chain' | 'matching'>) =>
    matchedHungarian(chain, matching),
  'matched-rebasin': ({ chain, matching }: Pick<RuleSettings, 'chain' | 'matching'>) =>
    matchedRebasin(chain, matching),
  'matched-otfusion': ({ chain, matching }: Pick<RuleSettings, 'chain' | 'matching'>) =>
    matchedOtfusion(chain, matching),
  'distribution-aware': ({ options }: Options) =>
    distributionAware(ruleOptions['distribution-aware'].parse(options)),
  feddisco: ({ options }: Options) => feddisco(ruleOptions.feddisco.parse(options)),
  fedweight: ({ options }: Options) => fedweight(ruleOptions.fedweight.parse(options)),
} as const satisfies Record<string, (settings: RuleSettings) => AggregationRule>;

export type AggregationRuleId = keyof typeof aggregationRules;

/** Rules with a protocol of their own instead of rounds on whole vectors. */
export const layerwiseRules = ['matched-fedma'] as const;

export type LayerwiseRuleId = (typeof layerwiseRules)[number];
