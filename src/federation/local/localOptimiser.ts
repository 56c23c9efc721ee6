import type { TrainingStep } from '../../engine/contract.js';
import type { LocalTerm } from '../aggregation/contract.js';
import { freshState } from '../generatorModels.js';
import type { ReplyOf, RequestOf } from '../messages.js';
import { clippedUpdate } from './clipUpdate.js';
import type { OptimiserMemory } from './optimiserMemory.js';

/**
 * Local training that goes on where the last round ended: parameters come from the server, Adam's moments and the
 * hospital's control variate stay here.
 */
export class LocalOptimiser {
  #moments: OptimiserMemory['moments'] = null;
  #control: Float32Array | null = null;

  memory(): OptimiserMemory {
    return { moments: this.#moments, control: this.#control };
  }

  recall({ moments, control }: OptimiserMemory): void {
    this.#moments = moments;
    this.#control = control;
  }

  /**
   * One round of local epochs with the local term that the aggregation rule asks for.
   *
   * SCAFFOLD (Karimireddy et al. 2020): gradients are corrected by c − c_k before Adam sees them, and the new c_k is the mean
   * of the uncorrected gradients at the visited points. Under plain gradient descent that is the paper's Option II; under
   * Adam, Option II's (θʳ − θ_k) / (K·η) would be a mean of Adam's directions and no gradient.
   */
  async run(
    { training, local }: { readonly training: TrainingStep; readonly local: LocalTerm },
    request: Pick<RequestOf<'trainAutoencoder'>, 'parameters' | 'resetMoments' | 'control'>,
    initial: () => Float32Array,
    train: () => Promise<Record<string, number>>,
  ): Promise<ReplyOf<'trainAutoencoder'>> {
    const start = request.parameters ?? initial();
    const before =
      this.#moments === null || request.resetMoments
        ? freshState(start)
        : { ...this.#moments, parameters: start };
    training.load(before);
    if (local.proximal !== undefined) training.anchor(start);
    const own = this.#control ?? new Float32Array(start.length);
    if (local.controlVariates === true)
      training.control(own.map((value, i) => (request.control?.[i] ?? 0) - value));
    const monitors = await train();
    const { parameters, ...moments } = training.state();
    this.#moments = moments;
    const mean = local.controlVariates === true ? training.meanGradient() : null;
    const controlChange = mean?.map((value, i) => value - own[i]!) ?? null;
    // The rounded change is what the server adds up, so that c stays the mean of all c_k.
    if (controlChange !== null) this.#control = own.map((value, i) => value + controlChange[i]!);
    return {
      parameters:
        local.clipUpdate === undefined
          ? parameters.slice()
          : clippedUpdate(start, parameters, local.clipUpdate),
      steps: moments.updates - before.updates,
      controlChange,
      monitors,
    };
  }
}
