import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../src/cohort/types.js';
import { distributionAware } from '../../src/federation/aggregation/distributionAware.js';
import { fedavg as fedavgRule } from '../../src/federation/aggregation/fedavg.js';
import { scaffold } from '../../src/federation/aggregation/scaffold.js';
import type { CrossedMessage } from '../../src/federation/channel.js';
import { centralized } from '../../src/trainers/centralized.js';
import type { Trainer, TrainingEvent } from '../../src/trainers/contract.js';
import { fedavg } from '../../src/trainers/fedavg.js';
import { fedehrGen } from '../../src/trainers/fedehrGen.js';
import { trainGenerator } from '../../src/trainers/generator/federatedGenerator.js';
import { generatorParameters } from '../../src/trainers/generator/parameters.js';
import { syntheticSchema } from '../../src/trainers/generator/syntheticSchema.js';
import { plantedCohort, staysPerHospital, tinyParameters } from './plantedCohort.js';

const two = plantedCohort({ north: 120, south: 70 });
const one = plantedCohort({ north: 120 });

async function outcome(trainer: Trainer, train: Cohort, parameters: Record<string, unknown>, seed = 5) {
  const events: TrainingEvent[] = [];
  const generator = await trainer.train({
    train,
    reference: train,
    parameters,
    seed,
    engine: 'onnx',
    emit: (event) => events.push(event),
  });
  const weights = generator.files['weights.bin']!;
  const wanted = Object.fromEntries(train.hospitals.map((hospital) => [hospital, 40]));
  const named = await generator.synthesise(wanted, 3);
  expect(named.schema).toEqual(syntheticSchema(train.schema, trainer));
  // Trainers are compared by what they draw; the schema names the trainer.
  const synthetic = { ...named, schema: train.schema };
  const again = { ...(await generator.synthesise(wanted, 3)), schema: train.schema };
  const other = await generator.synthesise(wanted, 4);
  await generator.dispose();
  return { weights, synthetic, again, other, events, ledger: generator.ledger, files: generator.files };
}

/** Trainings that several tests look at happen once. */
const trainings = new Map<string, ReturnType<typeof outcome>>();
function once(name: 'fedavg' | 'fedehr-gen'): ReturnType<typeof outcome> {
  const training =
    trainings.get(name) ?? outcome(name === 'fedavg' ? fedavg : fedehrGen, two, tinyParameters);
  trainings.set(name, training);
  return training;
}

describe('T2: equalities of whole trainers, bit for bit', () => {
  it('λ = 0 and identity matching make fedehr-gen FedAvg; matching that moves nothing does too', async () => {
    const averaged = await once('fedavg');
    const plain = await outcome(fedehrGen, two, {
      ...tinyParameters,
      matching: { rule: 'fedavg' },
      weighting: { lambda: 0 },
    });
    const matched = await outcome(fedehrGen, two, { ...tinyParameters, weighting: { lambda: 0 } });
    expect(plain.weights).toEqual(averaged.weights);
    expect(plain.synthetic).toEqual(averaged.synthetic);
    const moved = matched.ledger.rounds.map((round) => round.monitors?.['movedShare'] ?? 0);
    expect(Math.max(...moved)).toBe(0);
    expect(matched.weights).toEqual(averaged.weights);
    expect(matched.synthetic).toEqual(averaged.synthetic);
  });

  it('with one hospital every federated rule is local training, which is centralized training', async () => {
    const local = await outcome(centralized, one, tinyParameters);
    const averaged = await outcome(fedavg, one, tinyParameters);
    const aware = await outcome(fedehrGen, one, { ...tinyParameters, weighting: { lambda: 2 } });
    expect(local.ledger).toMatchObject({ bytesUp: 0, bytesDown: 0, synchronisations: 0 });
    expect(local.ledger.rounds[0]).not.toHaveProperty('weights');
    expect(averaged.weights).toEqual(local.weights);
    expect(aware.weights).toEqual(local.weights);
    expect(aware.synthetic).toEqual(local.synthetic);
  });

  it('λ ≠ 0 and centralized training differ from FedAvg', async () => {
    const averaged = await once('fedavg');
    const aware = await outcome(fedehrGen, two, { ...tinyParameters, weighting: { lambda: 3 } });
    const pooled = await outcome(centralized, two, tinyParameters);
    expect(aware.weights).not.toEqual(averaged.weights);
    expect(pooled.weights).not.toEqual(averaged.weights);
  });
});

describe('reproducibility', () => {
  it('gives the same bytes for the same seeds and others for other seeds', async () => {
    const first = await once('fedehr-gen');
    const second = await outcome(fedehrGen, two, tinyParameters);
    const third = await outcome(fedehrGen, two, tinyParameters, 6);
    expect(second.files).toEqual(first.files);
    expect(second.synthetic).toEqual(first.synthetic);
    expect(first.again).toEqual(first.synthetic);
    expect(first.other.values).not.toEqual(first.synthetic.values);
    expect(third.weights).not.toEqual(first.weights);
  });
});

