import { initialParameters } from '../../engine/parameters.js';
import { random } from '../../engine/random.js';
import { matchedLayers, type MatchingScope } from '../../federation/aggregation/alignedAverage.js';
import type { AggregationRule, LocalTerm } from '../../federation/aggregation/contract.js';
import type { FedmaOptions } from '../../federation/aggregation/matchedFedma.js';
import type { Federation } from '../../federation/channel.js';
import type { AutoencoderWidths, GeneratorModels } from '../../federation/generatorModels.js';
import {
  federatedRounds,
  type MonitorReply,
  type StageState,
  type StageSurroundings,
} from './federatedRounds.js';
import { modelsAt } from './generatorModels.js';
import { layerwiseRounds, type LayerwiseState } from './layerwiseRounds.js';
import type { GeneratorParameters } from './parameters.js';
import type { StageOneEnd } from './trainingCheckpoint.js';

/** FedMA instead of rounds that a rule closes. */
export interface LayerwiseMatching extends FedmaOptions, MatchingScope {
  readonly retrainEpochs: number;
}

/** What a stage's way of aggregating asks of local training. */
export const localTerm = (rule: AggregationRule | LayerwiseMatching): LocalTerm =>
  'aggregate' in rule ? (rule.local ?? {}) : {};

export interface StageOnePlan {
  readonly federation: Federation;
  readonly rule: AggregationRule | LayerwiseMatching;
  readonly models: GeneratorModels;
  readonly parameters: GeneratorParameters;
  readonly seed: number;
  /** Training stays per participant. */
  readonly stays: Readonly<Record<string, number>>;
  readonly surroundings: StageSurroundings<StageState | LayerwiseState>;
  /** How the stage ended before the training was interrupted; null = it did not. */
  readonly ended: StageOneEnd | null;
}

/** Trains the autoencoder; the models come back at the widths that it has then, which the hospitals have adopted. */
export async function trainAutoencoders(
  plan: StageOnePlan,
): Promise<{ end: StageOneEnd; models: GeneratorModels }> {
  const { federation, rule, models, parameters, seed, stays, ended } = plan;
  const { layout, chain } = models.autoencoder;
  const evaluate = async (global: Float32Array): Promise<readonly MonitorReply[]> =>
    (await federation.askAvailable('evaluateAutoencoder', { parameters: global })).replies;
  const adopt = (widths: AutoencoderWidths): Promise<unknown> => federation.askAll('adoptWidths', widths);
  const endedAt = async (end: StageOneEnd): Promise<{ end: StageOneEnd; models: GeneratorModels }> => {
    if (end.widths === null) return { end, models };
    await adopt(end.widths);
    return { end, models: await modelsAt(models, end.widths) };
  };
  if (ended !== null) return endedAt(ended);
  const common = {
    ...parameters.autoencoder,
    initial:
      parameters.initialisation === 'shared'
        ? initialParameters(layout, random(seed, 'autoencoder-initial'))
        : null,
    seed,
    stays,
  };
  const watched = parameters.autoencoder.evaluateGlobal;
  if ('aggregate' in rule) {
    const trained = await federatedRounds(
      {
        ...common,
        stage: 'autoencoder',
        rule,
        size: layout.size,
        summaries: {},
        ask: (request) => federation.askAvailable('trainAutoencoder', request),
        ...(watched ? { evaluate } : {}),
      },
      plan.surroundings as StageSurroundings,
    );
    return endedAt({ ...trained, widths: null });
  }
  const shapes = chain.layers.map(({ weight }) => layout.specs.find(({ name }) => name === weight)!.shape);
  const trained = await layerwiseRounds(
    {
      ...common,
      widths: [shapes[0]![0]!, ...shapes.map((shape) => shape[1]!)],
      matched: matchedLayers(chain, rule),
      latentLayer: chain.encoderLayers,
      retrainEpochs: rule.retrainEpochs,
      options: rule,
      ask: (request) => federation.askAll('trainLayers', request),
      ...(watched
        ? {
            evaluate: async (global: Float32Array, widths: AutoencoderWidths) => {
              await adopt(widths);
              return evaluate(global);
            },
          }
        : {}),
    },
    plan.surroundings as StageSurroundings<LayerwiseState>,
  );
  return endedAt(trained);
}
