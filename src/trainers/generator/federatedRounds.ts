import { random } from '../../engine/random.js';
import type {
  AggregationRule,
  AggregationState,
  HospitalUpdate,
  LatentSummary,
  LayerPermutations,
} from '../../federation/aggregation/contract.js';
import { TrainingFailure } from '../../federation/trainingFailure.js';
import type { CommunicationLedger } from '../../federation/ledger.js';
import type { ReplyOf, RequestOf } from '../../federation/messages.js';
import type { RoundEvent, TrainingEvent } from '../contract.js';

/** What the server asks for in one round, except for the fields that every stage shares. */
export type RoundRequest = RequestOf<'trainAutoencoder'>;

/** A participant's answer after its local epochs. */
export interface RoundReply {
  readonly hospital: string;
  readonly reply: ReplyOf<'trainAutoencoder'>;
}

/** What a participant measured. */
export interface MonitorReply {
  readonly hospital: string;
  readonly reply: { readonly monitors: Readonly<Record<string, number>> };
}

export interface StagePlan {
  readonly stage: string;
  readonly rounds: number;
  readonly localEpochs: number;
  /** Epochs more before the first aggregation; none when left out. */
  readonly localPretraining?: number;
  /** Learning rate of the first round; falls along a cosine by round. */
  readonly learningRate: number;
  /** Start values; null = every hospital starts from its own (independent initialisation). */
  readonly initial: Float32Array | null;
  readonly rule: AggregationRule;
  /** Length of the parameter vector. */
  readonly size: number;
  readonly seed: number;
  /** Training stays per participant. */
  readonly stays: Readonly<Record<string, number>>;
  /** Latent summaries of the participants that released one. */
  readonly summaries: Readonly<Record<string, LatentSummary>>;
  readonly ask: (
    request: (hospital: string) => RoundRequest,
    round: number,
  ) => Promise<{
    readonly replies: readonly RoundReply[];
    readonly absent: Readonly<Record<string, string>>;
  }>;
  /** Monitors of the aggregated parameters at every hospital; left out = not measured. */
  readonly evaluate?: (parameters: Float32Array) => Promise<readonly MonitorReply[]>;
}

/** The server's part of a stage between two rounds. */
export interface StageState {
  /** Rounds that are done. */
  readonly round: number;
  readonly parameters: Float32Array;
  readonly aggregation: AggregationState;
  /** Hospitals that start the next round with fresh moments. */
  readonly reset: readonly string[];
  readonly events: readonly RoundEvent[];
}

export interface StageSurroundings<State = StageState> {
  readonly ledger: CommunicationLedger;
  readonly emit: (event: TrainingEvent) => void;
  /** What an interrupted training came to; the hospitals have recalled theirs. */
  readonly resume?: State | undefined;
  /** Called after every round, with the state to go on from. */
  readonly keep?: (state: State) => Promise<void>;
}

/** Falls from 1 in the first round towards 0 after the last: ½(1 + cos(π · (round − 1) / rounds)). */
export const cosineSchedule = (round: number, rounds: number): number =>
  0.5 * (1 + Math.cos((Math.PI * (round - 1)) / rounds));

const moved = (permutations: LayerPermutations | undefined): boolean =>
  permutations?.some((permutation) => permutation.some((neuron, slot) => neuron !== slot)) ?? false;

/** A hospital's answer as the rule reads it. */
function updateOf(plan: StagePlan, { hospital, reply }: RoundReply): HospitalUpdate {
  if (reply.parameters.length !== plan.size)
    throw new TrainingFailure(
      `hospital ${hospital} sent ${reply.parameters.length} parameters of the ${plan.stage} where ${plan.size} are expected`,
    );
  const { parameters, steps, controlChange } = reply;
  if (controlChange !== null && controlChange.length !== plan.size)
    throw new TrainingFailure(
      `hospital ${hospital} sent a control variate of ${controlChange.length} numbers where ${plan.size} are expected`,
    );
  const summary = plan.summaries[hospital];
  return {
    hospital,
    stays: plan.stays[hospital]!,
    parameters,
    steps,
    ...(controlChange === null ? {} : { controlChange }),
    ...(summary === undefined ? {} : { summary }),
  };
}

