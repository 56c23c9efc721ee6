import type { Random } from '../../engine/random.js';
import { TrainingFailure } from '../trainingFailure.js';
import { bbpMap, type BbpOptions } from './bbpMap.js';
import { layerOfRows, rowsOf, type LayerValues } from './layerValues.js';

export interface FedmaOptions extends BbpOptions {
  /** Largest width of a matched layer, as a multiple of the hospitals' own. */
  readonly growth: number;
  /** What happens beyond it: `hold` adds no more neurons, `fail` ends the training. */
  readonly beyondGrowth: 'hold' | 'fail';
  /** `fixed`: the latents stay as many as they are; `grow`: as any other layer. */
  readonly latents: 'fixed' | 'grow';
}

export interface MatchedLayer {
  /** The global layer; every hospital's neurons are among its own. */
  readonly layer: LayerValues;
  /** Per hospital: the place of each of its neurons in the global layer. */
  readonly places: readonly Uint32Array[];
  /** Share of the hospitals' neurons that are not where they were. */
  readonly moved: number;
}

/**
 * One layer of FedMA (Wang et al. 2020): the hospitals' neurons, all on the same inputs, are matched by BBP-MAP.
 *
 * @param name of the layer, for messages
 * @param latent whether its outputs are the latents
 * @throws TrainingFailure when the layer would grow beyond its limit and the options say `fail`
 */
export function matchFedmaLayer(
  hospitals: readonly LayerValues[],
  { name, latent }: { readonly name: string; readonly latent: boolean },
  options: FedmaOptions,
  random: Random,
): MatchedLayer {
  const { inputs } = hospitals[0]!;
  const widest = Math.max(...hospitals.map(({ outputs }) => outputs));
  const fixed = latent && options.latents === 'fixed';
  const limit = fixed ? widest : Math.floor(options.growth * widest);
  const matched = bbpMap(
    hospitals.map((layer) => ({ count: layer.outputs, rows: rowsOf(layer) })),
    inputs + 1,
    options,
    fixed || options.beyondGrowth === 'hold' ? limit : Infinity,
    random,
  );
  if (matched.count > limit)
    throw new TrainingFailure(
      `matching made ${matched.count} neurons of the ${widest} of ${name}, more than growth ${options.growth} allows (${limit}): ` +
        'choose beyondGrowth "hold", more growth, a smaller gamma or a larger variance',
    );
  let moved = 0;
  for (const places of matched.assignments)
    for (const [neuron, place] of places.entries()) if (place !== neuron) moved++;
  return {
    layer: layerOfRows(matched.rows, inputs),
    places: matched.assignments,
    moved: moved / hospitals.reduce((sum, { outputs }) => sum + outputs, 0),
  };
}
