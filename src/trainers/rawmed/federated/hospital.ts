import { deserialize, serialize } from 'node:v8';
import { selectEvents } from '../../../cohort/events/selectEvents.js';
import { SMALLEST_CELL } from '../../../cohort/suppression.js';
import type { Cohort } from '../../../cohort/types.js';
import type { EngineName, OptimiserState } from '../../../engine/contract.js';
import { random, resumableRandom } from '../../../engine/random.js';
import type { HospitalDoor } from '../../../federation/channel.js';
import type { RawmedMessages } from '../../../federation/rawmedMessages.js';
import { codesPerEvent } from '../../../models/eventAutoencoderOptions.js';
import { holdOutPatients } from '../heldOutPatients.js';
import type { RawmedParameters } from '../parameters.js';
import { openedText, type OpenedText } from '../rawmedModel.js';
import { stayCodes, stayTexts, type StayTexts } from '../stayTexts.js';
import { encodeEvents } from '../text/encodeEvents.js';
import { eventCounts, MINIMUM_EVENTS } from '../text/eventWindow.js';
import { countPieces } from '../text/learnTokeniser.js';
import { normalEvents } from '../text/normalEvents.js';
import { releasedStatistics } from '../text/releasedStatistics.js';
import { openTokeniser } from '../text/tokeniser.js';
import { encodedEvents } from '../training/eventAutoencoderCodes.js';
import { openEventAutoencoder, type EventAutoencoderState } from '../training/eventAutoencoderSteps.js';
import type { EventCodes } from '../training/eventCodes.js';
import { openEventTransformer } from '../training/eventTransformerSteps.js';
import { rateFactor } from '../training/trainingLoop.js';
import { addedEvents, itemUnrelated, statedEvents, trainableStays } from '../trainingText.js';
import { verificationRules } from '../verification/verificationRules.js';
import { eventCells, requireEnough } from './countRelease.js';
import { LocalTraining, type LocalMemory } from './localTraining.js';
import { localState, sharedCodebook, sharedPart } from './sharedAutoencoder.js';

/** What the hospitals and the server agreed on before training. */
export interface RawmedAgreement {
  readonly parameters: RawmedParameters;
  readonly seed: number;
  readonly engine: EngineName;
}

/** A hospital's door, and how what it compiled is released. */
export interface RawmedHospital {
  readonly door: HospitalDoor<RawmedMessages>;
  dispose(): Promise<void>;
}

/** A hospital's events as the agreed vocabulary writes them. */
interface LocalTexts {
  readonly opened: OpenedText;
  readonly fit: StayTexts;
  readonly validation: StayTexts;
}

/** What a hospital remembers between rounds: its moments, and where batches and noise stand; neither rows nor codes. */
interface RawmedMemory {
  readonly autoencoder: LocalMemory<EventAutoencoderState> | null;
  readonly transformer: LocalMemory<OptimiserState> | null;
}

const notYet = (needed: string): never => {
  throw new Error(`the hospital was asked for this before ${needed}`);
};

const noMoments = (size: number): Omit<OptimiserState, 'parameters'> => ({
  firstMoment: new Float32Array(size),
  secondMoment: new Float32Array(size),
  updates: 0,
});

/**
 * The only door to the events of one hospital: it answers the declared messages of the federated RawMed. Adam's moments, the
 * order of the batches and all noise stay inside and go on from round to round. The cohort is held in the closure; nothing else gives
 * access to it.
 */