/** Means of the hospitals' monitors, weighted by stays. */
export function meanMonitors(
  replies: readonly MonitorReply[],
  stays: Readonly<Record<string, number>>,
): Record<string, number> {
  const total = replies.reduce((sum, { hospital }) => sum + stays[hospital]!, 0);
  const means: Record<string, number> = {};
  for (const { hospital, reply } of replies)
    for (const [name, value] of Object.entries(reply.monitors))
      means[name] = (means[name] ?? 0) + (stays[hospital]! / total) * value;
  return means;
}

/**
 * Rounds of federated training: every hospital trains from the global parameters, the rule makes the next ones. A hospital
 * whose neurons changed places starts its next round with fresh Adam moments. A round goes on with the hospitals that
 * answer; the others are named in its event and may answer again later.
 *
 * @returns the last global parameters and the event of every round
 * @throws TrainingFailure when no hospital answers, or one sends vectors of the wrong length
 */
export async function federatedRounds(
  plan: StagePlan,
  { ledger, emit, resume, keep }: StageSurroundings,
): Promise<{ parameters: Float32Array; events: RoundEvent[] }> {
  let parameters = resume?.parameters ?? plan.initial;
  let state: AggregationState = resume?.aggregation ?? {};
  let reset = new Set<string>(resume?.reset);
  const events: RoundEvent[] = [...(resume?.events ?? [])];
  for (let round = (resume?.round ?? 0) + 1; round <= plan.rounds; round++) {
    const sent = parameters;
    const epochs = plan.localEpochs + (round === 1 ? (plan.localPretraining ?? 0) : 0);
    const toReset = reset;
    const { replies, absent } = await plan.ask(
      (hospital) => ({
        round,
        epochs,
        learningRate: plan.learningRate * cosineSchedule(round, plan.rounds),
        parameters: sent,
        resetMoments: toReset.has(hospital),
        control: state['control'] ?? null,
      }),
      round,
    );
    ledger.recordEpochs(plan.stage, epochs);
    const missing = Object.keys(absent);
    if (replies.length === 0)
      throw new TrainingFailure(
        `no hospital answered in round ${round} of the ${plan.stage}: ${Object.entries(absent)
          .map(([hospital, reason]) => `${hospital} (${reason})`)
          .join(', ')}`,
      );
    const aggregated = plan.rule.aggregate(
      replies.map((reply) => updateOf(plan, reply)),
      state,
      random(plan.seed, 'aggregation', plan.stage, round),
      { global: sent, stays: plan.stays },
    );
    parameters = aggregated.parameters;
    state = aggregated.state;
    reset = new Set([
      ...missing.filter((hospital) => toReset.has(hospital)),
      ...Object.entries(aggregated.permutations ?? {})
        .filter(([, permutations]) => moved(permutations))
        .map(([hospital]) => hospital),
    ]);
    const { loss, ...monitors } = meanMonitors(replies, plan.stays);
    const event: RoundEvent = {
      kind: 'round',
      stage: plan.stage,
      round,
      rounds: plan.rounds,
      loss: loss!,
      ...(replies.length + missing.length > 1 ? { weights: aggregated.weights } : {}),
      ...(missing.length > 0 ? { absent: missing } : {}),
      monitors: {
        ...monitors,
        ...(aggregated.permutations === undefined ? {} : { movedShare: aggregated.movedShare }),
        ...aggregated.monitors,
        ...meanMonitors((await plan.evaluate?.(parameters)) ?? [], plan.stays),
      },
    };
    events.push(event);
    emit(event);
    await keep?.({ round, parameters, aggregation: state, reset: [...reset], events });
  }
  return { parameters: parameters!, events };
}
