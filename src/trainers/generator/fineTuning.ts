import type { Federation, HospitalReply } from '../../federation/channel.js';
import type { RoundEvent } from '../contract.js';
import { meanMonitors, type StageSurroundings } from './federatedRounds.js';
import type { GeneratorParameters } from './parameters.js';

export interface FineTuning {
  /** Rounds' worth of local epochs. */
  readonly rounds: number;
  /** Adam's learning rate, constant. */
  readonly learningRate: number;
}

/**
 * Every hospital goes on training the global TCVAE alone and sends back the one that is its own.
 *
 * @returns the TCVAE of every hospital, the event of the stage, and the answers
 */
export async function fineTune(
  federation: Federation,
  { rounds, learningRate }: FineTuning,
  { localEpochs, beta }: Pick<GeneratorParameters['tcvae'], 'localEpochs' | 'beta'>,
  global: Float32Array,
  stays: Readonly<Record<string, number>>,
  { ledger, emit }: StageSurroundings,
): Promise<{
  ownTcvae: Record<string, Float32Array>;
  event: RoundEvent;
  replies: HospitalReply<'trainTcvae'>[];
}> {
  const stage = 'fine-tuning';
  const epochs = rounds * localEpochs;
  const replies = await federation.askAll('trainTcvae', {
    // No round of stage two has this number, so no random number is drawn twice.
    round: 0,
    epochs,
    learningRate,
    parameters: global,
    resetMoments: false,
    control: null,
    beta,
  });
  ledger.recordEpochs(stage, epochs);
  const { loss, ...monitors } = meanMonitors(replies, stays);
  const event: RoundEvent = { kind: 'round', stage, round: 1, rounds: 1, loss: loss!, monitors };
  emit(event);
  return {
    ownTcvae: Object.fromEntries(replies.map(({ hospital, reply }) => [hospital, reply.parameters])),
    event,
    replies,
  };
}
