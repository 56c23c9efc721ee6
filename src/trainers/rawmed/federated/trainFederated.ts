import { InputError } from '../../../cohort/inputError.js';
import { selectStays } from '../../../cohort/select.js';
import { random } from '../../../engine/random.js';
import { federateBy, type CrossedMessage, type Federation } from '../../../federation/channel.js';
import { CommunicationLedger } from '../../../federation/ledger.js';
import type { ReplyIn } from '../../../federation/messages.js';
import { rawmedMessages, type RawmedMessages } from '../../../federation/rawmedMessages.js';
import type { RoundEvent, TrainContext, Trainer } from '../../contract.js';
import { federationSurroundings, type FederationState } from '../../generator/federationState.js';
import { participantsOf } from '../../generator/participants.js';
import { takeUpStages } from '../../stagedTraining.js';
import type { RawmedParameters } from '../parameters.js';
import { openedText, type OpenedText, type RawmedModel } from '../rawmedModel.js';
import type { TextStatistics } from '../text/encodeEvents.js';
import { nearestRank95 } from '../text/eventWindow.js';
import { addPieces, tokeniserOf } from '../text/learnTokeniser.js';
import { initialEventAutoencoder } from '../training/eventAutoencoderSteps.js';
import { initialEventTransformer } from '../training/eventTransformerSteps.js';
import { addedEvents, statedEvents } from '../trainingText.js';
import { averagedAutoencoder, averagedParameters } from './averaged.js';
import { federatedStage, type FederatedProgress } from './federatedStage.js';
import { openRawmedHospital } from './hospital.js';
import { mergedRules } from './mergedRules.js';
import { sharedCodebook, sharedPart, type SharedAutoencoder } from './sharedAutoencoder.js';

/** A model trained over hospitals, and what crossed the line on the way. */
export interface FederatedTraining {
  readonly model: RawmedModel;
  readonly rounds: readonly RoundEvent[];
  readonly totals: ReturnType<CommunicationLedger['totals']>;
}

interface PastRounds {
  readonly rounds: readonly RoundEvent[];
}

/** Raised whenever what checkpoints keep has other fields, or they mean something else. */
const FORM = 1;

type Prepared = ReplyIn<RawmedMessages, 'prepareText'>;

/** What truncation and the vocabulary took of all hospitals' events. */
function joinedStatistics(replies: readonly Prepared[]): TextStatistics {
  const sum = (value: (reply: Prepared) => number): number =>
    replies.reduce((all, reply) => all + value(reply), 0);
  return {
    events: sum(({ said }) => said),
    truncatedEvents: sum(({ said, monitors }) => Math.round(said * monitors['truncatedEvents']!)),
    columns: sum(({ columns }) => columns),
    truncatedColumns: sum(({ columns, monitors }) => Math.round(columns * monitors['truncatedColumns']!)),
    tokens: sum(({ tokens }) => tokens),
    unknownTokens: sum(({ tokens, monitors }) => Math.round(tokens * monitors['unknownTokens']!)),
    emptyEvents: sum(({ said, monitors }) => Math.round(said * monitors['emptyEvents']!)),
  };
}

/** Limit of events, vocabulary and rules out of what hospitals release. */
async function agreeText(
  federation: Federation<RawmedMessages>,
  { tables, window }: { readonly tables: RawmedModel['tables']; readonly window: number },
  parameters: RawmedParameters,
): Promise<
  Pick<RawmedModel, 'pieces' | 'rules' | 'statistics' | 'maxEvents'> & {
    readonly opened: OpenedText;
    readonly stays: Readonly<Record<string, number>>;
    readonly masses: Readonly<Record<'events' | 'stays', Record<string, number>>>;
  }
> {
  const counted = await federation.askAll('countEvents', {});
  const lengths = counted.flatMap(({ reply }) =>
    Array.from(reply.cells.levels, (events, i) => ({ events, stays: reply.cells.counts[i]! })),
  );
  const limit = Math.min(nearestRank95(lengths), parameters.maxEvents ?? Infinity);
  const maxEvents = limit + addedEvents(parameters);
  const pieces = await federation.askAll('countPieces', { maxEvents });
  const tokeniser = tokeniserOf(
    tables,
    addPieces(pieces.map(({ reply }) => reply)),
    parameters.text.vocabulary,
  );
  const prepared = await federation.askAll('prepareText', { maxEvents, pieces: tokeniser.pieces });
  const by = (value: (reply: Prepared) => number): Record<string, number> =>
    Object.fromEntries(prepared.map(({ hospital, reply }) => [hospital, value(reply)]));
  return {
    maxEvents,
    pieces: tokeniser.pieces,
    rules: mergedRules(prepared.map(({ reply }) => reply.rules)),
    statistics: joinedStatistics(prepared.map(({ reply }) => reply)),
    opened: openedText({ parameters, pieces: tokeniser.pieces, window, maxEvents }),
    stays: Object.fromEntries(counted.map(({ hospital, reply }) => [hospital, reply.stays])),
    masses: { events: by(({ events }) => events), stays: by(({ stays }) => stays) },
  };
}

