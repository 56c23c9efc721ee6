import type { Federation } from '../../federation/channel.js';
import type { AutoencoderWidths } from '../../federation/generatorModels.js';
import type { CommunicationLedger, LedgerTotals } from '../../federation/ledger.js';
import type { Checkpoints } from '../checkpoints.js';
import type { RoundEvent, TrainingEvent } from '../contract.js';
import { watchDivergence } from './alarms.js';
import type { StageState, StageSurroundings } from './federatedRounds.js';
import type { LayerwiseState } from './layerwiseRounds.js';
import type { GeneratorParameters } from './parameters.js';

/** How stage one ended. */
export interface StageOneEnd {
  readonly parameters: Float32Array;
  /** Where training decides them. */
  readonly widths: AutoencoderWidths | null;
  readonly events: readonly RoundEvent[];
}

interface Stages {
  readonly autoencoder: StageState | LayerwiseState;
  readonly tcvae: StageState;
}

/** All that a training of the two-stage generator goes on from; preprocessing and latents are made again, which costs no epochs. */
interface TrainingState<Stage extends keyof Stages = keyof Stages> {
  readonly form: number;
  readonly stage: Stage;
  readonly rounds: Stages[Stage];
  /** Null while stage one lasts, and where there is none. */
  readonly stageOne: StageOneEnd | null;
  readonly ledger: LedgerTotals;
  readonly hospitals: Readonly<Record<string, Uint8Array>>;
}

/** Raised whenever the state has other fields, or they mean something else. */
const FORM = 1;
const PART = 'training';

/** A training that may have been taken up again. */
export interface TakenUp {
  /** How stage one ended before the interruption. */
  readonly stageOne: StageOneEnd | null;
  /** What a stage runs in; the hospitals remember what they did when the training was interrupted in this stage. */
  surroundings(stage: 'autoencoder', stageOne: null): Promise<StageSurroundings<StageState | LayerwiseState>>;
  surroundings(stage: 'tcvae', stageOne: StageOneEnd | null): Promise<StageSurroundings>;
}

/**
 * Takes up an interrupted training, or starts one that can be taken up.
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
  const found = (await checkpoints?.load(PART)) as TrainingState | undefined;
  const kept = found?.form === FORM ? found : undefined;
  const past = [...(kept?.stageOne?.events ?? []), ...(kept?.rounds.events ?? [])];
  let told = false;
  const watch = watchDivergence(alarms, (event) => {
    if (told) emit(event);
  });
  // What past rounds would have told is known; the watch needs where their losses started.
  for (const event of past) watch(event);
  told = true;
  return {
    stageOne: kept?.stageOne ?? null,
    async surroundings(stage: keyof Stages, stageOne: StageOneEnd | null) {
      const resume = kept?.stage === stage ? kept : undefined;
      if (resume !== undefined) {
        ledger.restore(resume.ledger);
        await federation.recall(resume.hospitals);
        emit({ kind: 'resumed', stage, done: resume.rounds.round });
      }
      return {
        ledger,
        emit: watch,
        // The key of the job, and with it the rule of the stage, is the same: so is the form of its state.
        resume: resume?.rounds as StageState | undefined,
        async keep(rounds: StageState | LayerwiseState) {
          if (stage === 'tcvae' && rounds.round >= lastRound) return;
          await checkpoints?.save(PART, async (): Promise<TrainingState> => ({
            form: FORM,
            stage,
            rounds,
            stageOne,
            ledger: ledger.totals(),
            hospitals: await federation.memories(),
          }));
        },
      };
    },
  };
}
