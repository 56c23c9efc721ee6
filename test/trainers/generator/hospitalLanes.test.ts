import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import type * as Fedavg from '../../../src/federation/aggregation/fedavg.js';
import type { CrossedMessage } from '../../../src/federation/channel.js';
import type * as Ledger from '../../../src/federation/ledger.js';
import type * as Failure from '../../../src/federation/trainingFailure.js';
import type { TrainContext, TrainingEvent } from '../../../src/trainers/contract.js';
import type * as FedehrGen from '../../../src/trainers/fedehrGen.js';
import type * as FederatedGenerator from '../../../src/trainers/generator/federatedGenerator.js';
import type * as GeneratorModels from '../../../src/trainers/generator/generatorModels.js';
import type * as GeneratorPlan from '../../../src/trainers/generator/generatorPlan.js';
import type * as HospitalLanes from '../../../src/trainers/generator/hospitalLanes.js';
import { spread } from '../../../src/trainers/generator/hospitalLanes.js';
import type * as Participants from '../../../src/trainers/generator/participants.js';
import type * as Parameters from '../../../src/trainers/generator/parameters.js';
import { compiled } from '../../compiled.js';
import { plantedCohort, tinyParameters } from '../plantedCohort.js';

const { fedehrGen } = await compiled<typeof FedehrGen>('trainers/fedehrGen.js');
const { fedavg } = await compiled<typeof Fedavg>('federation/aggregation/fedavg.js');
const { trainCalibrated, trainGenerator } = await compiled<typeof FederatedGenerator>(
  'trainers/generator/federatedGenerator.js',
);
const { agreementOf } = await compiled<typeof GeneratorPlan>('trainers/generator/generatorPlan.js');
const { compileModels } = await compiled<typeof GeneratorModels>('trainers/generator/generatorModels.js');
const { openLanes } = await compiled<typeof HospitalLanes>('trainers/generator/hospitalLanes.js');
const { participantsOf } = await compiled<typeof Participants>('trainers/generator/participants.js');
const { CommunicationLedger } = await compiled<typeof Ledger>('federation/ledger.js');
const { generatorParameters } = await compiled<typeof Parameters>('trainers/generator/parameters.js');
const { TrainingFailure } = await compiled<typeof Failure>('federation/trainingFailure.js');

const three = plantedCohort({ east: 90, north: 120, south: 60 });

function context(lanes: number, changed: Partial<TrainContext> = {}): TrainContext {
  return {
    train: three,
    reference: three,
    parameters: tinyParameters,
    seed: 5,
    engine: 'onnx',
    lanes,
    emit: () => undefined,
    ...changed,
  };
}

const averaging = {
  id: 'fedavg',
  version: 1,
  participants: 'hospitals' as const,
  parameters: generatorParameters.parse(tinyParameters),
  stageOneRule: () => fedavg,
  stageTwoRule: fedavg,
};

/** All messages that came out of worker threads while `body` ran, and how many threads began and ended. */
async function watchingThreads<Result>(
  body: () => Promise<Result>,
): Promise<{ result: Result; messages: unknown[]; begun: number; ended: number }> {
  const messages: unknown[] = [];
  let begun = 0;
  let ended = 0;
  const emit = vi.spyOn(Worker.prototype, 'emit');
  emit.mockImplementation(function (this: Worker, event: string | symbol, ...given: unknown[]): boolean {
    if (event === 'message') messages.push(given[0]);
    if (event === 'online') begun++;
    if (event === 'exit') ended++;
    for (const listener of this.rawListeners(event)) Reflect.apply(listener, this, given);
    return true;
  });
  try {
    const result = await body();
    return { result, messages, begun, ended };
  } finally {
    emit.mockRestore();
  }
}

