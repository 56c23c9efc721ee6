import { initialParameters } from '../../engine/parameters.js';
import { random } from '../../engine/random.js';
import { matchedLayers, type MatchingScope } from '../../federation/aggregation/alignedAverage.js';
import type { AggregationRule, LocalTerm } from '../../federation/aggregation/contract.js';
import type { FedmaOptions } from '../../federation/aggregation/matchedFedma.js';
import type { Federation } from '../../federation/channel.js';
import type { AutoencoderWidths, GeneratorModels } from '../../federation/generatorModels.js';
import type { RoundEvent } from '../contract.js';
import { federatedRounds, type MonitorReply, type StageSurroundings } from './federatedRounds.js';
import { modelsAt } from './generatorModels.js';
import { layerwiseRounds } from './layerwiseRounds.js';
import type { GeneratorParameters } from './parameters.js';

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
  readonly surroundings: StageSurroundings;
}

/** Trains the autoencoder; the models come back at the widths that it has then, which the hospitals have adopted. */
export async function trainAutoencoders(
  plan: StageOnePlan,
): Promise<{ parameters: Float32Array; events: RoundEvent[]; models: GeneratorModels }> {
  const { federation, rule, models, parameters, seed, stays, surroundings } = plan;
  const { layout, chain } = models.autoencoder;
  const evaluate = async (global: Float32Array): Promise<readonly MonitorReply[]> =>
    (await federation.askAvailable('evaluateAutoencoder', { parameters: global })).replies;
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
      surroundings,
    );
    return { ...trained, models };
  }
  const shapes = chain.layers.map(({ weight }) => layout.specs.find(({ name }) => name === weight)!.shape);
  const adopt = (widths: AutoencoderWidths): Promise<unknown> => federation.askAll('adoptWidths', widths);
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
    surroundings,
  );
  await adopt(trained.widths);
  return { ...trained, models: await modelsAt(models, trained.widths) };
}