describe('the federation', () => {
  it('reports every round with weights, monitors and the ledger', async () => {
    const { events, ledger } = await once('fedehr-gen');
    const rounds = events.filter((event) => event.kind === 'round');
    expect(rounds.map((event) => [event.stage, event.round, event.rounds])).toEqual([
      ['autoencoder', 1, 2],
      ['autoencoder', 2, 2],
      ['tcvae', 1, 2],
      ['tcvae', 2, 2],
    ]);
    for (const event of rounds) {
      expect(Number.isFinite(event.loss)).toBe(true);
      const weights = Object.values(event.weights!);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(event.monitors?.['gradientNorm']).toBeGreaterThan(0);
    }
    expect(rounds[3]!.monitors).toMatchObject({ divergence: expect.any(Number) as number });
    expect(ledger.rounds).toEqual(rounds);
    const { varianceRatio, divergencePerStep } = ledger.stageTwo!;
    expect(varianceRatio).toBeGreaterThan(0);
    expect(divergencePerStep).toHaveLength(two.schema.steps);
    for (const divergence of divergencePerStep) expect(divergence).toBeGreaterThanOrEqual(0);
    expect(ledger.epochs).toEqual({ autoencoder: 2, tcvae: 2 });
    // 5 counting messages with 2 passes, prepare, 2 + 2 rounds, 2 hand-over messages.
    expect(ledger.synchronisations).toBe(13);
    const parameters = 4 * 2 * 2;
    expect(ledger.bytesUp).toBeGreaterThan(parameters * 300);
    expect(ledger.bytesDown).toBeGreaterThan(parameters * 300);
  });

  it('starts hospitals from their own parameters on request, and matches more neurons then', async () => {
    const independent = await outcome(fedehrGen, two, { ...tinyParameters, initialisation: 'independent' });
    expect(independent.ledger.rounds[0]!.monitors?.['movedShare']).toBeGreaterThan(0.2);
  });

  it.each([
    ['fedavg', fedavgRule, fedavgRule],
    [
      'control variates and full covariances',
      scaffold,
      distributionAware({ lambda: 1, distance: 'kl', covariance: 'full' }),
    ],
    ['control variates of the TCVAE', fedavgRule, scaffold],
  ])(
    'lets only declared parameters, gradients, moments, counts and mean monitors cross with %s: no value or id of a patient',
    async (_, stageOneRule, stageTwoRule) => {
      const planted = plantedCohort({ north: 120, south: 70 });
      // One patient with values that nobody else has and that no rounding produces.
      const secrets = [151.6328125, 87.4140625];
      planted.values[0] = secrets[0]!;
      planted.observed[0] = 1;
      planted.statics[0] = secrets[1]!;
      const crossed: CrossedMessage[] = [];
      const generator = await trainGenerator(
        {
          id: 'fedavg',
          version: 1,
          participants: 'hospitals',
          parameters: generatorParameters.parse(tinyParameters),
          stageOneRule: () => stageOneRule,
          stageTwoRule,
          record: (message) => crossed.push(message),
        },
        {
          train: planted,
          reference: planted,
          parameters: {},
          seed: 5,
          engine: 'onnx',
          emit: () => undefined,
        },
      );
      await generator.dispose();
      expect(crossed.length).toBeGreaterThan(20);
      const sizes = new Map<string, Set<number>>();
      for (const { hospital, kind, request, reply } of crossed) {
        for (const payload of [request, reply]) {
          const numbers = numbersIn(payload);
          for (const secret of secrets) expect(numbers.some((value) => value === secret)).toBe(false);
          expect(JSON.stringify(payload, plain)).not.toContain('real-patient');
        }
        if (kind !== 'countConditions') {
          const size = numbersIn(reply).length;
          (sizes.get(kind) ?? sizes.set(kind, new Set()).get(kind)!).add(size);
        }
        expect(['north', 'south']).toContain(hospital);
      }
      // An answer's size does not depend on how many patients a hospital has (grids differ from pass to pass).
      for (const [kind, found] of sizes)
        expect([kind, found.size]).toEqual([kind, kind === 'countBins' ? 2 : 1]);
    },
  );
});

function plain(_: string, value: unknown): unknown {
  return value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array
    ? Array.from(value)
    : value;
}

function numbersIn(payload: unknown): number[] {
  if (typeof payload === 'number') return [payload];
  if (payload instanceof Float32Array || payload instanceof Float64Array || payload instanceof Int32Array)
    return Array.from(payload);
  if (typeof payload !== 'object' || payload === null) return [];
  return Object.values(payload).flatMap(numbersIn);
}

