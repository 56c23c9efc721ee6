import type { HospitalReply } from '../../../federation/channel.js';
import type { CommunicationLedger } from '../../../federation/ledger.js';
import type { RawmedMessages } from '../../../federation/rawmedMessages.js';
import type { RoundEvent } from '../../contract.js';
import type { ResumableStage, StageProgress } from '../../stagedTraining.js';
import { earlyStopping, type StoppingState } from '../training/earlyStopping.js';
import type { Averaged, Weighed } from './averaged.js';

type TrainingKind = 'trainEventAutoencoder' | 'trainEventTransformer';
type AdoptionKind = 'adoptEventAutoencoder' | 'adoptEventTransformer';

/** One stage of the federated training as the server sees it. */
export interface FederatedStage<State, K extends TrainingKind> {
  readonly stage: string;
  readonly initial: State;
  /** Most local updates, or rounds where a round is once through the rows. */
  readonly limit: number;
  /** Local updates or rounds that a round was, of `limit`. */
  counted(replies: readonly HospitalReply<K, RawmedMessages>[]): number;
  readonly patience: number;
  /** What every hospital weighs by. */
  readonly masses: Readonly<Record<string, number>>;
  /** Sends a state to all hospitals. */
  adopt(state: State): Promise<readonly HospitalReply<AdoptionKind, RawmedMessages>[]>;
  /** @param used how much of `limit` the rounds before were */
  train(round: number, used: number): Promise<readonly HospitalReply<K, RawmedMessages>[]>;
  average(answers: readonly Weighed<HospitalReply<K, RawmedMessages>['reply']>[]): Averaged<State>;
}

/** The server's part of a stage between two rounds; the hospitals hold what all agreed on last. */
export interface FederatedProgress<State> extends StageProgress {
  /** How much of the limit the rounds were. */
  readonly used: number;
  /** The averaged state of the best round. */
  readonly best: State;
  readonly stopping: StoppingState;
}

const weightedMean = (
  monitors: readonly { readonly hospital: string; readonly value: number }[],
  weights: Readonly<Record<string, number>>,
): number => monitors.reduce((sum, { hospital, value }) => sum + weights[hospital]! * value, 0);

/**
 * Rounds of local training and averaging until the accuracy of the averaged model, a mean over all hospitals' watching
 * stays, stops growing or the limit is used up. All hospitals take part in every round.
 *
 * @returns the averaged state of the best round
 */
export async function federatedStage<State, K extends TrainingKind>(
  stage: FederatedStage<State, K>,
  {
    ledger,
    emit,
    resume,
    keep,
  }: { readonly ledger: CommunicationLedger; readonly emit: (event: RoundEvent) => void } & ResumableStage<
    FederatedProgress<State>
  >,
): Promise<State> {
  const stopping = earlyStopping(stage.patience, resume?.stopping);
  let { best, round, used } = resume ?? { best: stage.initial, round: 0, used: 0 };
  if (resume === undefined) await stage.adopt(stage.initial);
  while (used < stage.limit && !stopping.over()) {
    round++;
    const replies = await stage.train(round, used);
    const counted = stage.counted(replies);
    used += counted;
    const { shared, weights } = stage.average(
      replies.map(({ hospital, reply }) => ({
        hospital,
        mass: stage.masses[hospital]!,
        steps: reply.steps,
        shared: reply,
      })),
    );
    const adopted = await stage.adopt(shared);
    const accuracy = weightedMean(
      adopted.map(({ hospital, reply }) => ({ hospital, value: reply.monitors['accuracy']! })),
      weights,
    );
    if (stopping.improved(accuracy)) best = shared;
    const monitors = Object.fromEntries(
      Object.keys(replies[0]!.reply.monitors).map((name) => [
        name,
        weightedMean(
          replies.map(({ hospital, reply }) => ({ hospital, value: reply.monitors[name]! })),
          weights,
        ),
      ]),
    );
    const { loss, passes, ...others } = monitors;
    ledger.recordEpochs(stage.stage, passes!);
    emit({
      kind: 'round',
      stage: stage.stage,
      round,
      rounds: round + Math.ceil((stage.limit - used) / counted),
      loss: loss!,
      weights,
      monitors: { ...others, validationAccuracy: accuracy },
    });
    const done = { round, used, best, stopping: stopping.state() };
    await keep(() => done);
  }
  return best;
}
