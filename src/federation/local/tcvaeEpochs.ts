import type { Random } from '../../engine/random.js';
import type { TcvaeModel } from '../generatorModels.js';
import { MeanMonitors } from './meanMonitors.js';
import { NormalNoise } from './normalNoise.js';

/** A hospital's stays as the TCVAE reads them. */
export interface LatentStays {
  /** [stays + 1], first row of every stay. */
  readonly firstRow: Uint32Array;
  /** [rows × latents], standardised */
  readonly latents: Float32Array;
  /** [stays × width] */
  readonly conditions: Float32Array;
}

/**
 * Trains the loaded TCVAE for some epochs on the stays of a hospital; every stay is seen once an epoch. Steps beyond a
 * stay's end and padded stays carry weight 0.
 *
 * @returns monitors averaged over stays
 */
export async function tcvaeEpochs(
  model: TcvaeModel,
  stays: LatentStays,
  epochs: number,
  learningRate: number,
  beta: number,
  random: Random,
): Promise<Record<string, number>> {
  const { batch, steps, latents } = model;
  const size = stays.firstRow.length - 1;
  const width = stays.conditions.length / size;
  const normals = new NormalNoise(random);
  const inputs = {
    latents: new Float32Array(steps * batch * latents),
    condition: new Float32Array(batch * width),
    inside: new Float32Array(steps * batch),
    noise: new Float32Array(steps * batch * model.z),
    beta: Float32Array.of(beta),
  };
  const monitors = new MeanMonitors();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(size);
    for (let from = 0; from < size; from += batch) {
      const count = Math.min(batch, size - from);
      if (model.noise > 0) normals.fill(inputs.latents);
      for (let i = 0; i < batch; i++) {
        const stay = i < count ? order[from + i]! : -1;
        const length = stay < 0 ? 0 : stays.firstRow[stay + 1]! - stays.firstRow[stay]!;
        for (let t = 0; t < steps; t++) {
          const to = (t * batch + i) * latents;
          inputs.inside[t * batch + i] = t < length ? 1 : 0;
          if (t >= length) {
            inputs.latents.fill(0, to, to + latents);
            continue;
          }
          const row = (stays.firstRow[stay]! + t) * latents;
          for (let x = 0; x < latents; x++)
            inputs.latents[to + x] =
              stays.latents[row + x]! + (model.noise > 0 ? model.noise * inputs.latents[to + x]! : 0);
        }
        if (stay < 0) inputs.condition.fill(0, i * width, (i + 1) * width);
        else inputs.condition.set(stays.conditions.subarray(stay * width, (stay + 1) * width), i * width);
      }
      normals.fill(inputs.noise);
      monitors.add(await model.training.run(inputs, learningRate), count);
    }
  }
  return monitors.means();
}
