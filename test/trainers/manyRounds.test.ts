import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fedavg } from '../../src/trainers/fedavg.js';
import { plantedCohort, tinyParameters } from './plantedCohort.js';

const ROUNDS = 500;
const cohort = plantedCohort({ north: 60, south: 50 });

describe('memory over 500 rounds', () => {
  it('is flat: no tensor is left over, and the process hardly grows', async () => {
    const tensors: number[] = [];
    const megabytes: number[] = [];
    const generator = await fedavg.train({
      train: cohort,
      reference: cohort,
      parameters: {
        ...tinyParameters,
        autoencoder: { ...tinyParameters.autoencoder, rounds: ROUNDS },
        alarms: { collapse: 'warn', divergence: 'warn' },
      },
      seed: 1,
      engine: 'onnx',
      emit(event) {
        if (event.kind !== 'round' || event.stage !== 'autoencoder' || event.round % 50 !== 0) return;
        tensors.push(tf.memory().numTensors);
        megabytes.push(process.memoryUsage().rss / 2 ** 20);
      },
    });
    await generator.dispose();
    expect(tensors).toHaveLength(ROUNDS / 50);
    expect(new Set(tensors).size).toBe(1);
    // The first fifth warms up compiled code and the garbage collector.
    expect(Math.max(...megabytes.slice(2)) - megabytes[1]!).toBeLessThan(40);
  }, 900_000);
});
