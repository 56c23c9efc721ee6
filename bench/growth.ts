import { it } from 'vitest';
import type { Cohort } from '../src/cohort/types.js';
import { federate } from '../src/federation/channel.js';
import { CommunicationLedger } from '../src/federation/ledger.js';
import { computeBounds } from '../src/metrics/bounds.js';
import { metricsOf } from '../src/metrics/selection.js';
import { scoreCohort } from '../src/metrics/scoreCohort.js';
import { compileModels } from '../src/trainers/generator/generatorModels.js';
import { handOverLatents } from '../src/trainers/generator/latentHandover.js';
import { generatorParameters } from '../src/trainers/generator/parameters.js';
import { openParticipants, participantsOf, type LocalPlan } from '../src/trainers/generator/participants.js';
import { agreePreprocessing } from '../src/trainers/generator/preprocessing.js';
import { median } from './median.js';
import { printGrowth } from './printGrowth.js';
import { simulateScoring, simulateStays, spreadOverHospitals } from './simulatedStays.js';
import { stopwatch } from './stopwatch.js';

/** Each curve varies one of these. */
const BASE = { stays: 480, steps: 24, features: 20, hospitals: 1 };
type Extent = typeof BASE;

/** The first epochs of a process also pay for the compilation of its JavaScript and for memory that is touched for the first time. */
const UNTIMED = 2;
/** All extents take turns this often, so that a busy moment of the machine hits every one. */
const TIMED = 3;

/** A training whose models are compiled. */
interface OpenTraining {
  /** Processor seconds of an epoch of either stage at all hospitals, as a round with its messages, checks and noise. */
  epoch(): Promise<number>;
  close(): Promise<void>;
}

async function openTraining(extent: Extent): Promise<OpenTraining> {
  const { stays, hospitals } = extent;
  const train = spreadOverHospitals(simulateStays(stays, extent, `growth-${stays}`), hospitals);
  const parameters = generatorParameters.parse({});
  const plan: LocalPlan = {
    hospitals: train.hospitals,
    parameters,
    terms: { autoencoder: {}, tcvae: {} },
    engine: 'onnx',
    seed: 0,
  };
  const models = await compileModels(train.schema, plan);
  const doors = openParticipants(participantsOf(train, 'hospitals'), plan, models);
  const federation = federate(doors, new CommunicationLedger());
  await agreePreprocessing(federation, train.schema, train.hospitals, parameters.preprocessing);
  const request = (size: number) => ({
    round: 1,
    epochs: 1,
    learningRate: 1e-3,
    parameters: new Float32Array(size).fill(0.01),
    resetMoments: true,
    control: null,
  });
  const stageOne = request(models.autoencoder.layout.size);
  const stageTwo = { ...request(models.tcvae.layout.size), beta: 1 };
  await handOverLatents(federation, stageOne.parameters, false);
  return {
    async epoch() {
      const { processor } = await stopwatch(async () => {
        await federation.askAll('trainAutoencoder', stageOne);
        await federation.askAll('trainTcvae', stageTwo);
      });
      return processor;
    },
    close: () => models.dispose(),
  };
}

/** Median processor seconds of a steady epoch at every extent, as every epoch of a training takes after the first few. */
async function trainingSeconds(extents: readonly Extent[]): Promise<number[]> {
  const trainings: OpenTraining[] = [];
  for (const extent of extents) trainings.push(await openTraining(extent));
  const seconds = extents.map((): number[] => []);
  for (let epoch = 0; epoch < UNTIMED + TIMED; epoch++)
    for (const [at, training] of trainings.entries()) {
      const took = await training.epoch();
      if (epoch >= UNTIMED) seconds[at]!.push(took);
    }
  for (const training of trainings) await training.close();
  return seconds.map(median);
}

/** Processor seconds of preset fast with bounds at all sites. */
async function scoringSeconds(extent: Extent): Promise<number> {
  const { split, synthetic } = simulateScoring(extent.stays, extent);
  const at = (cohort: Cohort): Cohort => spreadOverHospitals(cohort, extent.hospitals);
  const parts = { train: at(split.train), holdout: at(split.holdout), reference: at(split.reference) };
  const options = { selections: metricsOf('fast'), resamples: 100, label: 'death', seed: 1 };
  const { processor } = await stopwatch(async () => {
    const bounds = await computeBounds(parts, options);
    await scoreCohort(parts, at(synthetic), bounds, options);
  });
  return processor;
}

async function scoringAt(extents: readonly Extent[]): Promise<number[]> {
  // The first run of a program pays for its compilation.
  await scoringSeconds(extents[0]!);
  const found: number[] = [];
  for (const extent of extents) found.push(await scoringSeconds(extent));
  return found;
}

const CURVES: readonly {
  readonly axis: keyof Extent;
  readonly over: string;
  readonly at: readonly number[];
  readonly with?: (value: number) => Partial<Extent>;
}[] = [
  { axis: 'stays', over: 'stays N', at: [600, 1200, 2400, 4800] },
  { axis: 'steps', over: 'hours T', at: [12, 24, 48] },
  { axis: 'features', over: 'features F', at: [10, 20, 40] },
  {
    axis: 'hospitals',
    over: 'hospitals K of 160 stays',
    at: [1, 2, 4],
    with: (hospitals) => ({ stays: 160 * hospitals }),
  },
];

/** Scoring over the number of stays is the matter of `scoreScale.ts`. */
it.each(CURVES)('training and scoring over $over', async (curve) => {
  const extents = curve.at.map((value): Extent => ({ ...BASE, [curve.axis]: value, ...curve.with?.(value) }));
  const trained = await trainingSeconds(extents);
  printGrowth({
    suite: 'growth',
    name: 'training, a steady epoch of either stage',
    over: curve.over,
    unit: 's',
    points: curve.at.map((x, i) => ({ x, y: trained[i]! })),
    bars:
      curve.axis === 'stays'
        ? [
            { kind: 'at least', limit: 0.9 },
            { kind: 'at most', limit: 1.1 },
          ]
        : [],
  });
  if (curve.axis === 'stays') return;
  const scored = await scoringAt(extents);
  printGrowth({
    suite: 'growth',
    name: 'scoring, preset fast with bounds, all sites',
    over: curve.over,
    unit: 's',
    points: curve.at.map((x, i) => ({ x, y: scored[i]! })),
    bars: [],
  });
});
