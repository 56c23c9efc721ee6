import type { Random } from '../../engine/random.js';
import type { TcvaeModel } from '../generatorModels.js';
import type { ReplyOf } from '../messages.js';
import { MeanMonitors } from './meanMonitors.js';
import { NormalNoise } from './normalNoise.js';
import { StepDivergence } from './stepDivergence.js';

/** A hospital's stays as the TCVAE reads them. */
export interface LatentStays {
  /** [stays + 1], first row of every stay. */
  readonly firstRow: Uint32Array;
  /** [rows × latents], standardised */
  readonly latents: Float32Array;
  /** [stays × width] */
  readonly conditions: Float32Array;
  /** Stays with a positive first binary label; a share of every batch may be drawn from them. */
  readonly positives: Uint32Array;
  /** [stays], weight of every stay in the objective; all alike where absent. */
  readonly weights?: Float32Array;
}

/** Units of the code whose posterior mean varies: variance over all added steps above 0.01 (Burda et al. 2016). */
export class ActiveUnits {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #steps = 0;

  constructor(codes: number) {
    this.#sums = new Float64Array(codes);
    this.#squares = new Float64Array(codes);
  }

  /** Adds posterior means [steps × codes] where the mask [steps] is not 0. */
  add(means: Float32Array, stepMask: Float32Array): void {
    const codes = this.#sums.length;
    for (let step = 0; step < stepMask.length; step++) {
      if (stepMask[step] === 0) continue;
      this.#steps++;
      for (let unit = 0; unit < codes; unit++) {
        const value = means[step * codes + unit]!;
        this.#sums[unit]! += value;
        this.#squares[unit]! += value * value;
      }
    }
  }

  count(): number {
    const steps = Math.max(this.#steps, 1);
    return this.#sums.reduce(
      (active, sum, unit) => active + (this.#squares[unit]! / steps - (sum / steps) ** 2 > 0.01 ? 1 : 0),
      0,
    );
  }
}

/**
 * Trains the loaded TCVAE for some epochs on the stays of a hospital. Stays come in random order; `positiveShare` of every
 * batch are random positive stays in place of those whose turn it is, since a rare label teaches little otherwise, so that in
 * an epoch each stay has its turn with probability 1 − `positiveShare`. Steps beyond a stay's end and padded stays carry
 * weight 0.
 *
 * @returns monitors averaged over stays, and active units and divergence per step over all stays of the last epoch
 */
export async function tcvaeEpochs(
  model: TcvaeModel,
  stays: LatentStays,
  epochs: number,
  learningRate: number,
  beta: number,
  random: Random,
): Promise<Pick<ReplyOf<'trainTcvae'>, 'monitors' | 'divergence'>> {
  const { batch, steps, latents } = model;
  const size = stays.firstRow.length - 1;
  const width = stays.conditions.length / size;
  const normals = new NormalNoise(random);
  const inputs = {
    latent: new Float32Array(steps * batch * latents),
    condition: new Float32Array(batch * width),
    stepMask: new Float32Array(steps * batch),
    rowWeight: new Float32Array(batch),
    noise: new Float32Array(model.codesPerStay * batch * model.codes),
    beta: Float32Array.of(beta),
  };
  const monitors = new MeanMonitors();
  const active = new ActiveUnits(model.codes);
  const divergence = new StepDivergence(model.codesPerStay);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(size);
    for (let from = 0; from < size; from += batch) {
      const count = Math.min(batch, size - from);
      const repeated = stays.positives.length > 0 ? Math.round(model.positiveShare * count) : 0;
      if (model.noise > 0) normals.fill(inputs.latent);
      for (let i = 0; i < batch; i++) {
        let stay = i < count ? order[from + i]! : -1;
        if (i >= count - repeated && i < count)
          stay = stays.positives[random.integer(stays.positives.length)]!;
        inputs.rowWeight[i] = stay < 0 ? 0 : (stays.weights?.[stay] ?? 1);
        const length = stay < 0 ? 0 : stays.firstRow[stay + 1]! - stays.firstRow[stay]!;
        for (let t = 0; t < steps; t++) {
          const to = (t * batch + i) * latents;
          inputs.stepMask[t * batch + i] = t < length ? 1 : 0;
          if (t >= length) {
            inputs.latent.fill(0, to, to + latents);
            continue;
          }
          const row = (stays.firstRow[stay]! + t) * latents;
          for (let x = 0; x < latents; x++)
            inputs.latent[to + x] =
              stays.latents[row + x]! + (model.noise > 0 ? model.noise * inputs.latent[to + x]! : 0);
        }
        if (stay < 0) inputs.condition.fill(0, i * width, (i + 1) * width);
        else inputs.condition.set(stays.conditions.subarray(stay * width, (stay + 1) * width), i * width);
      }
      normals.fill(inputs.noise);
      monitors.add(await model.training.run(inputs, learningRate), count);
      if (epoch === epochs - 1) {
        const found = await model.diagnose(model.training.parameters(), inputs);
        // One code for the whole stay counts where the stay has a first step.
        const mask = inputs.stepMask.subarray(0, model.codesPerStay * batch);
        active.add(found.posteriorMean, mask);
        divergence.add(found.divergence, mask);
      }
    }
  }
  return {
    monitors: { ...monitors.means(), activeUnits: active.count() },
    divergence: divergence.released(),
  };
}
