import { initialParameters } from '../../engine/parameters.js';
import { random } from '../../engine/random.js';
import type { PrivacyStatement } from '../../federation/aggregation/privacyStatement.js';
import { federate, type HospitalDoor, type HospitalReply } from '../../federation/channel.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { CommunicationLedger } from '../../federation/ledger.js';
import type {
  Ledger,
  RoundEvent,
  StageTwoEnd,
  TrainContext,
  TrainedGenerator,
  TrainingEvent,
} from '../contract.js';
import { watchCollapse } from './alarms.js';
import { betaOfRound } from './betaSchedule.js';
import { calibrate } from './calibration.js';
import { calibrateCourses } from './courseCalibration.js';
import { federatedRounds } from './federatedRounds.js';
import { fineTune } from './fineTuning.js';
import { compileModels } from './generatorModels.js';
import { agreementOf, privacyOf, type GeneratorPlan, type StageRules } from './generatorPlan.js';
import { openLanes } from './hospitalLanes.js';
import { handOverLatents, noLatents } from './latentHandover.js';
import { meanDivergence } from './meanDivergence.js';
import { modelFiles } from './modelFiles.js';
import { participantsOf } from './participants.js';
import { trainAutoencoders } from './stageOne.js';
import { agreePreprocessing } from './preprocessing.js';
import { sampleCohort } from './sampling.js';
import { takeUp } from './trainingCheckpoint.js';
import type { TrainedModel, TrainedParts } from './trainedParts.js';