describe('synthetic cohorts', () => {
  it('are valid, carry no real id and follow what the hospitals released', async () => {
    const { synthetic } = await outcome(fedavg, two, {
      ...tinyParameters,
      autoencoder: { ...tinyParameters.autoencoder, rounds: 6, localEpochs: 3, learningRate: 5e-3 },
      tcvae: { ...tinyParameters.tcvae, rounds: 4, localEpochs: 2 },
    });
    expect(staysPerHospital(synthetic)).toEqual({ north: 40, south: 40 });
    expect(synthetic.patients[0]).toBe('synthetic-000001');
    const { steps, features } = synthetic.schema;
    for (let i = 0; i < synthetic.size; i++)
      for (let t = 0; t < steps; t++)
        features.forEach((feature, f) => {
          const cell = (i * steps + t) * features.length + f;
          const value = synthetic.values[cell]!;
          if (t >= synthetic.length[i]!) expect(synthetic.observed[cell]).toBe(0);
          if (synthetic.observed[cell] === 0) expect(value).toBe(0);
          else if (feature.name === 'pulse') expect(Number.isInteger(value)).toBe(true);
          else if (feature.kind === 'binary') expect([0, 1]).toContain(value);
          else if (feature.kind === 'categorical') expect([0, 1, 2]).toContain(value);
        });
    const rate = (cohort: Cohort, f: number): number => {
      let cells = 0;
      let shown = 0;
      for (let i = 0; i < cohort.size; i++)
        for (let t = 0; t < cohort.length[i]!; t++) {
          cells++;
          shown += cohort.observed[(i * steps + t) * features.length + f]!;
        }
      return shown / cells;
    };
    for (let f = 0; f < features.length; f++)
      expect(Math.abs(rate(synthetic, f) - rate(two, f))).toBeLessThan(0.12);
    expect(synthetic.labels.reduce((sum, label) => sum + label, 0) / synthetic.size).toBeCloseTo(
      two.labels.reduce((sum, label) => sum + label, 0) / two.size,
      1,
    );
  });
});

describe('bad input', () => {
  const train = (cohort: Cohort, parameters: Record<string, unknown> = tinyParameters) =>
    outcome(fedavg, cohort, parameters);

  it('names a hospital with too few stays, and says when none has enough for moments', async () => {
    await expect(train(plantedCohort({ north: 120, south: 5 }))).rejects.toThrow(
      /at least 11 training stays in every hospital, found fewer in hospital south/,
    );
    await expect(train(plantedCohort({ north: 40, south: 30 }))).rejects.toThrow(
      /at least 50 training stays in at least one hospital/,
    );
  });

  it('names the hospital whose training ends in numbers that are not finite', async () => {
    const wild = { ...tinyParameters, autoencoder: { ...tinyParameters.autoencoder, learningRate: 1e38 } };
    await expect(train(one, wild)).rejects.toThrow(/hospital north answered .* not finite/);
  });

  it('refuses unknown keys and values out of range', async () => {
    expect(() => fedehrGen.parameters.parse({ autoencoder: { round: 3 } })).toThrow(/round/);
    expect(() => fedavg.parameters.parse({ matching: {} })).toThrow(/matching/);
    expect(() => fedehrGen.parameters.parse({ tcvae: { batch: 0 } })).toThrow(/batch/);
    expect(fedehrGen.parameters.parse({})).toMatchObject({ weighting: { lambda: 1 } });
    await expect(train(one, { nonsense: 1 })).rejects.toThrow(/nonsense/);
  });

  it('ends with the reason of an abort', async () => {
    const stop = new AbortController();
    const events: TrainingEvent[] = [];
    const training = fedavg.train({
      train: one,
      reference: one,
      parameters: tinyParameters,
      seed: 1,
      engine: 'onnx',
      emit: (event) => {
        events.push(event);
        stop.abort(new Error('interrupted by the user'));
      },
      signal: stop.signal,
    });
    await expect(training).rejects.toThrow('interrupted by the user');
    expect(events).toHaveLength(1);
  });
});

describe('T7: alarms of a crippled run', () => {
  const crippled = {
    ...tinyParameters,
    tcvae: {
      ...tinyParameters.tcvae,
      output: 'latent',
      rounds: 4,
      localEpochs: 2,
      learningRate: 1e-2,
      beta: 1000,
    },
  };

  it('warn when the divergence is weighted so much that the code goes unused', async () => {
    const { events } = await outcome(fedavg, one, crippled);
    const warnings = events.filter((event) => event.kind === 'warning');
    expect(warnings.map((event) => event.message).join()).toMatch(/collapsed: 0\.0 active units/);
  });

  it('stop the training instead on request', async () => {
    await expect(outcome(fedavg, one, { ...crippled, alarms: { collapse: 'stop' } })).rejects.toThrow(
      /^the TCVAE collapsed: 0\.0 active units/,
    );
  });

  it('stop a training whose loss explodes, naming stage, round and loss', async () => {
    const wild = {
      ...tinyParameters,
      autoencoder: { ...tinyParameters.autoencoder, learningRate: 30 },
    };
    await expect(outcome(fedavg, one, wild)).rejects.toThrow(
      /stage autoencoder diverged: its loss is [\d.e+]+ in round 1; lower the learning rate/,
    );
  });
});

