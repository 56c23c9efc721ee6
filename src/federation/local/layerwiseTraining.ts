import {
  joined,
  layersOf,
  pickNeurons,
  scatterInputs,
  type LayerValues,
} from '../aggregation/layerValues.js';
import { freshState, type AutoencoderModel, type GeneratorModels } from '../generatorModels.js';
import type { ReplyOf, RequestOf } from '../messages.js';
import type { LayerwiseMemory } from './optimiserMemory.js';

const notMatched = (): never => {
  throw new Error('the hospital was asked to freeze layers before they were matched');
};

/**
 * A hospital's part in FedMA: its own network, whose first layers are replaced by matched ones and frozen one after the
 * other while the layers behind them are trained again. Adam's moments start anew with every layer.
 */
export class LayerwiseTraining {
  #layers: LayerValues[] = [];
  /** Place of every own neuron in the matched layers, one array a layer. */
  #places: Uint32Array[] = [];

  constructor(
    private readonly models: GeneratorModels,
    /** Own start values, where the server sends none. */
    private readonly initial: () => Float32Array,
  ) {}

  memory(): LayerwiseMemory {
    return { layers: this.#layers, places: this.#places };
  }

  recall({ layers, places }: LayerwiseMemory): void {
    this.#layers = [...layers];
    this.#places = [...places];
  }

  async run(
    request: RequestOf<'trainLayers'>,
    train: (model: AutoencoderModel) => Promise<Record<string, number>>,
  ): Promise<ReplyOf<'trainLayers'>> {
    const { frozen, send } = request;
    if (frozen > 0) this.#freeze(request);
    else if (request.pass === 1) this.#layers = this.#started(request.start ?? this.initial());
    else this.#restart(request.start ?? notMatched());
    const model = frozen === 0 ? this.models.autoencoder : await this.models.autoencoderAt(this.#widths());
    const start = joined(this.#layers);
    model.training.load(freshState(start));
    if (frozen > 0) {
      const held = joined(this.#layers.slice(0, frozen)).length;
      model.training.trainable(new Float32Array(start.length).fill(1, held));
    }
    const monitors = await train(model);
    const { parameters } = model.training.state();
    this.#layers = layersOf(parameters, [
      this.#layers[0]!.inputs,
      ...this.#layers.map(({ outputs }) => outputs),
    ]);
    return { parameters: joined(this.#layers.slice(frozen, frozen + send)), monitors };
  }

  #widths(): { hidden: number; latents: number; decoderHidden: number } {
    const [hidden, latents, decoderHidden] = this.#layers.map(({ outputs }) => outputs);
    return { hidden: hidden!, latents: latents!, decoderHidden: decoderHidden! };
  }

  #started(parameters: Float32Array): LayerValues[] {
    const { layout, chain } = this.models.autoencoder;
    const shapes = chain.layers.map(({ weight }) => layout.specs.find(({ name }) => name === weight)!.shape);
    return layersOf(parameters, [shapes[0]![0]!, ...shapes.map((shape) => shape[1]!)]);
  }

  /** Puts the layer that was matched last in the place of the own one, and its successor on the matched inputs. */
  #freeze({ frozen, matched, places }: RequestOf<'trainLayers'>): void {
    if (matched === null || places === null) return notMatched();
    const own = this.#layers[frozen - 1]!;
    const outputs = matched.length / (own.inputs + 1);
    this.#layers[frozen - 1] = { inputs: own.inputs, outputs, values: matched };
    this.#layers[frozen] = scatterInputs(this.#layers[frozen]!, places, outputs);
    this.#places[frozen - 1] = places;
  }

  /** The own part of the global network: the neurons that the own ones were matched to, at the own width. */
  #restart(averaged: Float32Array): void {
    const matched = this.#places.length;
    const outputs = this.#layers.map((layer) => layer.outputs);
    const last = layersOf(averaged, outputs.slice(matched - 1));
    this.#layers = [...this.#layers.slice(0, matched), ...last].map((layer, l) =>
      pickNeurons(layer, this.#places[l - 1] ?? null, this.#places[l] ?? null),
    );
    this.#places = [];
  }
}
