import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { initialParameters } from '../../engine/parameters.js';
import { random } from '../../engine/random.js';
import type { AggregationRule, LocalTerm } from '../../federation/aggregation/contract.js';
import type { DenseChain } from '../../federation/aggregation/matchedHungarian.js';
import { federate, type CrossedMessage, type HospitalDoor } from '../../federation/channel.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
import { openHospital } from '../../federation/hospital.js';
import { CommunicationLedger } from '../../federation/ledger.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import { conditionLayout } from '../../federation/preprocessing/conditionVector.js';
import type { RoundEvent, TrainContext, TrainedGenerator, TrainingEvent } from '../contract.js';
import { watchCollapse, watchDivergence } from './alarms.js';
import { autoencoderChain, compileAutoencoder } from './autoencoderModel.js';
import { betaOfRound } from './betaSchedule.js';
import { calibrate } from './calibration.js';
import { federatedRounds } from './federatedRounds.js';
import { handOverLatents } from './latentHandover.js';
import { modelFiles } from './modelFiles.js';
import type { GeneratorParameters } from './parameters.js';
import { agreePreprocessing } from './preprocessing.js';
import { sampleCohort } from './sampling.js';
import { syntheticSchema } from './syntheticSchema.js';
import { compileTcvae } from './tcvaeModel.js';
import type { TrainedParts } from './trainedParts.js';

/** What tells the trainers of the two-stage generator apart. */
export interface GeneratorPlan {
  readonly id: string;
  readonly version: number;
  /** `hospitals`: one participant per hospital; `pooled`: one that holds all rows (centralized training). */
  readonly participants: 'hospitals' | 'pooled';
  readonly parameters: GeneratorParameters;
  readonly stageOneRule: (chain: DenseChain) => AggregationRule;
  readonly stageTwoRule: AggregationRule;
  /** Sees every message that crosses; for audits and tests. */
  readonly record?: (message: CrossedMessage) => void;
}

/** The rows of every participant; hospitals without training stays take no part. */
function participants(train: Cohort, mode: GeneratorPlan['participants']): { id: string; cohort: Cohort }[] {
  const present = train.hospitals.flatMap((id, index) => {
    const rows = rowsOfHospital(train, index);
    return rows.length === 0 ? [] : [{ id, rows }];
  });
  if (mode === 'hospitals') return present.map(({ id, rows }) => ({ id, cohort: selectStays(train, rows) }));
  return [
    {
      id: present.map(({ id }) => id).join('+'),
      cohort: selectStays(
        train,
        present.flatMap(({ rows }) => rows),
      ),
    },
  ];
}

async function compileModels(
  train: Cohort,
  parameters: GeneratorParameters,
  local: { readonly autoencoder: LocalTerm; readonly tcvae: LocalTerm },
  engine: TrainContext['engine'],
): Promise<GeneratorModels> {
  const { schema, hospitals } = train;
  const { width } = conditionLayout(
    schema,
    hospitals,
    schema.labels.map(() => null),
    schema.statics.map(() => null),
    parameters.tcvae.labelScale,
  );
  const autoencoder = await compileAutoencoder(
    featureColumns(schema),
    parameters.autoencoder,
    local.autoencoder,
    { engine },
  );
  const tcvae = await compileTcvae(schema.steps, width, parameters, local.tcvae, { engine });
  return {
    autoencoder,
    tcvae,
    async dispose() {
      await autoencoder.dispose();
      await tcvae.dispose();
    },
  };
}

interface StageRules {
  readonly autoencoder: AggregationRule;
  readonly tcvae: AggregationRule;
}

/** Stage one, latent hand-over, stage two and calibration, for any set of participants and rules. */
async function trainParts(
  plan: GeneratorPlan,
  context: TrainContext,
  rules: StageRules,
  models: GeneratorModels,
  ledger: CommunicationLedger,
): Promise<{ parts: TrainedParts; rounds: RoundEvent[] }> {
  const { parameters } = plan;
  const { train, seed } = context;
  const doors: HospitalDoor[] = participants(train, plan.participants).map(({ id, cohort }) =>
    openHospital(id, cohort, {
      hospitals: train.hospitals,
      models,
      carry: parameters.preprocessing,
      labelScale: parameters.tcvae.labelScale,
      seed,
      initialise: initialParameters,
    }),
  );
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
  const surroundings = { ledger, emit: watchDivergence(parameters.alarms, emit) };
  const shared = parameters.initialisation === 'shared';
  const stageOne = await federatedRounds(
    {
      stage: 'autoencoder',
      ...parameters.autoencoder,
      initial: shared
        ? initialParameters(models.autoencoder.layout, random(seed, 'autoencoder-initial'))
        : null,
      rule: rules.autoencoder,
      size: models.autoencoder.layout.size,
      seed,
      stays,
      summaries: {},
      ask: (request) => federation.askAvailable('trainAutoencoder', request),
    },
    surroundings,
  );
  const latentSpace = await handOverLatents(federation, stageOne.parameters);
  const stageTwo = await federatedRounds(
    {
      stage: 'tcvae',
      ...parameters.tcvae,
      // Nothing aligns the recurrent model, so its hospitals always start alike.
      initial: initialParameters(models.tcvae.layout, random(seed, 'tcvae-initial')),
      rule: rules.tcvae,
      size: models.tcvae.layout.size,
      seed,
      stays,
      summaries: latentSpace.summaries,
      ask: (request, round) =>
        federation.askAvailable('trainTcvae', (hospital) => ({
          ...request(hospital),
          beta: betaOfRound(parameters.tcvae, round),
        })),
    },
    surroundings,
  );
  const uncalibrated: TrainedParts = {
    schema: train.schema,
    preprocessing,
    latentSpace,
    autoencoder: stageOne.parameters,
    tcvae: stageTwo.parameters,
    calibration: {},
  };
  const { calibration, varianceRatio } = await calibrate(uncalibrated, models, parameters, seed);
  watchCollapse(parameters.alarms, stageTwo.events.at(-1), varianceRatio, emit);
  return {
    parts: { ...uncalibrated, calibration },
    rounds: [...stageOne.events, ...stageTwo.events],
  };
}

/** Trains the two-stage generator of FedEHR-Gen's reconstruction as the plan says. */
export async function trainGenerator(plan: GeneratorPlan, context: TrainContext): Promise<TrainedGenerator> {
  const rules: StageRules = {
    autoencoder: plan.stageOneRule(
      autoencoderChain(featureColumns(context.train.schema), plan.parameters.autoencoder),
    ),
    tcvae: plan.stageTwoRule,
  };
  const models = await compileModels(
    context.train,
    plan.parameters,
    { autoencoder: rules.autoencoder.local ?? {}, tcvae: rules.tcvae.local ?? {} },
    context.engine,
  );
  try {
    const ledger = new CommunicationLedger();
    const { parts, rounds } = await trainParts(plan, context, rules, models, ledger);
    const files = await modelFiles(plan, plan.parameters, parts, {
      autoencoder: models.autoencoder.layout,
      tcvae: models.tcvae.layout,
    });
    return {
      async synthesise(stays, seed) {
        const drawn = await sampleCohort(parts, models, stays, plan.parameters, seed);
        return { ...drawn, schema: syntheticSchema(drawn.schema, plan) };
      },
      files,
      ledger: {
        ...ledger.totals(),
        // Nothing crosses where one participant holds all rows.
        ...(plan.participants === 'pooled' ? { bytesUp: 0, bytesDown: 0, synchronisations: 0 } : {}),
        rounds,
      },
      dispose: () => models.dispose(),
    };
  } catch (error) {
    await models.dispose();
    throw error;
  }
}