/**
 * RawMed over hospitals that keep their events: limit of events, vocabulary and verification rules from released counts, then both
 * stages in rounds of local training and FedAvg. A round is as long as `rawmed` trains between two validations.
 *
 * @param record sees every message, for tests and audits
 * @throws InputError when a hospital has too few patients; TrainingFailure when a loss is no number or a hospital does not answer
 */
export async function trainFederated(
  trainer: Pick<Trainer, 'id' | 'version'>,
  parameters: RawmedParameters,
  context: TrainContext,
  record?: (message: CrossedMessage<RawmedMessages>) => void,
): Promise<FederatedTraining> {
  const { train, seed, engine } = context;
  const participants = participantsOf(train, 'hospitals');
  if (participants.length === 0)
    throw new InputError({
      place: `trainer ${trainer.id}`,
      expected: 'at least one hospital with training stays',
      found: 'none',
      remedy: 'Train on a dataset with stays.',
    });
  // Tables and window are what all agreed on beforehand; a cohort without stays has nothing else to say.
  const agreed = statedEvents(selectStays(train, []), parameters);
  const { tables } = agreed.said;
  const hospitals = participants.map(({ id, cohort }) =>
    openRawmedHospital(id, cohort, { parameters, seed, engine }),
  );
  const ledger = new CommunicationLedger();
  const federation = federateBy(
    rawmedMessages,
    hospitals.map(({ door }) => door),
    ledger,
    {
      ...(record === undefined ? {} : { record }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    },
  );
  const rounds: RoundEvent[] = [];
  const emit = (event: RoundEvent): void => {
    rounds.push(event);
    context.emit(event);
  };
  const outside = federationSurroundings(federation, ledger);
  try {
    const text = await agreeText(federation, { tables, window: agreed.window }, parameters);
    const { opened, masses } = text;
    const { validateEvery, updates } = parameters.autoencoder;
    const stages = await takeUpStages<SharedAutoencoder, FederationState & PastRounds>(context.checkpoints, {
      form: FORM,
      surroundings: {
        collect: async () => ({ rounds, ...(await outside.collect()) }),
        async restore({ rounds: past, ...kept }) {
          rounds.push(...past);
          await outside.restore(kept);
        },
      },
      emit: (event) => context.emit(event),
    });
    const trainAutoencoder = async (): Promise<SharedAutoencoder> =>
      federatedStage<SharedAutoencoder, 'trainEventAutoencoder'>(
        {
          stage: 'autoencoder',
          initial: sharedPart(
            initialEventAutoencoder(opened.autoencoder, random(seed, 'rawmed-autoencoder')),
          ),
          limit: updates,
          counted: (replies) => Math.max(...replies.map(({ reply }) => reply.steps)),
          patience: parameters.autoencoder.patience,
          masses: masses.events,
          adopt: (state) => federation.askAll('adoptEventAutoencoder', state),
          train: (round, done) =>
            federation.askAll('trainEventAutoencoder', {
              round,
              updates: validateEvery === null ? null : Math.min(validateEvery, updates - done),
              done,
            }),
          average: averagedAutoencoder,
        },
        { ledger, emit, ...(await stages.begin<FederatedProgress<SharedAutoencoder>>('autoencoder', null)) },
      );
    const autoencoder = stages.ended ?? (await trainAutoencoder());
    await federation.askAll('encodeEvents', autoencoder);
    const { epochs } = parameters.transformer;
    const transformer = await federatedStage<Float32Array, 'trainEventTransformer'>(
      {
        stage: 'transformer',
        initial: initialEventTransformer(opened.transformer, random(seed, 'rawmed-transformer')).parameters,
        limit: epochs,
        counted: () => 1,
        patience: parameters.transformer.patience,
        masses: masses.stays,
        adopt: (state) => federation.askAll('adoptEventTransformer', { parameters: state }),
        train: (round) => federation.askAll('trainEventTransformer', { round }),
        average: (answers) =>
          averagedParameters(answers.map(({ shared, ...rest }) => ({ ...rest, shared: shared.parameters }))),
      },
      { ledger, emit, ...(await stages.begin<FederatedProgress<Float32Array>>('transformer', autoencoder)) },
    );
    return {
      model: {
        trainer: { id: trainer.id, version: trainer.version },
        parameters,
        schema: train.schema,
        hospitals: train.hospitals,
        stays: Object.fromEntries(train.hospitals.map((id) => [id, text.stays[id] ?? 0])),
        source: { tables: agreed.source.tables, grid: agreed.source.grid },
        tables,
        window: agreed.window,
        maxEvents: text.maxEvents,
        pieces: text.pieces,
        rules: text.rules,
        statistics: text.statistics,
        autoencoder: {
          parameters: autoencoder.parameters,
          running: autoencoder.running,
          codebook: sharedCodebook(autoencoder),
        },
        transformer,
      },
      rounds,
      totals: ledger.totals(),
    };
  } finally {
    for (const hospital of hospitals) await hospital.dispose();
  }
}
