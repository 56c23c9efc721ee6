import { staysByHospital } from '../../cohort/select.js';
import { random } from '../../engine/random.js';
import type { EventAutoencoderOptions } from '../../models/eventAutoencoderOptions.js';
import { codesPerEvent } from '../../models/eventAutoencoderOptions.js';
import type { RoundEvent, TrainContext, Trainer } from '../contract.js';
import { holdOutPatients } from './heldOutPatients.js';
import type { RawmedParameters } from './parameters.js';
import { openedText, type RawmedModel } from './rawmedModel.js';
import { stayCodes, stayTexts, type StayTexts } from './stayTexts.js';
import { encodedEvents } from './training/eventAutoencoderCodes.js';
import type { EventAutoencoderState } from './training/eventAutoencoderSteps.js';
import type { EventCodes } from './training/eventCodes.js';
import { trainEventAutoencoder } from './training/trainEventAutoencoder.js';
import { trainEventTransformer, transformerLoop } from './training/trainEventTransformer.js';
import type { LoopSettings } from './training/trainingLoop.js';
import { trainingText } from './trainingText.js';
import { watchedStage } from './watchedStage.js';

/** A trained model and the way there. */
export interface RawmedTraining {
  readonly model: RawmedModel;
  readonly rounds: readonly RoundEvent[];
  /** Times through the events, and through the stays. */
  readonly epochs: Readonly<Record<'autoencoder' | 'transformer', number>>;
}

async function codesOf(
  options: EventAutoencoderOptions,
  state: EventAutoencoderState,
  texts: StayTexts,
  engine: TrainContext['engine'],
): Promise<EventCodes> {
  const codes = await encodedEvents(options, state, texts.distinct, { engine });
  return stayCodes(texts, codes, codesPerEvent(options));
}

/**
 * RawMed on the stays of all hospitals together: text, event autoencoder, codes, Transformer. A share of the patients only
 * watches and ends both stages early; tokeniser and rules are learnt on all of the training part.
 *
 * @throws InputError for cohorts without events or with too few; TrainingFailure when a loss is no number
 */
export async function trainRawmed(
  trainer: Pick<Trainer, 'id' | 'version'>,
  parameters: RawmedParameters,
  context: TrainContext,
): Promise<RawmedTraining> {
  const { train, seed, engine } = context;
  const text = trainingText(train, parameters);
  const { window, maxEvents, tokeniser, rules, statistics, events } = text;
  const opened = openedText({ parameters, pieces: tokeniser.pieces, window, maxEvents });
  const { fit, validation } = holdOutPatients(
    text.stays,
    train.patients,
    parameters.validationShare,
    random(seed, 'rawmed-validation'),
  );
  const textsOf = (rows: readonly number[]): StayTexts =>
    stayTexts(events, rows, tokeniser, parameters.text.length, opened.time);
  const [fitTexts, validationTexts] = [textsOf(fit), textsOf(validation)];
  const rounds: RoundEvent[] = [];

  const { patience, batch, learningRate, updates, validateEvery, warmup } = parameters.autoencoder;
  const stageOne: LoopSettings = {
    batch,
    updates,
    patience,
    learningRate,
    warmup,
    decay: parameters.autoencoder.learningRateDecay,
    ...(validateEvery === null ? {} : { validateEvery }),
  };
  const watchedEvents = watchedStage('autoencoder', stageOne, fitTexts.distinct.count, context, rounds);
  const autoencoder = await trainEventAutoencoder(
    opened.autoencoder,
    { train: fitTexts.distinct, validation: validationTexts.distinct },
    { ...stageOne, engine: { engine } },
    random(seed, 'rawmed-autoencoder'),
    watchedEvents,
  );

  const codes = {
    train: await codesOf(opened.autoencoder, autoencoder, fitTexts, engine),
    validation: await codesOf(opened.autoencoder, autoencoder, validationTexts, engine),
  };
  const stageTwo = transformerLoop(parameters.transformer, fit.length);
  const watchedStays = watchedStage('transformer', stageTwo, fit.length, context, rounds);
  const state = await trainEventTransformer(
    opened.transformer,
    codes,
    { ...stageTwo, engine: { engine } },
    random(seed, 'rawmed-transformer'),
    watchedStays,
  );

  const { tables, grid } = train.events!;
  return {
    model: {
      trainer: { id: trainer.id, version: trainer.version },
      parameters,
      schema: train.schema,
      hospitals: train.hospitals,
      stays: staysByHospital(train),
      source: { tables, grid },
      tables: events.tables,
      window,
      maxEvents,
      pieces: tokeniser.pieces,
      rules,
      statistics,
      autoencoder: {
        parameters: autoencoder.optimiser.parameters,
        running: autoencoder.running,
        codebook: autoencoder.codebook,
      },
      transformer: state.parameters,
    },
    rounds,
    epochs: { autoencoder: watchedEvents.passes(), transformer: watchedStays.passes() },
  };
}
