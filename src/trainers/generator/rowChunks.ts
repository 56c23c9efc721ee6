import type { Arrays, CompiledStep } from '../../engine/contract.js';

/** Arrays of one chunk by name, kept from call to call: a draw makes thousands of calls, and fresh memory costs more than the step. */
interface ChunkArrays {
  readonly inputs: Map<string, Float32Array>;
  outputs: Record<string, Float32Array>;
}

/** Absent while a call uses them, so that calls at the same time never share arrays. */
const idle = new WeakMap<CompiledStep, ChunkArrays>();

function bufferOf({ inputs }: ChunkArrays, name: string, size: number): Float32Array {
  let buffer = inputs.get(name);
  if (buffer?.length !== size) inputs.set(name, (buffer = new Float32Array(size)));
  return buffer;
}

/**
 * Runs a compiled step of `chunk` rows over any number of rows: arrays are row-major, numbers or bytes, and padded with zeros.
 *
 * @param into arrays of a call with as many rows that are written to; they may be inputs of this one, since a chunk is read before it is written
 */
export async function inChunks(
  step: CompiledStep,
  chunk: number,
  rows: number,
  inputs: Readonly<Record<string, Float32Array | Uint8Array>>,
  fixed: Arrays,
  into: Arrays = {},
): Promise<Record<string, Float32Array>> {
  const own = idle.get(step) ?? { inputs: new Map<string, Float32Array>(), outputs: {} };
  idle.delete(step);
  const padded = Object.entries(inputs).map(([name, array]) => ({
    array,
    width: array.length / rows,
    buffer: bufferOf(own, name, (chunk * array.length) / rows),
    name,
  }));
  const batch: Arrays = {
    ...fixed,
    ...Object.fromEntries(padded.map(({ name, buffer }) => [name, buffer])),
  };
  const whole: Record<string, Float32Array> = {};
  for (let from = 0; from < rows; from += chunk) {
    const count = Math.min(chunk, rows - from);
    for (const { array, width, buffer } of padded) {
      buffer.set(array.subarray(from * width, (from + count) * width));
      buffer.fill(0, count * width);
    }
    own.outputs = await step.run(batch, own.outputs);
    for (const [name, part] of Object.entries(own.outputs)) {
      const width = part.length / chunk;
      whole[name] ??= into[name] ?? new Float32Array(rows * width);
      whole[name].set(part.subarray(0, count * width), from * width);
    }
  }
  idle.set(step, own);
  return whole;
}
