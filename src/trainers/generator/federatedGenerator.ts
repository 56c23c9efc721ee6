import { initialParameters } from '../../engine/parameters.js';
import { random } from '../../engine/random.js';
import type { AggregationRule } from '../../federation/aggregation/contract.js';
import type { DenseChain } from '../../federation/aggregation/denseChain.js';
import { privacyStatement, type PrivacyStatement } from '../../federation/aggregation/privacyStatement.js';
import {
  federate,
  type CrossedMessage,
  type HospitalDoor,
  type HospitalReply,
} from '../../federation/channel.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { CommunicationLedger } from '../../federation/ledger.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import type {
  Ledger,
  RoundEvent,
  StageTwoEnd,
  TrainContext,
  TrainedGenerator,
  TrainingEvent,
} from '../contract.js';
import { watchCollapse } from './alarms.js';
import { autoencoderChain } from './autoencoderModel.js';
import { betaOfRound } from './betaSchedule.js';
import { calibrate } from './calibration.js';
import { calibrateCourses } from './courseCalibration.js';
import { federatedRounds } from './federatedRounds.js';
import { fineTune, type FineTuning } from './fineTuning.js';
import { compileModels } from './generatorModels.js';
import { openLanes } from './hospitalLanes.js';
import { handOverLatents, noLatents } from './latentHandover.js';
import { meanDivergence } from './meanDivergence.js';
import { modelFiles } from './modelFiles.js';
import type { GeneratorParameters } from './parameters.js';
import { participantsOf, type LocalPlan } from './participants.js';
import { localTerm, trainAutoencoders, type LayerwiseMatching } from './stageOne.js';
import { agreePreprocessing } from './preprocessing.js';
import { sampleCohort } from './sampling.js';
import { takeUp } from './trainingCheckpoint.js';
import type { TrainedModel, TrainedParts } from './trainedParts.js';

/** What tells the trainers of the two-stage generator apart. */
export interface GeneratorPlan {
  readonly id: string;
  readonly version: number;
  /** `hospitals`: one participant per hospital; `pooled`: one that holds all rows (centralized training). */
  readonly participants: 'hospitals' | 'pooled';
  readonly parameters: GeneratorParameters;
  /** A rule that closes rounds on whole vectors, or FedMA, which has a protocol of its own. */
  readonly stageOneRule: (chain: DenseChain) => AggregationRule | LayerwiseMatching;
  readonly stageTwoRule: AggregationRule;
  /** The last rounds of stage two are each hospital's own, without aggregation. */
  readonly fineTuning?: FineTuning;
  /** Sees every message that crosses; for audits and tests. */
  readonly record?: (message: CrossedMessage) => void;
  /** Stands in every hospital's door, e.g. to let it answer wrongly; for studies of faults and tests. */
  readonly standIn?: (door: HospitalDoor) => HospitalDoor;
}

export interface StageRules {
  readonly autoencoder: AggregationRule | LayerwiseMatching;
  readonly tcvae: AggregationRule;
}

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

/** The differential privacy of a whole run; null where no rule adds noise. */
function privacyOf(rules: StageRules, parameters: GeneratorParameters): PrivacyStatement | null {
  const stages = ['autoencoder', 'tcvae'] as const;
  return privacyStatement(
    stages.flatMap((stage) => {
      const rule = rules[stage];
      const privacy = 'aggregate' in rule ? rule.privacy : undefined;
      return privacy === undefined ? [] : [{ stage, rounds: parameters[stage].rounds, ...privacy }];
    }),
    stages,
  );
}

/** What a plan's training needs besides the rows: rules, and the agreement of its participants. */
export function agreementOf(
  plan: GeneratorPlan,
  { train, engine, seed }: TrainContext,
): { rules: StageRules; local: LocalPlan } {
  const { parameters } = plan;
  const rules: StageRules = {
    autoencoder: plan.stageOneRule(autoencoderChain(featureColumns(train.schema), parameters.autoencoder)),
    tcvae: plan.stageTwoRule,
  };
  const terms = { autoencoder: localTerm(rules.autoencoder), tcvae: rules.tcvae.local ?? {} };
  return { rules, local: { hospitals: train.hospitals, parameters, terms, engine, seed } };
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
  const { parts, rounds, divergencePerStep, models } = await trainParts(
    plan,
    context,
    rules,
    compiled,
    plan.standIn === undefined ? lanes.doors : lanes.doors.map(plan.standIn),
    ledger,
  ).finally(() => lanes.close());
  const measure = parameters.tcvae.output === 'latent' ? calibrate : calibrateCourses;
  const { calibration, varianceRatio } = await measure(parts, models, parameters, context.seed);
  watchCollapse(parameters, rounds.at(-1), varianceRatio, (event) => context.emit(event));
  return { parts: { ...parts, calibration }, rounds, stageTwo: { varianceRatio, divergencePerStep }, models };
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
