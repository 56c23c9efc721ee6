import type { Arrays, CompiledStep } from '../../engine/contract.js';

/** Runs a compiled step of `chunk` rows over any number of rows: arrays are row-major and padded with zeros. */
export async function inChunks(
  step: CompiledStep,
  chunk: number,
  rows: number,
  inputs: Arrays,
  fixed: Arrays,
): Promise<Record<string, Float32Array>> {
  const padded = Object.fromEntries(
    Object.entries(inputs).map(([name, array]) => [
      name,
      { array, width: array.length / rows, buffer: new Float32Array((chunk * array.length) / rows) },
    ]),
  );
  const whole: Record<string, Float32Array> = {};
  for (let from = 0; from < rows; from += chunk) {
    const count = Math.min(chunk, rows - from);
    const batch: Record<string, Float32Array> = { ...fixed };
    for (const [name, { array, width, buffer }] of Object.entries(padded)) {
      buffer.fill(0).set(array.subarray(from * width, (from + count) * width));
      batch[name] = buffer;
    }
    for (const [name, part] of Object.entries(await step.run(batch))) {
      const width = part.length / chunk;
      whole[name] ??= new Float32Array(rows * width);
      whole[name].set(part.subarray(0, count * width), from * width);
    }
  }
  return whole;
}