/** Stage one, latent hand-over and stage two, for any set of participants and rules. */
async function trainParts(
  plan: GeneratorPlan,
  context: TrainContext,
  rules: StageRules,
  compiled: GeneratorModels,
  doors: readonly HospitalDoor[],
  ledger: CommunicationLedger,
): Promise<{
  parts: TrainedParts;
  rounds: RoundEvent[];
  divergencePerStep: (number | null)[];
  models: GeneratorModels;
}> {
  const { parameters } = plan;
  const { train, seed } = context;
  const federation = federate(doors, ledger, {
    ...(plan.record === undefined ? {} : { record: plan.record }),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const preprocessing = await agreePreprocessing(
    federation,
    train.schema,
    train.hospitals,
    parameters.preprocessing,
  );
  const stays = preprocessing.staysByParticipant;
  const emit = (event: TrainingEvent): void => context.emit(event);
  const lastRound = parameters.tcvae.rounds - (plan.fineTuning?.rounds ?? 0);
  const taken = await takeUp(context.checkpoints, federation, ledger, {
    alarms: parameters.alarms,
    lastRound,
    emit,
  });
  const stageOne = parameters.tcvae.encoder
    ? await trainAutoencoders({
        federation,
        rule: rules.autoencoder,
        models: compiled,
        parameters,
        seed,
        stays,
        surroundings: await taken.surroundings('autoencoder', null),
        ended: taken.stageOne,
      })
    : null;
  const models = stageOne?.models ?? compiled;
  const autoencoder =
    stageOne?.end.parameters ??
    initialParameters(models.autoencoder.layout, random(seed, 'autoencoder-initial'));
  const latentSpace =
    stageOne === null
      ? noLatents
      : await handOverLatents(federation, autoencoder, rules.tcvae.fullCovariance === true);
  const surroundings = await taken.surroundings('tcvae', stageOne?.end ?? null);
  let last: readonly HospitalReply<'trainTcvae'>[] = [];
  const stageTwo = await federatedRounds(
    {
      stage: 'tcvae',
      ...parameters.tcvae,
      rounds: lastRound,
      // Nothing aligns the recurrent model, so its hospitals always start alike.
      initial: initialParameters(models.tcvae.layout, random(seed, 'tcvae-initial')),
      rule: rules.tcvae,
      size: models.tcvae.layout.size,
      seed,
      stays,
      summaries: latentSpace.summaries,
      async ask(request, round) {
        const asked = await federation.askAvailable('trainTcvae', (hospital) => ({
          ...request(hospital),
          beta: betaOfRound(parameters.tcvae, round),
        }));
        last = asked.replies;
        return asked;
      },
    },
    surroundings,
  );
  const own =
    plan.fineTuning === undefined
      ? null
      : await fineTune(
          federation,
          plan.fineTuning,
          parameters.tcvae,
          stageTwo.parameters,
          stays,
          surroundings,
        );
  return {
    parts: {
      schema: train.schema,
      preprocessing,
      latentSpace,
      autoencoder,
      tcvae: stageTwo.parameters,
      ownTcvae: own?.ownTcvae ?? {},
      calibration: {},
    },
    rounds: [...(stageOne?.end.events ?? []), ...stageTwo.events, ...(own === null ? [] : [own.event])],
    models,
    divergencePerStep: meanDivergence(own?.replies ?? last),
  };
}

/**
 * Trains and calibrates one generator with models that may still be compiling.
 *
 * @returns also the models at the widths that the training came to
 */
export async function trainCalibrated(
  plan: GeneratorPlan,
  context: TrainContext,
  { rules, local }: ReturnType<typeof agreementOf>,
  compiling: Promise<GeneratorModels>,
  ledger: CommunicationLedger,
): Promise<{ parts: TrainedParts; rounds: RoundEvent[]; stageTwo: StageTwoEnd; models: GeneratorModels }> {
  const { parameters } = plan;
  const participants = participantsOf(context.train, plan.participants);
  const lanes = await openLanes(participants, local, compiling, context.lanes ?? 1);
  const compiled = await compiling;
  try {
    const { parts, rounds, divergencePerStep, models } = await trainParts(
      plan,
      context,
      rules,
      compiled,
      plan.standIn === undefined ? lanes.doors : lanes.doors.map(plan.standIn),
      ledger,
    );
    const { calibration, varianceRatio } =
      parameters.tcvae.output === 'latent'
        ? await calibrate(parts, models, parameters, context.seed)
        : await calibrateCourses(parts, models, parameters, context.seed, lanes.lent);
    watchCollapse(parameters, rounds.at(-1), varianceRatio, (event) => context.emit(event));
    return {
      parts: { ...parts, calibration },
      rounds,
      stageTwo: { varianceRatio, divergencePerStep },
      models,
    };
  } finally {
    await lanes.close();
  }
}

/** A trained model with its files, ready to draw. */
export async function drawable(
  model: TrainedModel,
  models: GeneratorModels,
  privacy: PrivacyStatement | null,
  ledger: Ledger,
): Promise<TrainedGenerator> {
  const files = await modelFiles(model, privacy, {
    autoencoder: models.autoencoder.layout,
    tcvae: models.tcvae.layout,
  });
  return {
    synthesise: (stays, seed) => sampleCohort(model, models, stays, seed),
    files,
    ledger,
    dispose: () => models.dispose(),
  };
}

/** Trains the two-stage generator of FedEHR-Gen's reconstruction as the plan says. */
export async function trainGenerator(plan: GeneratorPlan, context: TrainContext): Promise<TrainedGenerator> {
  const { train } = context;
  const agreement = agreementOf(plan, context);
  const privacy = privacyOf(agreement.rules, plan.parameters);
  const compiling = compileModels(train.schema, agreement.local);
  const ledger = new CommunicationLedger();
  try {
    const { parts, rounds, stageTwo, models } = await trainCalibrated(
      plan,
      context,
      agreement,
      compiling,
      ledger,
    );
    const model: TrainedModel = {
      trainer: { id: plan.id, version: plan.version },
      parameters: plan.parameters,
      schema: train.schema,
      hospitals: train.hospitals,
      generators: [parts],
    };
    return await drawable(model, models, privacy, {
      ...ledger.totals(),
      // Nothing crosses where one participant holds all rows.
      ...(plan.participants === 'pooled' ? { bytesUp: 0, bytesDown: 0, synchronisations: 0 } : {}),
      ...(privacy === null ? {} : { privacy }),
      rounds,
      stageTwo,
    });
  } catch (error) {
    await (await compiling).dispose();
    throw error;
  }
}
