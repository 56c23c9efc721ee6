import { InputError } from '../../cohort/inputError.js';
import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { minimumStaysForMoments } from '../../federation/disclosure.js';
import { CommunicationLedger } from '../../federation/ledger.js';
import { partOf } from '../checkpoints.js';
import type { RoundEvent, StageTwoEnd, TrainContext, TrainedGenerator } from '../contract.js';
import { drawable, trainCalibrated } from './federatedGenerator.js';
import { agreementOf, type GeneratorPlan } from './generatorPlan.js';
import { compileModels } from './generatorModels.js';
import type { TrainedParts } from './trainedParts.js';

/** The stays of every hospital as a cohort that knows of no other. */
function hospitalsAlone(train: Cohort): Cohort[] {
  return train.hospitals.flatMap((id, index) => {
    const rows = rowsOfHospital(train, index);
    if (rows.length === 0) return [];
    if (rows.length < minimumStaysForMoments)
      throw new InputError({
        expected: `at least ${minimumStaysForMoments} training stays in every hospital that trains alone`,
        found: `fewer in hospital ${id}`,
        remedy:
          'Leave the hospital out, merge it with another one, or give it a larger share of the training part.',
      });
    const own = selectStays(train, rows);
    return [{ ...own, hospitals: [id], hospital: own.hospital.fill(0) }];
  });
}

/** Means over hospitals of every round, weighted by stays. */
function meanRounds(
  trained: readonly { readonly stays: number; readonly rounds: readonly RoundEvent[] }[],
): RoundEvent[] {
  const total = trained.reduce((sum, { stays }) => sum + stays, 0);
  return trained[0]!.rounds.map(({ stage, round, rounds, monitors }, i) => {
    const mean = (of: (event: RoundEvent) => number): number =>
      trained.reduce((sum, { stays, rounds: own }) => sum + (stays / total) * of(own[i]!), 0);
    return {
      kind: 'round',
      stage,
      round,
      rounds,
      loss: mean((event) => event.loss),
      monitors: Object.fromEntries(
        Object.keys(monitors ?? {}).map((name) => [name, mean((event) => event.monitors![name]!)]),
      ),
    };
  });
}

/** Means over hospitals: of the variance ratio as such, of the divergence weighted by stays. */
function meanEnd(
  trained: readonly { readonly stays: number; readonly stageTwo: StageTwoEnd }[],
): StageTwoEnd {
  const varianceRatio =
    trained.reduce((sum, { stageTwo }) => sum + stageTwo.varianceRatio, 0) / trained.length;
  const divergencePerStep = trained[0]!.stageTwo.divergencePerStep.map((_, t) => {
    const known = trained.flatMap(({ stays, stageTwo }) => {
      const divergence = stageTwo.divergencePerStep[t] ?? null;
      return divergence === null ? [] : [{ stays, divergence }];
    });
    const total = known.reduce((sum, { stays }) => sum + stays, 0);
    return total === 0 ? null : known.reduce((sum, one) => sum + (one.stays / total) * one.divergence, 0);
  });
  return { varianceRatio, divergencePerStep };
}

/**
 * Trains a generator in every hospital by itself, its preprocessing included: nothing crosses the line. Each draws its own
 * hospital.
 *
 * @param plan with pooled participants: each hospital is one that holds all rows that there are
 * @throws InputError naming a hospital with fewer than 50 training stays
 */
export async function trainLocalGenerators(
  plan: GeneratorPlan,
  context: TrainContext,
): Promise<TrainedGenerator> {
  const { train } = context;
  const cohorts = hospitalsAlone(train);
  // All have one hospital, so that their models have the same shape.
  const compiling = compileModels(train.schema, agreementOf(plan, { ...context, train: cohorts[0]! }).local);
  try {
    const trained: { stays: number; parts: TrainedParts; rounds: RoundEvent[]; stageTwo: StageTwoEnd }[] = [];
    const ledger = new CommunicationLedger();
    for (const own of cohorts) {
      const hospital = own.hospitals[0]!;
      const alone: TrainContext = {
        ...context,
        train: own,
        ...(context.checkpoints === undefined
          ? {}
          : { checkpoints: partOf(context.checkpoints, String(trained.length)) }),
        emit: (event) =>
          context.emit(
            event.kind === 'warning'
              ? { ...event, message: `hospital ${hospital}: ${event.message}` }
              : event.kind === 'round' || event.kind === 'resumed'
                ? { ...event, hospital }
                : event,
          ),
      };
      const { parts, rounds, stageTwo } = await trainCalibrated(
        plan,
        alone,
        agreementOf(plan, alone),
        compiling,
        trained.length === 0 ? ledger : new CommunicationLedger(),
      );
      trained.push({ stays: own.size, parts, rounds, stageTwo });
    }
    return await drawable(
      {
        trainer: { id: plan.id, version: plan.version },
        parameters: plan.parameters,
        schema: train.schema,
        hospitals: train.hospitals,
        generators: trained.map(({ parts }) => parts),
      },
      await compiling,
      null,
      {
        bytesUp: 0,
        bytesDown: 0,
        synchronisations: 0,
        epochs: ledger.totals().epochs,
        rounds: meanRounds(trained),
        stageTwo: meanEnd(trained),
      },
    );
  } catch (error) {
    await (await compiling).dispose();
    throw error;
  }
}