export function openRawmedHospital(
  id: string,
  cohort: Cohort,
  { parameters, seed, engine }: RawmedAgreement,
): RawmedHospital {
  const { source, said, window } = statedEvents(cohort, parameters);
  const { length } = parameters.text;
  // Whatever the parameters say, nothing of fewer than 11 patients is released.
  const smallestCell = Math.max(SMALLEST_CELL, parameters.text.smallestCell);
  const added = addedEvents(parameters);
  let texts: LocalTexts | null = null;
  let codes: { readonly train: EventCodes; readonly validation: EventCodes } | null = null;
  let autoencoder: LocalTraining<EventAutoencoderState> | null = null;
  let transformer: LocalTraining<OptimiserState> | null = null;

  async function autoencoderTraining(): Promise<LocalTraining<EventAutoencoderState>> {
    const { opened, fit, validation } = texts ?? notYet('prepareText');
    const { batch, learningRate } = parameters.autoencoder;
    const stream = resumableRandom(seed, 'rawmed-autoencoder', id);
    const data = { train: fit.distinct, validation: validation.distinct };
    const settings = { batch, learningRate, engine: { engine } };
    const steps = await openEventAutoencoder(opened.autoencoder, data, settings, stream);
    return new LocalTraining(steps, fit.distinct.count, batch, stream);
  }

  async function transformerTraining(): Promise<LocalTraining<OptimiserState>> {
    const { opened } = texts ?? notYet('prepareText');
    const data = codes ?? notYet('encodeEvents');
    const { batch, learningRate } = parameters.transformer;
    const stream = resumableRandom(seed, 'rawmed-transformer', id);
    const settings = { batch, learningRate, engine: { engine } };
    const steps = await openEventTransformer(opened.transformer, data, settings, stream);
    return new LocalTraining(steps, data.train.events.length, batch, stream);
  }

  return {
    door: {
      id,
      memory: () =>
        Promise.resolve(
          serialize({
            autoencoder: autoencoder?.memory() ?? null,
            transformer: transformer?.memory() ?? null,
          } satisfies RawmedMemory),
        ),
      async recall(memory) {
        const kept = deserialize(memory) as RawmedMemory;
        if (kept.autoencoder !== null) (autoencoder ??= await autoencoderTraining()).recall(kept.autoencoder);
        if (kept.transformer !== null) (transformer ??= await transformerTraining()).recall(kept.transformer);
      },
      answers: {
        countEvents() {
          const counts = eventCounts(source, { window });
          const enough = cohort.patients.filter((_, stay) => counts[stay]! >= MINIMUM_EVENTS);
          requireEnough(id, new Set(enough).size);
          return { stays: cohort.size, cells: eventCells(counts) };
        },

        countPieces({ maxEvents }) {
          const plain = normalEvents(said, { window, limit: maxEvents, added });
          return countPieces(plain, cohort.patients, smallestCell);
        },

        prepareText({ maxEvents, pieces }) {
          const tokeniser = openTokeniser(pieces);
          const plain = normalEvents(said, { window, limit: maxEvents, added });
          const encoded = encodeEvents(plain, tokeniser, { length });
          const statistics = releasedStatistics(encoded, plain.start, cohort.patients, smallestCell);
          const events = normalEvents(said, { window, limit: maxEvents, added, text: { tokeniser, length } });
          const stays = trainableStays(events, added);
          const patients = stays.map((stay) => cohort.patients[stay]!);
          requireEnough(id, new Set(patients).size);
          const { fit, validation } = holdOutPatients(
            stays,
            cohort.patients,
            parameters.validationShare,
            random(seed, 'rawmed-validation', id),
          );
          const opened = openedText({ parameters, pieces, window, maxEvents });
          const textsOf = (rows: readonly number[]): StayTexts =>
            stayTexts(events, rows, tokeniser, length, opened.time);
          texts = { opened, fit: textsOf(fit), validation: textsOf(validation) };
          return {
            stays: stays.length,
            events: stays.reduce((sum, stay) => sum + events.start[stay + 1]! - events.start[stay]!, 0),
            said: statistics.events,
            columns: statistics.columns,
            tokens: statistics.tokens,
            rules: verificationRules(selectEvents(events, stays), patients, {
              smallestCell,
              itemUnrelated,
              cells: true,
            }),
            monitors: {
              truncatedEvents: statistics.truncatedEvents / statistics.events,
              truncatedColumns: statistics.truncatedColumns / statistics.columns,
              unknownTokens: statistics.unknownTokens / statistics.tokens,
              emptyEvents: statistics.emptyEvents / statistics.events,
            },
          };
        },

        async adoptEventAutoencoder(shared) {
          const first = autoencoder === null;
          autoencoder ??= await autoencoderTraining();
          const own = first ? noMoments(shared.parameters.length) : autoencoder.state().optimiser;
          const accuracy = await autoencoder.adopt(
            localState(shared, { ...own, parameters: shared.parameters }),
          );
          return { monitors: { accuracy } };
        },

        async trainEventAutoencoder({ updates, done }) {
          const training = autoencoder ?? notYet('adoptEventAutoencoder');
          const { updates: all, warmup, learningRateDecay: decay } = parameters.autoencoder;
          const round = await training.run(updates ?? training.pass, (update) =>
            rateFactor(Math.min(done + update, all), { updates: all, warmup, decay }),
          );
          return { ...sharedPart(training.state()), ...round };
        },

        async encodeEvents(shared) {
          const { opened, fit, validation } = texts ?? notYet('prepareText');
          const trained = { ...shared, codebook: sharedCodebook(shared) };
          const codesOf = async (of: StayTexts): Promise<EventCodes> => {
            const found = await encodedEvents(opened.autoencoder, trained, of.distinct, { engine });
            return stayCodes(of, found, codesPerEvent(opened.autoencoder));
          };
          codes = { train: await codesOf(fit), validation: await codesOf(validation) };
          await autoencoder?.dispose();
          autoencoder = null;
          return {};
        },

        async adoptEventTransformer({ parameters: shared }) {
          const first = transformer === null;
          transformer ??= await transformerTraining();
          const own = first ? noMoments(shared.length) : transformer.state();
          return { monitors: { accuracy: await transformer.adopt({ ...own, parameters: shared }) } };
        },

        async trainEventTransformer({ round: number }) {
          const training = transformer ?? notYet('adoptEventTransformer');
          const { epochs, warmup, learningRateDecay: decay } = parameters.transformer;
          const done = (number - 1) * training.pass;
          const round = await training.run(training.pass, (update) =>
            rateFactor(done + update, { updates: epochs * training.pass, warmup, decay }),
          );
          return { parameters: training.state().parameters, ...round };
        },
      },
    },
    async dispose() {
      await autoencoder?.dispose();
      await transformer?.dispose();
    },
  };
}
