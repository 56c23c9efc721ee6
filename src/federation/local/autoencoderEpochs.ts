import type { Random } from '../../engine/random.js';
import type { AutoencoderModel } from '../generatorModels.js';
import type { EncodedStays } from '../preprocessing/encodedStays.js';
import { MeanMonitors } from './meanMonitors.js';
import { NormalNoise } from './normalNoise.js';

/** Copies rows `order[from…from+count)` of a row-major matrix to the head of `target` and clears the rest. */
export function gather(
  target: Float32Array,
  source: Float32Array,
  width: number,
  order: Uint32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const row = order[from + i]! * width;
    const to = i * width;
    for (let x = 0; x < width; x++) target[to + x] = source[row + x]!;
  }
  target.fill(0, count * width);
}

/**
 * Trains the loaded autoencoder for some epochs on the rows of a hospital; every row is seen once an epoch, the last batch
 * is padded with weightless rows.
 *
 * @returns monitors averaged over rows
 */
export async function autoencoderEpochs(
  model: AutoencoderModel,
  stays: EncodedStays,
  epochs: number,
  learningRate: number,
  random: Random,
): Promise<Record<string, number>> {
  const channels = stays.values.length / stays.rows;
  const features = stays.masks.length / stays.rows;
  const { batch } = model;
  const noise = new NormalNoise(random);
  const inputs = {
    values: new Float32Array(batch * channels),
    weights: new Float32Array(batch * channels),
    masks: new Float32Array(batch * features),
    rows: new Float32Array(batch),
    noise: new Float32Array(batch * model.latents),
  };
  const monitors = new MeanMonitors();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(stays.rows);
    for (let from = 0; from < stays.rows; from += batch) {
      const count = Math.min(batch, stays.rows - from);
      gather(inputs.values, stays.values, channels, order, from, count);
      gather(inputs.weights, stays.weights, channels, order, from, count);
      gather(inputs.masks, stays.masks, features, order, from, count);
      inputs.rows.fill(1, 0, count).fill(0, count);
      noise.fill(inputs.noise);
      monitors.add(await model.training.run(inputs, learningRate), count);
    }
  }
  return monitors.means();
}
