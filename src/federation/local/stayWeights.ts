import type { LatentStays } from './tcvaeEpochs.js';

/** Bounds of a weight before it is scaled to mean 1. */
const [least, most] = [0.1, 10];
/** Least variance of a latent at one hospital, in units of all hospitals' variance. */
const leastVariance = 1e-3;

/**
 * Weights of a hospital's stays: r = (p_global / p_hospital)^λ, clipped to 0.1…10 and scaled to mean 1. A stay's log density is
 * the mean over its steps, under a diagonal Gaussian: standard normal for all hospitals, since latents are standardised with
 * their moments, and the hospital's own moments for itself. Nothing of it leaves the hospital. λ = 0 gives exact ones.
 */
export function stayWeights(
  { firstRow, latents }: Pick<LatentStays, 'firstRow' | 'latents'>,
  lambda: number,
): Float32Array {
  const stays = firstRow.length - 1;
  const rows = firstRow[stays]!;
  const width = latents.length / rows;
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (let row = 0; row < rows; row++)
    for (let x = 0; x < width; x++) mean[x]! += latents[row * width + x]! / rows;
  for (let row = 0; row < rows; row++)
    for (let x = 0; x < width; x++) variance[x]! += (latents[row * width + x]! - mean[x]!) ** 2 / rows;
  const clipped = Float64Array.from({ length: stays }, (_, stay) => {
    let logRatio = 0;
    for (let row = firstRow[stay]!; row < firstRow[stay + 1]!; row++)
      for (let x = 0; x < width; x++) {
        // A latent that does not vary over all hospitals is 0 everywhere and tells nothing.
        if (variance[x] === 0 && mean[x] === 0) continue;
        const own = Math.max(variance[x]!, leastVariance);
        const value = latents[row * width + x]!;
        logRatio += 0.5 * ((value - mean[x]!) ** 2 / own + Math.log(own) - value * value);
      }
    const steps = Math.max(firstRow[stay + 1]! - firstRow[stay]!, 1);
    return Math.min(Math.max(Math.exp((lambda * logRatio) / steps), least), most);
  });
  const average = clipped.reduce((sum, weight) => sum + weight, 0) / stays;
  return Float32Array.from(clipped, (weight) => weight / average);
}
