/** One dense layer by itself: weights [inputs × outputs], then biases [outputs]. A network is its layers one after the other. */
export interface LayerValues {
  readonly inputs: number;
  readonly outputs: number;
  readonly values: Float32Array;
}

const layerSize = (inputs: number, outputs: number): number => (inputs + 1) * outputs;

/** Cuts a vector into layers; `widths` are the inputs of the first one and the outputs of each. */
export function layersOf(flat: Float32Array, widths: readonly number[]): LayerValues[] {
  let offset = 0;
  const layers = widths.slice(1).map((outputs, l): LayerValues => {
    const inputs = widths[l]!;
    const values = flat.slice(offset, offset + layerSize(inputs, outputs));
    offset += layerSize(inputs, outputs);
    return { inputs, outputs, values };
  });
  if (offset !== flat.length)
    throw new RangeError(`layers of these widths have ${offset} parameters, not ${flat.length}`);
  return layers;
}

/** The layers one after the other in one vector. */
export function joined(layers: readonly LayerValues[]): Float32Array {
  const flat = new Float32Array(layers.reduce((sum, { values }) => sum + values.length, 0));
  let offset = 0;
  for (const { values } of layers) {
    flat.set(values, offset);
    offset += values.length;
  }
  return flat;
}

/** Weights per neuron: one row [incoming weights | bias] each, [outputs × (inputs + 1)]. */
export function rowsOf({ inputs, outputs, values }: LayerValues): Float64Array {
  const rows = new Float64Array(values.length);
  for (let x = 0; x <= inputs; x++)
    for (let neuron = 0; neuron < outputs; neuron++)
      rows[neuron * (inputs + 1) + x] = values[x * outputs + neuron]!;
  return rows;
}

/** The layer whose neurons have these rows. */
export function layerOfRows(rows: Float64Array, inputs: number): LayerValues {
  const outputs = rows.length / (inputs + 1);
  const values = new Float32Array(rows.length);
  for (let x = 0; x <= inputs; x++)
    for (let neuron = 0; neuron < outputs; neuron++)
      values[x * outputs + neuron] = rows[neuron * (inputs + 1) + x]!;
  return { inputs, outputs, values };
}

/** The layer with its inputs at other places of a wider one; places that none of them takes get weights of zero. */
export function scatterInputs(layer: LayerValues, places: Uint32Array, inputs: number): LayerValues {
  const { outputs } = layer;
  const values = new Float32Array(layerSize(inputs, outputs));
  for (const [x, place] of places.entries())
    values.set(layer.values.subarray(x * outputs, (x + 1) * outputs), place * outputs);
  values.set(layer.values.subarray(layer.inputs * outputs), inputs * outputs);
  return { inputs, outputs, values };
}

/** The part of a layer that runs from some inputs to some outputs, in their order; null = all. */
export function pickNeurons(
  layer: LayerValues,
  inputs: Uint32Array | null,
  outputs: Uint32Array | null,
): LayerValues {
  const all = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
  const from = [...(inputs ?? all(layer.inputs)), layer.inputs];
  const to = outputs ?? all(layer.outputs);
  const values = new Float32Array(from.length * to.length);
  from.forEach((x, i) =>
    to.forEach((neuron, j) => (values[i * to.length + j] = layer.values[x * layer.outputs + neuron]!)),
  );
  return { inputs: from.length - 1, outputs: to.length, values };
}
