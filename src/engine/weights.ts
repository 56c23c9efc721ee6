import * as tf from '@tensorflow/tfjs-core';
import type { io } from '@tensorflow/tfjs-core';
import { onBackend, loadBackend } from './backends.js';
import type { ParameterLayout } from './contract.js';
import { namedArrays } from './parameters.js';

/** Parameters as tfjs-core encodes weights: a manifest entry per tensor and their values, little-endian float32. */
export interface EncodedParameters {
  readonly specs: readonly io.WeightsManifestEntry[];
  readonly data: Uint8Array;
}

/** Encodes the named tensors of a flat vector with tfjs-core's own weight encoding. */
export async function encodeParameters(
  layout: ParameterLayout,
  flat: Float32Array,
): Promise<EncodedParameters> {
  const arrays = namedArrays(layout, flat);
  await loadBackend('cpu');
  const encoding = await onBackend('cpu', () => {
    const tensors = layout.specs.map(({ name, shape }) => ({
      name,
      tensor: tf.tensor(arrays[name]!.slice(), [...shape], 'float32'),
    }));
    // encodeWeights reads the tensors at once; only the copying into one buffer is asynchronous.
    const encoded = tf.io.encodeWeights(tensors);
    return { tensors, encoded };
  });
  const { data, specs } = await encoding.encoded;
  for (const { tensor } of encoding.tensors) tensor.dispose();
  return { specs, data: new Uint8Array(data) };
}

/**
 * The flat vector behind encoded parameters.
 * @throws Error naming the tensor, when names, shapes, types or lengths do not fit the layout
 */
export async function decodeParameters(
  layout: ParameterLayout,
  encoded: EncodedParameters,
): Promise<Float32Array> {
  checkAgainst(layout, encoded);
  await loadBackend('cpu');
  const tensors = await onBackend('cpu', () =>
    tf.io.decodeWeights(
      encoded.data.buffer.slice(
        encoded.data.byteOffset,
        encoded.data.byteOffset + encoded.data.byteLength,
      ) as ArrayBuffer,
      [...encoded.specs],
    ),
  );
  const flat = new Float32Array(layout.size);
  for (const { name, offset } of layout.specs) {
    const tensor = tensors[name]!;
    flat.set(tensor.dataSync(), offset);
    tensor.dispose();
  }
  return flat;
}

const text = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

function checkAgainst(layout: ParameterLayout, { specs, data }: EncodedParameters): void {
  const stored = new Map(specs.map((spec) => [spec.name, spec]));
  if (stored.size !== specs.length) throw new Error('the stored weights name a tensor twice');
  for (const { name, shape } of layout.specs) {
    const spec = stored.get(name);
    if (spec === undefined) {
      throw new Error(
        `the stored weights lack the tensor ${name}; they hold ${specs.map((entry) => entry.name).join(', ')}`,
      );
    }
    if (spec.dtype !== 'float32' || spec.quantization !== undefined) {
      throw new Error(`stored tensor ${name}: expected plain float32, found ${spec.dtype}`);
    }
    if (text(spec.shape) !== text(shape)) {
      throw new Error(`stored tensor ${name}: expected shape ${text(shape)}, found ${text(spec.shape)}`);
    }
    stored.delete(name);
  }
  if (stored.size > 0) {
    throw new Error(
      `the stored weights hold tensors that the model does not have: ${[...stored.keys()].join(', ')}`,
    );
  }
  if (data.byteLength !== 4 * layout.size) {
    throw new Error(`the stored weights: expected ${4 * layout.size} bytes, found ${data.byteLength}`);
  }
}
