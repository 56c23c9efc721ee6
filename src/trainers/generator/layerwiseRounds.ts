import { random } from '../../engine/random.js';
import { joined, layersOf, type LayerValues } from '../../federation/aggregation/layerValues.js';
import { matchFedmaLayer, type FedmaOptions } from '../../federation/aggregation/matchedFedma.js';
import { namedWeights, normalised, weightedSum } from '../../federation/aggregation/weightedSum.js';
import type { HospitalReply } from '../../federation/channel.js';
import type { AutoencoderWidths } from '../../federation/generatorModels.js';
import type { RequestOf } from '../../federation/messages.js';
import { TrainingFailure } from '../../federation/trainingFailure.js';
import type { RoundEvent } from '../contract.js';
import {
  cosineSchedule,
  meanMonitors,
  type MonitorReply,
  type StageSurroundings,
} from './federatedRounds.js';

/** FedMA's own protocol of stage one. */
export interface LayerwisePlan {
  /** Passes over all layers; from the second on, hospitals start from the global neurons that theirs were matched to. */
  readonly rounds: number;
  /** Epochs of a hospital before the first layer of a pass is matched, and more of them in the first pass. */
  readonly localEpochs: number;
  readonly localPretraining: number;
  /** Epochs after every matched layer on the layers behind it. */
  readonly retrainEpochs: number;
  readonly learningRate: number;
  /** Start values; null = every hospital starts from its own (independent initialisation). */
  readonly initial: Float32Array | null;
  /** Inputs of the network, then outputs of every layer. */
  readonly widths: readonly number[];
  /** Number of layers, from the first, that are matched; the others are averaged together. */
  readonly matched: number;
  /** Which of the layers ends the encoder, from 1. */
  readonly latentLayer: number;
  readonly options: FedmaOptions;
  readonly seed: number;
  readonly stays: Readonly<Record<string, number>>;
  readonly ask: (
    request: (hospital: string) => RequestOf<'trainLayers'>,
  ) => Promise<readonly HospitalReply<'trainLayers'>[]>;
  readonly evaluate?: (
    parameters: Float32Array,
    widths: AutoencoderWidths,
  ) => Promise<readonly MonitorReply[]>;
}

/** The server's part between two passes. */
export interface LayerwiseState {
  /** Passes that are done. */
  readonly round: number;
  readonly global: readonly LayerValues[];
  readonly events: readonly RoundEvent[];
}

const names = ['the encoder’s hidden layer', 'the latents', 'the decoder’s hidden layer'];

const autoencoderWidths = ([hidden, latents, decoderHidden]: readonly LayerValues[]): AutoencoderWidths => ({
  hidden: hidden!.outputs,
  latents: latents!.outputs,
  decoderHidden: decoderHidden!.outputs,
});

/** A hospital's answer cut into layers. */
function layersIn(
  { hospital, reply }: HospitalReply<'trainLayers'>,
  widths: readonly number[],
): LayerValues[] {
  try {
    return layersOf(reply.parameters, widths);
  } catch {
    throw new TrainingFailure(
      `hospital ${hospital} sent ${reply.parameters.length} parameters, which layers of ${widths.join(' → ')} do not have`,
    );
  }
}

/**
 * Federated matched averaging (Wang et al. 2020) with communication: per pass hospitals train, the first layer is matched,
 * they load and freeze it and train the layers behind it, the second layer is matched, and so on; what lies behind the last
 * matched layer is averaged by stays. Only the layer in question goes up, and only the matched one comes down, with the
 * places of a hospital's neurons; a pass costs one synchronisation a matched layer and one for the rest. Every hospital has
 * to answer every time.
 *
 * @returns the last global network, its widths, and an event a pass
 * @throws TrainingFailure when a hospital does not answer, or a layer grows beyond its limit
 */
export async function layerwiseRounds(
  plan: LayerwisePlan,
  { ledger, emit, resume, keep }: StageSurroundings<LayerwiseState>,
): Promise<{ parameters: Float32Array; widths: AutoencoderWidths; events: RoundEvent[] }> {
  const events: RoundEvent[] = [...(resume?.events ?? [])];
  let global: LayerValues[] = [...(resume?.global ?? [])];
  for (let pass = (resume?.round ?? 0) + 1; pass <= plan.rounds; pass++) {
    const learningRate = plan.learningRate * cosineSchedule(pass, plan.rounds);
    const averagedBefore = pass === 1 ? plan.initial : joined(global.slice(plan.matched));
    const moved: number[] = [];
    let replies: readonly HospitalReply<'trainLayers'>[] = [];
    let places = new Map<string, Uint32Array>();
    const matched: LayerValues[] = [];
    for (let frozen = 0; frozen <= plan.matched; frozen++) {
      const epochs =
        frozen > 0 ? plan.retrainEpochs : plan.localEpochs + (pass === 1 ? plan.localPretraining : 0);
      const last = matched.at(-1);
      replies = await plan.ask((hospital) => ({
        pass,
        frozen,
        epochs,
        learningRate,
        start: frozen === 0 ? averagedBefore : null,
        matched: last?.values ?? null,
        places: places.get(hospital) ?? null,
        send: frozen < plan.matched ? 1 : plan.widths.length - 1 - frozen,
      }));
      ledger.recordEpochs('autoencoder', epochs);
      const inputs = last?.outputs ?? plan.widths[0]!;
      if (frozen < plan.matched) {
        const own = replies.map((reply) => layersIn(reply, [inputs, plan.widths[frozen + 1]!])[0]!);
        const result = matchFedmaLayer(
          own,
          { name: names[frozen]!, latent: frozen + 1 === plan.latentLayer },
          plan.options,
          random(plan.seed, 'aggregation', 'autoencoder', pass, frozen),
        );
        matched.push(result.layer);
        moved.push(result.moved);
        places = new Map(replies.map(({ hospital }, k) => [hospital, result.places[k]!]));
      }
    }
    const weights = normalised(replies.map(({ hospital }) => plan.stays[hospital]!));
    const tail = [matched.at(-1)!.outputs, ...plan.widths.slice(plan.matched + 1)];
    const averaged = weightedSum(
      replies.map((reply) => joined(layersIn(reply, tail))),
      weights,
    );
    global = [...matched, ...layersOf(averaged, tail)];
    const { loss, ...monitors } = meanMonitors(replies, plan.stays);
    const widths = autoencoderWidths(global);
    const event: RoundEvent = {
      kind: 'round',
      stage: 'autoencoder',
      round: pass,
      rounds: plan.rounds,
      loss: loss!,
      ...(replies.length > 1
        ? {
            weights: namedWeights(
              replies.map(({ hospital }) => ({ hospital })),
              weights,
            ),
          }
        : {}),
      monitors: {
        ...monitors,
        movedShare: moved.reduce((sum, share) => sum + share, 0) / moved.length,
        hiddenWidth: widths.hidden,
        latentWidth: widths.latents,
        decoderHiddenWidth: widths.decoderHidden,
        ...meanMonitors((await plan.evaluate?.(joined(global), widths)) ?? [], plan.stays),
      },
    };
    events.push(event);
    emit(event);
    await keep?.({ round: pass, global, events });
  }
  return { parameters: joined(global), widths: autoencoderWidths(global), events };
}
