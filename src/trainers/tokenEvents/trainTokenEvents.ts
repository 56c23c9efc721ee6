import { windowMinutes } from '../../cohort/events/selectEvents.js';
import { staysByHospital } from '../../cohort/select.js';
import { random, resumableRandom } from '../../engine/random.js';
import type { RoundEvent, TrainContext, Trainer } from '../contract.js';
import { holdOutPatients } from '../rawmed/heldOutPatients.js';
import { timeSlots } from '../rawmed/stayTexts.js';
import { nearestRank95 } from '../rawmed/text/eventWindow.js';
import type { StaySequences } from '../rawmed/training/eventCodes.js';
import {
  trainSequenceTransformer,
  transformerLoop,
  type TransformerLoop,
} from '../rawmed/training/trainEventTransformer.js';
import { trainingText } from '../rawmed/trainingText.js';
import { pastRounds, watchedStage } from '../rawmed/watchedStage.js';
import { takeUpStages } from '../stagedTraining.js';
import type { TokenEventsParameters } from './parameters.js';
import { textIds } from './textIds.js';
import { openedTokens, tokenNotes, type TokenModel } from './tokenModel.js';
import { stayTokens, tokenCount, tokenSequences } from './tokenSequences.js';

/** A trained model and the way there. */
export interface TokenTraining {
  readonly model: TokenModel;
  readonly rounds: readonly RoundEvent[];
  /** Times through the stays. */
  readonly epochs: number;
}

/** Raised whenever what checkpoints keep has other fields, or they mean something else. */
const FORM = 1;

/**
 * Event texts of all hospitals together as sequences of tokens, learnt by one causal Transformer. Text, window, limit of events, held-out
 * patients and rules are made as for RawMed.
 *
 * @throws InputError for cohorts without events or with too few; TrainingFailure when a loss is no number
 */
export async function trainTokenEvents(
  trainer: Pick<Trainer, 'id' | 'version'>,
  parameters: TokenEventsParameters,
  context: TrainContext,
): Promise<TokenTraining> {
  const { train, seed, engine } = context;
  const whole = windowMinutes(train.schema);
  const halved = { ...parameters, window: parameters.window ?? Math.floor(whole / 2) };
  const text = trainingText(train, halved);
  const { window, maxEvents, tokeniser, events } = text;
  const form = {
    ids: textIds(events.tables, tokeniser.size),
    tokeniser,
    time: timeSlots(parameters.time, window),
    length: parameters.text.length,
  };
  const all = stayTokens(events, text.stays, form);
  const usual = nearestRank95(all.map((own) => ({ events: tokenCount(own), stays: 1 })));
  const plain = {
    parameters,
    pieces: tokeniser.pieces,
    tables: events.tables,
    window,
    maxEvents,
    maxTokens: Math.min(usual, parameters.maxTokens ?? Infinity),
  };
  const { transformer: options } = openedTokens(plain);
  const { fit, validation } = holdOutPatients(
    text.stays,
    train.patients,
    parameters.validationShare,
    random(seed, 'token-events-validation'),
  );
  const tokensOf = new Map(text.stays.map((stay, i) => [stay, all[i]!]));
  const sequences = (stays: readonly number[]): StaySequences =>
    tokenSequences(
      options,
      stays.map((stay) => tokensOf.get(stay)!),
    );
  const settings = transformerLoop(parameters.transformer, fit.length);
  const rounds: RoundEvent[] = [];
  const stages = await takeUpStages<never, readonly RoundEvent[]>(context.checkpoints, {
    form: FORM,
    surroundings: pastRounds(rounds),
    emit: (event) => context.emit(event),
  });
  const place = await stages.begin<TransformerLoop>('transformer', null);
  const watched = watchedStage('transformer', settings, fit.length, context, rounds, place);
  const transformer = await trainSequenceTransformer(
    options,
    { train: sequences(fit), validation: sequences(validation) },
    { ...settings, engine: { engine } },
    resumableRandom(seed, 'token-events-transformer'),
    watched,
  );
  const { tables, grid } = train.events!;
  return {
    model: {
      trainer: { id: trainer.id, version: trainer.version },
      schema: train.schema,
      hospitals: train.hospitals,
      stays: staysByHospital(train),
      source: { tables, grid },
      ...plain,
      rules: text.rules,
      statistics: text.statistics,
      notes: tokenNotes(window, whole, plain.maxTokens),
      transformer,
    },
    rounds,
    epochs: watched.passes(),
  };
}
