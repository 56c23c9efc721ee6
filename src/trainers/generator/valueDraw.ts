import { namedArrays } from '../../engine/parameters.js';
import type { Random } from '../../engine/random.js';
import type { DrawnHeads, ObservationModel } from '../../federation/generatorModels.js';

/**
 * Draws the values of one stay's step in the order of the columns: each sees the innovations of those before it, as
 * `valuesLogDensity` counts them.
 */
export class ValueDraw {
  readonly #seenWeights: Float32Array;
  readonly #newWeights: Float32Array;
  readonly #seenShift: Float64Array;
  readonly #newShift: Float64Array;
  readonly #density: Float64Array;
  readonly #extent: number;

  constructor(model: Pick<ObservationModel, 'layout' | 'history' | 'mixtures'>, parameters: Float32Array) {
    const arrays = namedArrays(model.layout, parameters);
    this.#extent = model.history.continuous;
    this.#seenWeights = arrays['values_chain_seen_w']!;
    this.#newWeights = arrays['values_chain_new_w']!;
    this.#seenShift = new Float64Array(this.#extent);
    this.#newShift = new Float64Array(this.#extent);
    this.#density = new Float64Array(model.mixtures);
  }

  begin(): void {
    this.#seenShift.fill(0);
    this.#newShift.fill(0);
  }

  /** The score of column `c`; `from` is where the row's heads start. */
  draw(
    heads: DrawnHeads,
    from: number,
    c: number,
    carried: number,
    average: number,
    seen: boolean,
    temperature: number,
    random: Random,
  ): number {
    const extent = this.#extent;
    const mixtures = this.#density.length;
    let top = -Infinity;
    for (let k = 0; k < mixtures; k++) top = Math.max(top, heads.logits[from + k * extent + c]!);
    let total = 0;
    for (let k = 0; k < mixtures; k++)
      total += this.#density[k] = Math.exp(heads.logits[from + k * extent + c]! - top);
    let left = random.uniform() * total;
    let chosen = 0;
    while (chosen < mixtures - 1 && left >= this.#density[chosen]!) left -= this.#density[chosen++]!;
    const at = from + chosen * extent + c;
    const shift = seen ? this.#seenShift[c]! : this.#newShift[c]!;
    const anchor = carried + heads.pull[at]! * (average - carried);
    const deviation = Math.exp(0.5 * heads.logVariance[at]!) * temperature;
    return heads.mean[at]! + heads.gate[at]! * anchor + shift + deviation * random.normal();
  }

  /** Lets later columns see the innovation of column `c`. */
  tell(c: number, innovation: number, seen: boolean): void {
    const extent = this.#extent;
    const row = (seen ? c : extent + c) * extent;
    for (let later = c + 1; later < extent; later++) {
      this.#seenShift[later]! += innovation * this.#seenWeights[row + later]!;
      this.#newShift[later]! += innovation * this.#newWeights[row + later]!;
    }
  }
}