/** Every thread compiles models of its own: slow where cores are few and busy. */
describe('hospitals in lanes', { timeout: 240_000 }, () => {
  it('gives the same model, cohort, ledger and events with 1, 2 and 3 threads, and leaves none behind', async () => {
    const outcomes = [];
    for (const lanes of [1, 2, 3]) {
      const events: TrainingEvent[] = [];
      const { result, begun, ended } = await watchingThreads(async () => {
        const generator = await fedehrGen.train(context(lanes, { emit: (event) => events.push(event) }));
        const synthetic = await generator.synthesise({ east: 20, north: 20, south: 20 }, 3);
        await generator.dispose();
        return { files: generator.files, ledger: generator.ledger, synthetic };
      });
      expect([begun, ended]).toEqual([lanes - 1, lanes - 1]);
      outcomes.push({ ...result, events });
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  it('lets nothing out of a thread but the declared answers that the channel records', async () => {
    const crossed: CrossedMessage[] = [];
    const plan = { ...averaging, record: (message: CrossedMessage) => crossed.push(message) };
    const train = plantedCohort({ east: 40, north: 120, south: 70 });
    const { messages } = await watchingThreads(async () =>
      (await trainGenerator(plan, context(3, { train }))).dispose(),
    );
    // The largest hospital stays in the calling thread; the others answered from threads of their own.
    const fromThreads = crossed
      .filter(({ hospital }) => hospital !== 'north')
      .map(({ reply }) => ({ reply }));
    expect(fromThreads.length).toBeGreaterThan(20);
    expect(messages).toHaveLength(fromThreads.length);
    expect(messages).toEqual(expect.arrayContaining(fromThreads));
    const moments = crossed.filter(({ kind }) => kind === 'latentMoments' || kind === 'adoptLatents');
    for (const { hospital, reply } of moments)
      expect(Object.values(reply as object)[0] === null).toBe(hospital === 'east');
  });

  it('lends threads that calibrate from what the server sends, whatever rows they hold', async () => {
    const alone = context(1, { train: plantedCohort({ east: 60, north: 70 }) });
    const agreement = agreementOf(averaging, alone);
    const models = compileModels(alone.train.schema, agreement.local);
    const trained = await trainCalibrated(averaging, alone, agreement, models, new CommunicationLedger());
    const request = {
      parts: { ...trained.parts, calibration: {} },
      widths: (await models).autoencoder.widths,
    };
    for (const train of [plantedCohort({ east: 60, north: 70 }), plantedCohort({ north: 90, east: 55 })]) {
      const lanes = await openLanes(participantsOf(train, 'hospitals'), agreement.local, models, 2);
      const [lent, ...more] = lanes.lent;
      expect(more).toEqual([]);
      for (const hospital of ['north', 'east']) {
        const measured = await lent!.calibrate({ ...request, hospital });
        expect(Object.keys(measured).sort()).toEqual(['calibration', 'varianceRatio']);
        expect(measured.calibration).toEqual(trained.parts.calibration[hospital]);
      }
      await expect(lent!.calibrate({ ...request, hospital: 'west' })).rejects.toThrow(
        'hospital west released nothing to calibrate against',
      );
      await lanes.close();
      await expect(lent!.calibrate({ ...request, hospital: 'north' })).rejects.toThrow('a thread ended');
    }
    await (await models).dispose();
  });

  it.each([1, 3])('fails as the same training failure in %i threads', async (lanes) => {
    const wild = { ...tinyParameters, autoencoder: { ...tinyParameters.autoencoder, learningRate: 1e38 } };
    const { result, begun, ended } = await watchingThreads(() =>
      fedehrGen.train(context(lanes, { parameters: wild })).catch((error: unknown) => error),
    );
    expect(result).toBeInstanceOf(TrainingFailure);
    expect((result as Error).message).toMatch(/^hospital east answered trainAutoencoder .* not finite/);
    expect([begun, ended]).toEqual([lanes - 1, lanes - 1]);
  });

  it('ends its threads when the training is aborted between rounds', async () => {
    const stop = new AbortController();
    const { result, begun, ended } = await watchingThreads(() =>
      fedehrGen
        .train(
          context(2, { signal: stop.signal, emit: () => stop.abort(new Error('interrupted by the user')) }),
        )
        .catch((error: unknown) => error),
    );
    expect(result).toEqual(new Error('interrupted by the user'));
    expect([begun, ended]).toEqual([1, 1]);
  });

  it('starts no more threads than there are participants', async () => {
    const { begun, ended } = await watchingThreads(async () =>
      (await fedehrGen.train(context(8, { train: plantedCohort({ north: 60 }) }))).dispose(),
    );
    expect([begun, ended]).toEqual([0, 0]);
  });
});

describe('spread', () => {
  it('gives every lane about as many stays, the same for the same numbers', () => {
    expect(spread([90, 120, 60], 1)).toEqual([0, 0, 0]);
    expect(spread([90, 120, 60], 2)).toEqual([1, 0, 1]);
    expect(spread([90, 120, 60], 3)).toEqual([1, 0, 2]);
    expect(spread([50, 50, 50, 50], 2)).toEqual([0, 1, 0, 1]);
    expect(spread([10], 4)).toEqual([0]);
  });
});
