import * as tf from '@tensorflow/tfjs-core';
import { layoutOf } from '../../../src/engine/parameters.js';
import { compileTraining } from '../../../src/engine/training.js';
import type { AggregationRule } from '../../../src/federation/aggregation/contract.js';
import { CommunicationLedger } from '../../../src/federation/ledger.js';
import { LocalOptimiser } from '../../../src/federation/local/localOptimiser.js';
import { adamTerms } from '../../../src/trainers/generator/adamTerms.js';
import { federatedRounds } from '../../../src/trainers/generator/federatedRounds.js';
import type { RoundEvent } from '../../../src/trainers/contract.js';

/** A hospital whose loss is ½·Σ_i curvature_i·(x_i − target_i)². */
export interface QuadraticHospital {
  readonly stays: number;
  readonly curvature: readonly number[];
  readonly target: readonly number[];
  readonly steps: number;
}

/** Rounds of the product's own loop over hospitals with quadratic losses; all start from zeros. */
export async function trainQuadratic(
  rule: AggregationRule,
  hospitals: Readonly<Record<string, QuadraticHospital>>,
  options: { readonly rounds: number; readonly learningRate: number },
): Promise<{ parameters: Float32Array; events: RoundEvent[] }> {
  const local = rule.local ?? {};
  const first = Object.values(hospitals)[0]!;
  const size = first.target.length;
  const opened = await Promise.all(
    Object.entries(hospitals).map(async ([hospital, { steps, ...loss }]) => {
      const training = await compileTraining(
        {
          layout: layoutOf([{ name: 'x', shape: [size], initial: 'zeros' }]),
          batch: { curvature: [size], target: [size] },
          loss: (parameters, batch) => ({
            loss: tf.sum(
              tf.mul(tf.mul(0.5, batch['curvature']!), tf.square(tf.sub(parameters['x']!, batch['target']!))),
            ),
          }),
          adam: adamTerms(local),
        },
        { engine: 'cpu' },
      );
      const batch = {
        curvature: Float32Array.from(loss.curvature),
        target: Float32Array.from(loss.target),
      };
      return { hospital, steps, training, batch, optimiser: new LocalOptimiser() };
    }),
  );
  const outcome = await federatedRounds(
    {
      stage: 'quadratic',
      rounds: options.rounds,
      localEpochs: 1,
      learningRate: options.learningRate,
      initial: new Float32Array(size),
      rule,
      size,
      seed: 1,
      stays: Object.fromEntries(Object.entries(hospitals).map(([id, { stays }]) => [id, stays])),
      summaries: {},
      ask: async (request) => {
        const replies = [];
        for (const { hospital, steps, training, batch, optimiser } of opened) {
          const asked = request(hospital);
          const reply = await optimiser.run(
            { training, local },
            asked,
            () => new Float32Array(size),
            async () => {
              let monitors: Record<string, number> = {};
              for (let step = 0; step < steps; step++)
                monitors = await training.run(batch, asked.learningRate);
              return monitors;
            },
          );
          replies.push({ hospital, reply });
        }
        return { replies, absent: {} };
      },
    },
    { ledger: new CommunicationLedger(), emit: () => undefined },
  );
  await Promise.all(opened.map(({ training }) => training.dispose()));
  return outcome;
}
