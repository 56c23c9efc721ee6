import type { AggregationRule } from '../../federation/aggregation/contract.js';
import type { DenseChain } from '../../federation/aggregation/denseChain.js';
import { privacyStatement, type PrivacyStatement } from '../../federation/aggregation/privacyStatement.js';
import type { CrossedMessage, HospitalDoor } from '../../federation/channel.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import type { TrainContext } from '../contract.js';
import { autoencoderChain } from './autoencoderModel.js';
import type { FineTuning } from './fineTuning.js';
import type { GeneratorParameters } from './parameters.js';
import type { LocalPlan } from './participants.js';
import { localTerm, type LayerwiseMatching } from './stageOne.js';

/** What tells the trainers of the two-stage generator apart. */
export interface GeneratorPlan {
  readonly id: string;
  readonly version: number;
  /** `hospitals`: one participant per hospital; `pooled`: one that holds all rows (centralized training). */
  readonly participants: 'hospitals' | 'pooled';
  readonly parameters: GeneratorParameters;
  /** A rule that closes rounds on whole vectors, or FedMA, which has a protocol of its own. */
  readonly stageOneRule: (chain: DenseChain) => AggregationRule | LayerwiseMatching;
  readonly stageTwoRule: AggregationRule;
  /** The last rounds of stage two are each hospital's own, without aggregation. */
  readonly fineTuning?: FineTuning;
  /** Sees every message that crosses; for audits and tests. */
  readonly record?: (message: CrossedMessage) => void;
  /** Stands in every hospital's door, e.g. to let it answer wrongly; for studies of faults and tests. */
  readonly standIn?: (door: HospitalDoor) => HospitalDoor;
}

export interface StageRules {
  readonly autoencoder: AggregationRule | LayerwiseMatching;
  readonly tcvae: AggregationRule;
}

/** The differential privacy of a whole run; null where no rule adds noise. */
export function privacyOf(rules: StageRules, parameters: GeneratorParameters): PrivacyStatement | null {
  const stages = ['autoencoder', 'tcvae'] as const;
  return privacyStatement(
    stages.flatMap((stage) => {
      const rule = rules[stage];
      const privacy = 'aggregate' in rule ? rule.privacy : undefined;
      return privacy === undefined ? [] : [{ stage, rounds: parameters[stage].rounds, ...privacy }];
    }),
    stages,
  );
}

/** What a plan's training needs besides the rows: rules, and the agreement of its participants. */
export function agreementOf(
  plan: GeneratorPlan,
  { train, engine, seed }: TrainContext,
): { rules: StageRules; local: LocalPlan } {
  const { parameters } = plan;
  const rules: StageRules = {
    autoencoder: plan.stageOneRule(autoencoderChain(featureColumns(train.schema), parameters.autoencoder)),
    tcvae: plan.stageTwoRule,
  };
  const terms = { autoencoder: localTerm(rules.autoencoder), tcvae: rules.tcvae.local ?? {} };
  return { rules, local: { hospitals: train.hospitals, parameters, terms, engine, seed } };
}
