import type { Random } from '../../engine/random.js';
import type { AutoencoderModel } from '../generatorModels.js';
import type { EncodedStays } from '../preprocessing/encodedStays.js';
import { BatchSeries } from './batchSeries.js';
import { MeanMonitors } from './meanMonitors.js';
import { NormalNoise } from './normalNoise.js';

/** Rows that the spread of the latents is measured on before every epoch. */
const rowsForScale = 4096;

/** Copies rows `order[from…from+count)` of a row-major matrix to the head of `target` and clears the rest. */
function gather(
  target: Float32Array,
  source: Float32Array | Uint8Array,
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

/** Standard deviation of every latent over some rows under the parameters that the model has now. */
async function latentScale(
  model: AutoencoderModel,
  stays: EncodedStays,
  order: Uint32Array,
): Promise<Float32Array> {
  const rows = Math.min(rowsForScale, stays.rows);
  const take = (source: Float32Array | Uint8Array): Float32Array => {
    const width = source.length / stays.rows;
    const taken = new Float32Array(rows * width);
    gather(taken, source, width, order, 0, rows);
    return taken;
  };
  const latents = await model.encode(model.training.parameters(), {
    rows,
    binary: take(stays.binary),
    continuous: take(stays.continuous),
    mask: take(stays.mask),
  });
  const scale = new Float32Array(model.latents);
  for (let x = 0; x < model.latents; x++) {
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = latents[row * model.latents + x]!;
      sum += value;
      squares += value * value;
    }
    scale[x] = Math.sqrt(Math.max(squares / rows - (sum / rows) ** 2, 0));
  }
  return scale;
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
  const { batch } = model;
  const normals = model.noisy ? new NormalNoise(random) : null;
  const columns = ['binary', 'continuous', 'mask', 'cellWeight'] as const;
  const widths = columns.map((name) => stays[name].length / stays.rows);
  const series = new BatchSeries(model.training, {
    binary: batch * widths[0]!,
    continuous: batch * widths[1]!,
    mask: batch * widths[2]!,
    cellWeight: batch * widths[3]!,
    rowWeight: batch,
    // A step without noise reads neither.
    noise: normals === null ? 0 : batch * model.latents,
    latentScale: normals === null ? 0 : model.latents,
  });
  const monitors = new MeanMonitors();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(stays.rows);
    const scale = normals === null ? null : await latentScale(model, stays, order);
    for (let from = 0; from < stays.rows; from += batch) {
      const count = Math.min(batch, stays.rows - from);
      const inputs = series.next(count);
      columns.forEach((name, i) => gather(inputs[name], stays[name], widths[i]!, order, from, count));
      inputs.rowWeight.fill(1, 0, count).fill(0, count);
      if (normals !== null && scale !== null) {
        normals.fill(inputs.noise);
        inputs.latentScale.set(scale);
      }
      if (series.full) await series.train(learningRate, monitors);
    }
    await series.train(learningRate, monitors);
  }
  return monitors.means();
}
