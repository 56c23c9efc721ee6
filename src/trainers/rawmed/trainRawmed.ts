import { staysByHospital } from '../../cohort/select.js';
import { random, resumableRandom } from '../../engine/random.js';
import type { EventAutoencoderOptions } from '../../models/eventAutoencoderOptions.js';
import { codesPerEvent } from '../../models/eventAutoencoderOptions.js';
import type { RoundEvent, TrainContext, Trainer } from '../contract.js';
import { takeUpStages } from '../stagedTraining.js';
import { holdOutPatients } from './heldOutPatients.js';
import type { RawmedParameters } from './parameters.js';
import { openedText, type RawmedModel } from './rawmedModel.js';
import { stayCodes, stayTexts, type StayTexts } from './stayTexts.js';
import { encodedEvents } from './training/eventAutoencoderCodes.js';
import type { LearntAutoencoder } from './training/eventAutoencoderSteps.js';
import type { EventCodes } from './training/eventCodes.js';
import { trainEventAutoencoder, type AutoencoderLoop } from './training/trainEventAutoencoder.js';
import {
  trainEventTransformer,
  transformerLoop,
  type TransformerLoop,
} from './training/trainEventTransformer.js';
import type { LoopSettings } from './training/trainingLoop.js';
import { trainingText } from './trainingText.js';
import { pastRounds, watchedStage } from './watchedStage.js';

/** A trained model and the way there. */
export interface RawmedTraining {
  readonly model: RawmedModel;
  readonly rounds: readonly RoundEvent[];
  /** Times through the events, and through the stays. */
  readonly epochs: Readonly<Record<'autoencoder' | 'transformer', number>>;
}

/** How stage one ended. */
interface TrainedAutoencoder {
  readonly learnt: LearntAutoencoder;
  /** Times through the events. */
  readonly passes: number;
}

/** Raised whenever what checkpoints keep has other fields, or they mean something else. */
const FORM = 1;

async function codesOf(
  options: EventAutoencoderOptions,
  autoencoder: LearntAutoencoder,
  texts: StayTexts,
  engine: TrainContext['engine'],
): Promise<EventCodes> {
  const codes = await encodedEvents(options, autoencoder, texts.distinct, { engine });
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
  const stages = await takeUpStages<TrainedAutoencoder, readonly RoundEvent[]>(context.checkpoints, {
    form: FORM,
    surroundings: pastRounds(rounds),
    emit: (event) => context.emit(event),
  });
  const trainAutoencoder = async (): Promise<TrainedAutoencoder> => {
    const place = await stages.begin<AutoencoderLoop>('autoencoder', null);
    const watched = watchedStage('autoencoder', stageOne, fitTexts.distinct.count, context, rounds, place);
    const learnt = await trainEventAutoencoder(
      opened.autoencoder,
      { train: fitTexts.distinct, validation: validationTexts.distinct },
      { ...stageOne, engine: { engine } },
      resumableRandom(seed, 'rawmed-autoencoder'),
      watched,
    );
    return { learnt, passes: watched.passes() };
  };
  const autoencoder = stages.ended ?? (await trainAutoencoder());

  const codes = {
    train: await codesOf(opened.autoencoder, autoencoder.learnt, fitTexts, engine),
    validation: await codesOf(opened.autoencoder, autoencoder.learnt, validationTexts, engine),
  };
  const stageTwo = transformerLoop(parameters.transformer, fit.length);
  const place = await stages.begin<TransformerLoop>('transformer', autoencoder);
  const watchedStays = watchedStage('transformer', stageTwo, fit.length, context, rounds, place);
  const transformer = await trainEventTransformer(
    opened.transformer,
    codes,
    { ...stageTwo, engine: { engine } },
    resumableRandom(seed, 'rawmed-transformer'),
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
        parameters: autoencoder.learnt.parameters,
        running: autoencoder.learnt.running,
        codebook: autoencoder.learnt.codebook,
      },
      transformer,
    },
    rounds,
    epochs: { autoencoder: autoencoder.passes, transformer: watchedStays.passes() },
  };
}
