import { compileStep } from '../../engine/compile.js';
import type { EngineName } from '../../engine/contract.js';
import { eventDecoder } from '../../models/eventAutoencoder.js';
import { inChunks } from '../generator/rowChunks.js';
import type { EventReader } from './drawableModel.js';
import type { OpenedText, RawmedModel } from './rawmedModel.js';
import { eventParser, type DecodedEvent } from './text/decodeEvent.js';

const keyOf = (codes: readonly number[]): string => String.fromCharCode(...codes);

/**
 * Compiles the decoder of a model. Events of equal codes are read once.
 *
 * @param chunk events that one run of the decoder takes
 */
export async function openEventReader(
  model: RawmedModel,
  { autoencoder, tokeniser }: OpenedText,
  engine: EngineName,
  chunk: number,
): Promise<EventReader> {
  const { step, inputs } = eventDecoder(autoencoder, chunk);
  const decoder = await compileStep(step, inputs, { engine });
  const parse = eventParser(model.tables, tokeniser);
  const { length } = autoencoder;
  const known = new Map<string, DecodedEvent>();
  return {
    async read(codes) {
      const unknown = new Map(
        codes.map((own) => [keyOf(own), own] as const).filter(([key]) => !known.has(key)),
      );
      if (unknown.size > 0) {
        const floats = Float32Array.from([...unknown.values()].flat());
        const fixed = { ...model.autoencoder };
        const ids = await inChunks(decoder, chunk, unknown.size, { codes: floats }, fixed);
        [...unknown.keys()].forEach((key, event) => {
          const own = (stream: 'tokens' | 'types'): Float32Array =>
            ids[stream]!.subarray(event * length, (event + 1) * length);
          known.set(key, parse(own('tokens'), own('types')));
        });
      }
      return codes.map((own) => known.get(keyOf(own))!);
    },
    dispose: () => decoder.dispose(),
  };
}
