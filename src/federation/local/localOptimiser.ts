import type { OptimiserState, TrainingStep } from '../../engine/contract.js';
import type { LocalTerm } from '../aggregation/contract.js';
import { freshState } from '../generatorModels.js';
import type { ReplyOf, RequestOf } from '../messages.js';
import { clippedUpdate } from './clipUpdate.js';

/**
 * Local training that goes on where the last round ended: parameters come from the server, Adam's moments and the
 * hospital's control variate stay here.
 */
export class LocalOptimiser {
  #state: OptimiserState | null = null;
  #control: Float32Array | null = null;

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
      this.#state === null || request.resetMoments
        ? freshState(start)
        : { ...this.#state, parameters: start };
    training.load(before);
    if (local.proximal !== undefined) training.anchor(start);
    const own = this.#control ?? new Float32Array(start.length);
    if (local.controlVariates === true)
      training.control(own.map((value, i) => (request.control?.[i] ?? 0) - value));
    const monitors = await train();
    this.#state = training.state();
    const { parameters, updates } = this.#state;
    const mean = local.controlVariates === true ? training.meanGradient() : null;
    const controlChange = mean?.map((value, i) => value - own[i]!) ?? null;
    // The rounded change is what the server adds up, so that c stays the mean of all c_k.
    if (controlChange !== null) this.#control = own.map((value, i) => value + controlChange[i]!);
    return {
      parameters:
        local.clipUpdate === undefined
          ? parameters.slice()
          : clippedUpdate(start, parameters, local.clipUpdate),
      steps: updates - before.updates,
      controlChange,
      monitors,
    };
  }
}
