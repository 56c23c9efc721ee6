import { compileStep } from '../../engine/compile.js';
import type { EngineOptions } from '../../engine/contract.js';
import { compileTraining } from '../../engine/training.js';
import type { LocalTerm } from '../../federation/aggregation/contract.js';
import type { TcvaeModel } from '../../federation/generatorModels.js';
import { TCVAE_DEFAULTS, tcvaeLayout, tcvaeTraining, type TcvaeOptions } from '../../models/tcvae.js';
import { tcvaeDiagnostics, tcvaeSampler } from '../../models/tcvaeSteps.js';
import { adamTerms } from './adamTerms.js';
import type { GeneratorParameters } from './parameters.js';

/** Stays that are drawn at once. */
const chunk = 256;

export function tcvaeOptions(
  steps: number,
  conditions: number,
  parameters: Pick<GeneratorParameters, 'autoencoder' | 'tcvae'>,
): TcvaeOptions {
  const { tcvae, autoencoder } = parameters;
  return {
    ...TCVAE_DEFAULTS,
    steps,
    conditions,
    latents: autoencoder.latents,
    codes: tcvae.z,
    hidden: tcvae.hidden,
    decoder: tcvae.decoder,
    mixtures: tcvae.mixture,
    decoderUnits: tcvae.decoderUnits,
    gate: tcvae.gate,
    freeBits: tcvae.freeBits,
  };
}

/** Compiles training, posterior and sampler of the TCVAE for sequences and conditions of one dataset. */
export async function compileTcvae(
  steps: number,
  conditions: number,
  parameters: Pick<GeneratorParameters, 'autoencoder' | 'tcvae'>,
  local: LocalTerm,
  engine: EngineOptions,
): Promise<TcvaeModel & { dispose(): Promise<void> }> {
  const options = tcvaeOptions(steps, conditions, parameters);
  const { batch, weightDecay, clipNorm } = parameters.tcvae;
  const layout = tcvaeLayout(options);
  const training = await compileTraining(
    tcvaeTraining(options, batch, { weightDecay, clipNorm, ...adamTerms(local) }),
    engine,
  );
  const diagnosticsStep = tcvaeDiagnostics(options, batch);
  const diagnostics = await compileStep(diagnosticsStep.step, diagnosticsStep.inputs, engine);
  const samplerStep = tcvaeSampler(options, chunk);
  const sampler = await compileStep(samplerStep.step, samplerStep.inputs, engine);
  return {
    layout,
    batch,
    steps,
    latents: options.latents,
    codes: options.codes,
    positiveShare: parameters.tcvae.positiveShare,
    noise: parameters.tcvae.latentNoise * parameters.autoencoder.noise,
    training,
    local,
    async posteriorMeans(flat, inputs) {
      const needed: Record<string, Float32Array> = {};
      for (const name of Object.keys(diagnosticsStep.inputs))
        needed[name] = name === 'parameters' ? flat : inputs[name]!;
      const { posteriorMean } = await diagnostics.run(needed);
      return posteriorMean!;
    },
    async sample(flat, vectors, noise, scales) {
      const stays = vectors.length / conditions;
      const drawn = new Float32Array(stays * steps * options.latents);
      const condition = new Float32Array(chunk * conditions);
      const priorNoise = new Float32Array(steps * chunk * options.codes);
      const decoderNoise = new Float32Array(steps * chunk * options.latents);
      const choice = new Float32Array(steps * chunk);
      const priorScale = Float32Array.of(scales.prior);
      const decoderScale = Float32Array.of(scales.decoder);
      for (let from = 0; from < stays; from += chunk) {
        const count = Math.min(chunk, stays - from);
        condition.fill(0).set(vectors.subarray(from * conditions, (from + count) * conditions));
        noise.normal(priorNoise);
        noise.normal(decoderNoise);
        noise.uniform(choice);
        const { latent } = await sampler.run({
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
              latent!.subarray((t * chunk + i) * options.latents, (t * chunk + i + 1) * options.latents),
              ((from + i) * steps + t) * options.latents,
            );
      }
      return drawn;
    },
    async dispose() {
      await Promise.all([training.dispose(), diagnostics.dispose(), sampler.dispose()]);
    },
  };
}