describe('T6: what the label does', () => {
  it('shows in the synthetic stays: septic ones have a faster pulse and more lactate measurements', async () => {
    const train = plantedCohort({ north: 200, south: 200 });
    const { synthetic } = await outcome(fedehrGen, train, {
      preprocessing: tinyParameters.preprocessing,
      autoencoder: { rounds: 4, localEpochs: 4, batch: 128, latents: 6, hidden: 24, learningRate: 5e-3 },
      tcvae: { rounds: 6, localEpochs: 4, batch: 32, z: 4, hidden: 24, mixture: 2, learningRate: 5e-3 },
      sampling: { calibrationStays: 200 },
    });
    const { steps, features } = train.schema;
    const contrast = (cohort: Cohort) => {
      const pulse = [0, 0];
      const pulses = [0, 0];
      const lactate = [0, 0];
      const hours = [0, 0];
      for (let i = 0; i < cohort.size; i++)
        for (let t = 0; t < cohort.length[i]!; t++) {
          const y = cohort.labels[i]!;
          const cell = (i * steps + t) * features.length;
          hours[y]!++;
          pulses[y]! += cohort.observed[cell]!;
          pulse[y]! += cohort.values[cell]!;
          lactate[y]! += cohort.observed[cell + 1]!;
        }
      return {
        pulse: pulse[1]! / pulses[1]! - pulse[0]! / pulses[0]!,
        lactate: lactate[1]! / hours[1]! - lactate[0]! / hours[0]!,
      };
    };
    const real = contrast(train);
    const drawn = contrast(synthetic);
    expect(real.pulse).toBeGreaterThan(20);
    expect(drawn.pulse).toBeGreaterThan(0.4 * real.pulse);
    expect(drawn.lactate).toBeGreaterThan(0.3 * real.lactate);
  });
});

describe('hospitals', () => {
  it('without training stays keep their place in the list and take no part', async () => {
    const train = { ...one, hospitals: ['east', 'north'], hospital: new Uint16Array(one.size).fill(1) };
    const generator = await fedavg.train({
      train,
      reference: train,
      parameters: tinyParameters,
      seed: 1,
      engine: 'onnx',
      emit: () => undefined,
    });
    const synthetic = await generator.synthesise({ east: 0, north: 9 }, 1);
    expect(synthetic.hospitals).toEqual(['east', 'north']);
    expect([...synthetic.hospital]).toEqual(Array<number>(9).fill(1));
    await expect(generator.synthesise({ east: 1 }, 1)).rejects.toThrow(/one of the hospitals north/);
    await generator.dispose();
  });

  it('with fewer than 50 stays withhold their moments, train and are drawn', async () => {
    const { ledger, synthetic } = await outcome(
      fedehrGen,
      plantedCohort({ north: 120, south: 30 }),
      tinyParameters,
    );
    expect(Object.keys(ledger.rounds.at(-1)!.weights!)).toEqual(['north', 'south']);
    expect(staysPerHospital(synthetic)).toEqual({ north: 40, south: 40 });
  });

  it('in which a label has one class only train, and are drawn with that class only', async () => {
    const train = plantedCohort({ north: 120, south: 70 });
    train.labels.forEach((_, row) => {
      if (train.hospital[row] === 1) train.labels[row] = 0;
    });
    const { synthetic } = await outcome(fedavg, train, tinyParameters);
    const classes = (hospital: number): number[] =>
      [...new Set(synthetic.labels.filter((_, row) => synthetic.hospital[row] === hospital))].sort();
    expect(classes(0)).toEqual([0, 1]);
    expect(classes(1)).toEqual([0]);
  });

  it('get as many stays as are asked for each', async () => {
    const generator = await fedavg.train({
      train: two,
      reference: two,
      parameters: tinyParameters,
      seed: 1,
      engine: 'onnx',
      emit: () => undefined,
    });
    expect(staysPerHospital(await generator.synthesise({ south: 17 }, 1))).toEqual({ north: 0, south: 17 });
    await expect(generator.synthesise({ west: 1 }, 1)).rejects.toThrow(/one of the hospitals north, south/);
    await generator.dispose();
  });
});
