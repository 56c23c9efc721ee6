import { loadavg } from 'node:os';
import { it } from 'vitest';
import { firstSteps } from '../src/cohort/firstSteps.js';
import { subsamplePatients } from '../src/cohort/subsample.js';
import { resolveDataset } from '../src/datasets/resolveDataset.js';
import { federate, type Federation } from '../src/federation/channel.js';
import { CommunicationLedger } from '../src/federation/ledger.js';
import type * as Fedavg from '../src/trainers/fedavg.js';
import type * as GeneratorModels from '../src/trainers/generator/generatorModels.js';
import type * as HospitalLanes from '../src/trainers/generator/hospitalLanes.js';
import { handOverLatents } from '../src/trainers/generator/latentHandover.js';
import { generatorParameters } from '../src/trainers/generator/parameters.js';
import { participantsOf, type LocalPlan } from '../src/trainers/generator/participants.js';
import { agreePreprocessing } from '../src/trainers/generator/preprocessing.js';
import { compiled } from '../test/compiled.js';
import { HospitalProcesses } from './hospitalProcesses.js';
import { median } from './median.js';
import { ProductThreads } from './productThreads.js';
import { keeps, record, type Bar } from './results.js';

const { compileModels } = await compiled<typeof GeneratorModels>('trainers/generator/generatorModels.js');
const { openLanes } = await compiled<typeof HospitalLanes>('trainers/generator/hospitalLanes.js');
const { fedavg } = await compiled<typeof Fedavg>('trainers/fedavg.js');

/** One lane and two take turns this often, so that a busy moment of the machine hits both; the median of five differs by 0.1 from run to run. */
const ROUNDS = 15;
const STAYS = 1200;
const BAR = { kind: 'at least', limit: 1.9 } as const;

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};

/** Rounds of stage two in processes of their own, which are long. */
const PROCESS_ROUNDS = 7;

/** Median times of one and of two lanes over rounds in which they take turns, and the median of the rounds' ratios. */
async function inTurn(
  name: string,
  work: (lanes: 1 | 2) => Promise<unknown>,
  rounds: number,
  bar?: Bar,
): Promise<void> {
  const one: number[] = [];
  const two: number[] = [];
  for (let round = 0; round < rounds; round++) {
    one.push(await milliseconds(() => work(1)));
    two.push(await milliseconds(() => work(2)));
  }
  const ratio = median(one.map((ms, i) => ms / two[i]!));
  record({
    kind: 'time',
    suite: 'train',
    name: `two threads: ${name}`,
    milliseconds: median(two),
    of: 'clock',
    ratio: { to: 'one thread (gain)', value: ratio, ...(bar === undefined ? {} : { bar }) },
  });
  process.stdout.write(
    `${name.padEnd(54)}${median(one).toFixed(0).padStart(8)} ms${median(two).toFixed(0).padStart(8)} ms${ratio.toFixed(2).padStart(8)}${bar === undefined || keeps(bar, ratio) ? '' : `   (bar ${bar.limit} NOT MET)`}   load ${loadavg()[0]!.toFixed(1)}\n`,
  );
}

it('two hospitals in two threads', async () => {
  const dataset = await resolveDataset('physionet2019');
  const train = firstSteps(subsamplePatients(await dataset.load(), STAYS, 0), 24);
  const parameters = generatorParameters.parse({});
  const plan: LocalPlan = {
    hospitals: train.hospitals,
    parameters,
    terms: { autoencoder: {}, tcvae: {} },
    engine: 'onnx',
    seed: 0,
  };
  const opened = await Promise.all(
    [1, 2].map(async (lanes) => {
      const models = compileModels(train.schema, plan);
      const spread = await openLanes(participantsOf(train, 'hospitals'), plan, models, lanes);
      const federation = federate(spread.doors, new CommunicationLedger());
      await agreePreprocessing(federation, train.schema, train.hospitals, parameters.preprocessing);
      return { federation, models: await models, close: () => spread.close() };
    }),
  );
  const { models } = opened[0]!;
  const request = (size: number) => ({
    round: 1,
    epochs: 2,
    learningRate: 1e-3,
    parameters: new Float32Array(size).fill(0.01),
    resetMoments: true,
    control: null,
  });
  const asked =
    (ask: (federation: Federation) => Promise<unknown>) =>
    (lanes: 1 | 2): Promise<unknown> =>
      ask(opened[lanes - 1]!.federation);
  const stageOne = request(models.autoencoder.layout.size);
  const stageTwo = { ...request(models.tcvae.layout.size), beta: 1 };
  const autoencoder = asked((federation) => federation.askAll('trainAutoencoder', stageOne));
  const tcvae = asked((federation) => federation.askAll('trainTcvae', stageTwo));
  process.stdout.write(
    `\ntwo hospitals of ${STAYS} stays, 24 hours of physionet2019; one and two threads in turn, medians; beside it the load of the machine\n`,
  );
  const products = new ProductThreads(2);
  await products.work(2, 2);
  await inTurn('matrix products alone, no training', (lanes) => products.work(2, lanes), ROUNDS);
  await products.close();
  const processes = await HospitalProcesses.open(2, STAYS);
  try {
    await inTurn(
      'two hospitals, a process each, stage one',
      (lanes) => processes.round('stage one', lanes === 2),
      ROUNDS,
    );
    await inTurn(
      'two hospitals, a process each, stage two',
      (lanes) => processes.round('stage two', lanes === 2),
      PROCESS_ROUNDS,
    );
  } finally {
    processes.close();
  }
  await autoencoder(1);
  await autoencoder(2);
  await inTurn('two hospitals, round of stage one (2 epochs each)', autoencoder, ROUNDS, BAR);
  for (const { federation } of opened) await handOverLatents(federation, stageOne.parameters, false);
  await tcvae(1);
  await tcvae(2);
  await inTurn('two hospitals, round of stage two (2 epochs each)', tcvae, ROUNDS, BAR);
  for (const one of opened) {
    await one.close();
    await one.models.dispose();
  }
  const short = generatorParameters.parse({ autoencoder: { rounds: 2 }, tcvae: { rounds: 2 } });
  const whole = async (lanes: 1 | 2): Promise<void> => {
    const generator = await fedavg.train({
      train,
      reference: train,
      parameters: short,
      seed: 0,
      engine: 'onnx',
      lanes,
      emit: () => undefined,
    });
    await generator.dispose();
  };
  await inTurn('two hospitals, short training (compile … calibrate)', whole, 2, BAR);
});
