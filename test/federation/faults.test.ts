import { describe, expect, it } from 'vitest';
import type { AggregationRule } from '../../src/federation/aggregation/contract.js';
import { coordinateMedian } from '../../src/federation/aggregation/coordinateMedian.js';
import { fedavg } from '../../src/federation/aggregation/fedavg.js';
import { federate, type HospitalDoor } from '../../src/federation/channel.js';
import { openHospital } from '../../src/federation/hospital.js';
import { HospitalUnavailable } from '../../src/federation/hospitalUnavailable.js';
import { CommunicationLedger } from '../../src/federation/ledger.js';
import { TrainingFailure } from '../../src/federation/trainingFailure.js';
import { federatedRounds } from '../../src/trainers/generator/federatedRounds.js';
import { agreePreprocessing } from '../../src/trainers/generator/preprocessing.js';
import { generatorParameters } from '../../src/trainers/generator/parameters.js';
import { plantedCohort, plantedSchema } from '../trainers/plantedCohort.js';
import { faultyDoor, type Fault } from './faultyDoor.js';

const none = (): never => {
  throw new Error('no model in this test');
};

/** A hospital whose local training adds its `pull` to every parameter. */
function pullingDoor(id: string, pull: number): HospitalDoor {
  const door = openHospital(id, plantedCohort({ [id]: 20 }), {
    hospitals: [id],
    models: {
      get autoencoder() {
        return none();
      },
      get tcvae() {
        return none();
      },
      autoencoderAt: () => Promise.reject(new Error('no model in this test')),
      tcvaeAt: () => Promise.reject(new Error('no model in this test')),
      dispose: () => Promise.resolve(),
    },
    carry: { carryForward: true, carriedWeight: 0.3 },
    labelScale: 1,
    seed: 1,
    initialise: (layout) => new Float32Array(layout.size),
  });
  return {
    ...door,
    answers: {
      ...door.answers,
      trainTcvae: ({ parameters }) => ({
        parameters: parameters!.map((value) => value + pull),
        steps: 3,
        controlChange: null,
        monitors: { loss: 1 },
        divergence: { stays: Float64Array.of(0), sums: Float64Array.of(0) },
      }),
    },
  };
}

const stays = { east: 100, north: 300, south: 100 };
const pulls = { east: 1, north: 2, south: 6 };

async function rounds(
  faults: Partial<Record<keyof typeof stays, (round: number) => Fault>>,
  rule: AggregationRule = fedavg,
) {
  const doors = Object.entries(pulls).map(([id, pull]) =>
    faultyDoor(pullingDoor(id, pull), faults[id as keyof typeof stays] ?? (() => null)),
  );
  const federation = federate(doors, new CommunicationLedger());
  return federatedRounds(
    {
      stage: 'tcvae',
      rounds: 3,
      localEpochs: 1,
      learningRate: 0.1,
      initial: new Float32Array(2),
      rule,
      size: 2,
      seed: 1,
      stays,
      summaries: {},
      ask: (request) =>
        federation.askAvailable('trainTcvae', (hospital) => ({ ...request(hospital), beta: 1 })),
    },
    { ledger: new CommunicationLedger(), emit: () => undefined },
  );
}

const inRound =
  (which: number, fault: Fault) =>
  (round: number): Fault =>
    round === which ? fault : null;

