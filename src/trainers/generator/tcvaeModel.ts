import { compileStep } from '../../engine/compile.js';
import type { CompiledStep, EngineOptions } from '../../engine/contract.js';
import { compileTraining } from '../../engine/training.js';
import type { LocalTerm } from '../../federation/aggregation/contract.js';
import type { TcvaeModel } from '../../federation/generatorModels.js';
import { adamTerms } from './adamTerms.js';
import type { GeneratorParameters } from './parameters.js';
import { weightedMean } from './weightedMean.js';
import { tcvaeDefinitions } from './tcvaeLevels.js';

/** Stays that are drawn at once. */
const chunk = 256;

/** Compiles training, posterior and sampler of the TCVAE for sequences and conditions of one dataset. */
export async function compileTcvae(
  steps: number,
  conditions: number,
  parameters: Pick<GeneratorParameters, 'autoencoder' | 'tcvae'>,
  local: LocalTerm,
  engine: EngineOptions,
): Promise<TcvaeModel & { dispose(): Promise<void> }> {
  const definitions = tcvaeDefinitions(steps, conditions, parameters);
  const { codesPerStay } = definitions;
  const { batch, weightDecay, clipNorm, z: codes } = parameters.tcvae;
  const { latents } = parameters.autoencoder;
  const definition = definitions.training(batch, { weightDecay, clipNorm, ...adamTerms(local) });
  const training = await compileTraining(definition, engine);
  const diagnosticsStep = definitions.diagnostics(batch);
  const diagnostics = await compileStep(diagnosticsStep.step, diagnosticsStep.inputs, engine);
  const samplerStep = definitions.sampler(chunk);
  // Whoever only trains, as a lane's thread does, never needs it.
  let sampler: Promise<CompiledStep> | undefined;
  return {
    output: 'latent',
    layout: definition.layout,
    batch,
    steps,
    latents,
    codes,
    codesPerStay,
    positiveShare: parameters.tcvae.positiveShare,
    noise: parameters.tcvae.latentNoise * parameters.autoencoder.noise,
    training,
    local,
    async diagnose(flat, inputs) {
      const needed: Record<string, Float32Array> = {};
      for (const name of Object.keys(diagnosticsStep.inputs))
        needed[name] = name === 'parameters' ? flat : inputs[name]!;
      const { posteriorMean, divergence } = await diagnostics.run(needed);
      return {
        posteriorMean: posteriorMean!,
        divergence:
          parameters.tcvae.level === 'sequence'
            ? Float32Array.of(weightedMean(divergence!, inputs['rowWeight']!))
            : divergence!,
      };
    },
    async sample(flat, vectors, noise, scales) {
      sampler ??= compileStep(samplerStep.step, samplerStep.inputs, engine);
      const stays = vectors.length / conditions;
      const drawn = new Float32Array(stays * steps * latents);
      const condition = new Float32Array(chunk * conditions);
      const priorNoise = new Float32Array(codesPerStay * chunk * codes);
      const decoderNoise = new Float32Array(steps * chunk * latents);
      const choice = new Float32Array(steps * chunk);
      const priorScale = Float32Array.of(scales.prior);
      const decoderScale = Float32Array.of(scales.decoder);
      for (let from = 0; from < stays; from += chunk) {
        const count = Math.min(chunk, stays - from);
        condition.fill(0).set(vectors.subarray(from * conditions, (from + count) * conditions));
        noise.normal(priorNoise);
        noise.normal(decoderNoise);
        noise.uniform(choice);
        const { latent } = await (
          await sampler
        ).run({
          parameters: flat,
          condition,
          priorNoise,
          decoderNoise,
          choice,
          priorScale,
          decoderScale,
        });
        for (let t = 0; t < steps; t++)
          for (let i = 0; i < count; i++)
            drawn.set(
              latent!.subarray((t * chunk + i) * latents, (t * chunk + i + 1) * latents),
              ((from + i) * steps + t) * latents,
            );
      }
      return drawn;
    },
    async dispose() {
      await Promise.all([training.dispose(), diagnostics.dispose(), (await sampler)?.dispose()]);
    },
  };
}
