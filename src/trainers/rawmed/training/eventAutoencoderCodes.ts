import { compileStep } from '../../../engine/compile.js';
import type { EngineOptions } from '../../../engine/contract.js';
import { eventDecoder, eventEncoder } from '../../../models/eventAutoencoder.js';
import { codesPerEvent, type EventAutoencoderOptions } from '../../../models/eventAutoencoderOptions.js';
import { inChunks } from '../../generator/rowChunks.js';
import type { DrawableAutoencoder } from '../rawmedModel.js';
import type { EventIds } from './eventAutoencoderSteps.js';

/** Rows that one run of a compiled step takes. */
const CHUNK = 256;

const fixedOf = ({ parameters, running, codebook }: DrawableAutoencoder): Record<string, Float32Array> => ({
  parameters,
  running,
  codebook,
});

/** Nearest codes of events: [count · codes of an event]. */
export async function encodedEvents(
  options: EventAutoencoderOptions,
  autoencoder: DrawableAutoencoder,
  events: EventIds,
  engine: EngineOptions,
): Promise<Uint16Array> {
  if (events.count === 0) return new Uint16Array();
  const { step, inputs } = eventEncoder(options, CHUNK);
  const compiled = await compileStep(step, inputs, engine);
  try {
    const streams = {
      tokens: Float32Array.from(events.tokens),
      types: Float32Array.from(events.types),
      places: Float32Array.from(events.places),
    };
    const { codes } = await inChunks(compiled, CHUNK, events.count, streams, fixedOf(autoencoder));
    return Uint16Array.from(codes!);
  } finally {
    await compiled.dispose();
  }
}

/** The likeliest ids of events from their codes, [count · L] each. */
export async function decodedEvents(
  options: EventAutoencoderOptions,
  autoencoder: DrawableAutoencoder,
  codes: Uint16Array,
  engine: EngineOptions,
): Promise<Pick<EventIds, 'count' | 'tokens' | 'types' | 'places'>> {
  const count = codes.length / codesPerEvent(options);
  if (!Number.isInteger(count)) throw new Error(`${codes.length} codes are no whole number of events`);
  if (count === 0)
    return { count, tokens: new Uint16Array(), types: new Uint8Array(), places: new Uint8Array() };
  const { step, inputs } = eventDecoder(options, CHUNK);
  const compiled = await compileStep(step, inputs, engine);
  try {
    const floats = { codes: Float32Array.from(codes) };
    const ids = await inChunks(compiled, CHUNK, count, floats, fixedOf(autoencoder));
    return {
      count,
      tokens: Uint16Array.from(ids['tokens']!),
      types: Uint8Array.from(ids['types']!),
      places: Uint8Array.from(ids['places']!),
    };
  } finally {
    await compiled.dispose();
  }
}
