import type { Federation } from '../../federation/channel.js';
import type { AutoencoderWidths } from '../../federation/generatorModels.js';
import type { CommunicationLedger } from '../../federation/ledger.js';
import type { Checkpoints } from '../checkpoints.js';
import type { RoundEvent, TrainingEvent } from '../contract.js';
import { takeUpStages } from '../stagedTraining.js';
import { watchDivergence } from './alarms.js';
import type { StageState, StageSurroundings } from './federatedRounds.js';
import { federationSurroundings, type FederationState } from './federationState.js';
import type { LayerwiseState } from './layerwiseRounds.js';
import type { GeneratorParameters } from './parameters.js';

/** How stage one ended. */
export interface StageOneEnd {
  readonly parameters: Float32Array;
  /** Where training decides them. */
  readonly widths: AutoencoderWidths | null;
  readonly events: readonly RoundEvent[];
}

/** Raised whenever the state has other fields, or they mean something else. */
const FORM = 2;

/** A training that may have been taken up again. */
export interface TakenUp {
  /** How stage one ended before the interruption. */
  readonly stageOne: StageOneEnd | null;
  /** What a stage runs in; the hospitals remember what they did when the training was interrupted in this stage. */
  surroundings(stage: 'autoencoder', stageOne: null): Promise<StageSurroundings<StageState | LayerwiseState>>;
  surroundings(stage: 'tcvae', stageOne: StageOneEnd | null): Promise<StageSurroundings>;
}

/**
 * Takes up an interrupted training of the two-stage generator, or starts one that can be taken up; preprocessing and latents are made
 * again, which costs no epochs.
 *
 * @param lastRound of stage two, after which nothing is kept: what follows needs the answers of that round
 */
export async function takeUp(
  checkpoints: Checkpoints | undefined,
  federation: Federation,
  ledger: CommunicationLedger,
  {
    alarms,
    lastRound,
    emit,
  }: {
    readonly alarms: GeneratorParameters['alarms'];
    readonly lastRound: number;
    readonly emit: (event: TrainingEvent) => void;
  },
): Promise<TakenUp> {
  const stages = await takeUpStages<StageOneEnd, FederationState>(checkpoints, {
    form: FORM,
    surroundings: federationSurroundings(federation, ledger),
    emit,
  });
  const interrupted = stages.interrupted as StageState | LayerwiseState | undefined;
  const past = [...(stages.ended?.events ?? []), ...(interrupted?.events ?? [])];
  let told = false;
  const watch = watchDivergence(alarms, (event) => {
    if (told) emit(event);
  });
  // What past rounds would have told is known; the watch needs where their losses started.
  for (const event of past) watch(event);
  told = true;
  return {
    stageOne: stages.ended,
    async surroundings(stage: 'autoencoder' | 'tcvae', stageOne: StageOneEnd | null) {
      const { resume, keep } = await stages.begin<StageState | LayerwiseState>(stage, stageOne);
      return {
        ledger,
        emit: watch,
        resume: resume as StageState | undefined,
        async keep(rounds: StageState | LayerwiseState) {
          if (stage === 'tcvae' && rounds.round >= lastRound) return;
          await keep(() => rounds);
        },
      };
    },
  };
}