describe('a hospital that drops out', () => {
  it('is left out of the round, its weight going to the others, and comes back in the next', async () => {
    const { parameters, events } = await rounds({ north: inRound(2, { unavailable: 'maintenance' }) });
    expect(events.map(({ absent }) => absent)).toEqual([undefined, ['north'], undefined]);
    expect(events.map(({ weights }) => weights)).toEqual([
      { east: 0.2, north: 0.6, south: 0.2 },
      { east: 0.5, south: 0.5 },
      { east: 0.2, north: 0.6, south: 0.2 },
    ]);
    // 0.2·1 + 0.6·2 + 0.2·6 = 2.6 with all, (1 + 6)/2 without the north.
    expect(parameters[0]).toBeCloseTo(2.6 + 3.5 + 2.6, 5);
  });

  it('still counts as a federation when only one hospital is left', async () => {
    const away = inRound(1, { unavailable: 'maintenance' });
    const { events } = await rounds({ north: away, south: away });
    expect(events[0]).toMatchObject({ weights: { east: 1 }, absent: ['north', 'south'] });
  });

  it('keeps its request for fresh moments until it is there again', async () => {
    const asked: boolean[] = [];
    const turning: AggregationRule = {
      id: 'turning',
      aggregate: (updates, state, random, round) => ({
        ...fedavg.aggregate(updates, state, random, round),
        permutations: Object.fromEntries(updates.map(({ hospital }) => [hospital, [Uint32Array.of(1, 0)]])),
      }),
    };
    const still: AggregationRule = { ...fedavg, id: 'still' };
    let round = 0;
    const firstTurns: AggregationRule = {
      id: 'first turns',
      aggregate: (...given) => (++round === 1 ? turning : still).aggregate(...given),
    };
    const door = pullingDoor('east', 1);
    const watched: HospitalDoor = {
      ...door,
      answers: {
        ...door.answers,
        trainTcvae(request) {
          if (request.round === 2) throw new HospitalUnavailable('away');
          asked.push(request.resetMoments);
          return door.answers.trainTcvae(request);
        },
      },
    };
    const federation = federate([watched, pullingDoor('north', 1)], new CommunicationLedger());
    await federatedRounds(
      {
        stage: 'tcvae',
        rounds: 4,
        localEpochs: 1,
        learningRate: 0.1,
        initial: new Float32Array(2),
        rule: firstTurns,
        size: 2,
        seed: 1,
        stays: { east: 20, north: 20 },
        summaries: {},
        ask: (request) =>
          federation.askAvailable('trainTcvae', (hospital) => ({ ...request(hospital), beta: 1 })),
      },
      { ledger: new CommunicationLedger(), emit: () => undefined },
    );
    // Rounds 1, 3 and 4; the order of round 1's neurons reaches it in round 3.
    expect(asked).toEqual([false, true, false]);
  });

  it('fails the training with every reason when nobody is left', async () => {
    const fault = (reason: string) => inRound(2, { unavailable: reason });
    await expect(
      rounds({ east: fault('no power'), north: fault('maintenance'), south: fault('no line') }),
    ).rejects.toThrow(
      new TrainingFailure(
        'no hospital answered in round 2 of the tcvae: east (no power), north (maintenance), south (no line)',
      ),
    );
  });

  it('fails the training where every hospital is needed', async () => {
    const door = pullingDoor('east', 1);
    const away: HospitalDoor = {
      ...door,
      answers: {
        ...door.answers,
        countStays: () => {
          throw new HospitalUnavailable('maintenance');
        },
      },
    };
    await expect(federate([away], new CommunicationLedger()).askAll('countStays', {})).rejects.toThrow(
      /hospital east did not answer countStays, which every hospital must: maintenance/,
    );
  });
});

describe('a hospital that sends nonsense fails the training by name', () => {
  it.each([
    [
      'numbers that are not finite',
      (honest: { parameters: Float32Array }) => ({ parameters: honest.parameters.fill(Number.NaN) }),
      /hospital south answered trainTcvae with numbers that are not finite \(parameters\)/,
    ],
    [
      'vectors of another length',
      () => ({ parameters: new Float32Array(3) }),
      /hospital south sent 3 parameters of the tcvae where 2 are expected/,
    ],
    [
      'a control variate of another length',
      () => ({ controlChange: new Float32Array(5) }),
      /hospital south sent a control variate of 5 numbers where 2 are expected/,
    ],
    ['a negative number of updates', () => ({ steps: -1 }), /hospital south .* not declared: steps/],
  ])('%s', async (_, wrong, message) => {
    const failing = rounds(
      { south: inRound(2, { reply: (honest) => ({ ...honest, ...wrong(honest) }) }) },
      coordinateMedian,
    );
    await expect(failing).rejects.toThrow(TrainingFailure);
    await expect(failing).rejects.toThrow(message);
  });

  it('no stays at all', async () => {
    const door = pullingDoor('east', 1);
    const empty: HospitalDoor = {
      ...door,
      answers: { ...door.answers, countStays: () => ({ stays: { east: 0 } }) },
    };
    await expect(
      agreePreprocessing(
        federate([empty], new CommunicationLedger()),
        plantedSchema,
        ['east'],
        generatorParameters.parse({}).preprocessing,
      ),
    ).rejects.toThrow(new TrainingFailure('hospital east reports no training stays'));
  });
});
