import type { AdamOptions, TrainingDefinition } from '../../engine/contract.js';
import type { StepDefinition } from '../../models/autoencoder.js';
import { TCVAE_DEFAULTS, tcvaeTraining, type TcvaeOptions } from '../../models/tcvae.js';
import { tcvaeSequenceTraining } from '../../models/tcvaeSequence.js';
import { tcvaeSequenceDiagnostics, tcvaeSequenceSampler } from '../../models/tcvaeSequenceSteps.js';
import { tcvaeDiagnostics, tcvaeSampler } from '../../models/tcvaeSteps.js';
import type { GeneratorParameters } from './parameters.js';

/** A TCVAE before it is compiled, whatever its level. */
export interface TcvaeDefinitions {
  /** Codes drawn for a stay: one a step, or one for all. */
  readonly codesPerStay: number;
  training(rows: number, adam: AdamOptions): TrainingDefinition;
  /** Gives `posteriorMean` [codesPerStay, B, codes] for a training batch. */
  diagnostics(rows: number): StepDefinition;
  /** Draws `latent` [steps, B, latents] from the prior. */
  sampler(rows: number): StepDefinition;
}

function tcvaeOptions(
  steps: number,
  conditions: number,
  { tcvae, autoencoder }: Pick<GeneratorParameters, 'autoencoder' | 'tcvae'>,
): TcvaeOptions {
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

/** The TCVAE of `tcvae.level`, for sequences of `steps` steps under conditions of that extent. */
export function tcvaeDefinitions(
  steps: number,
  conditions: number,
  parameters: Pick<GeneratorParameters, 'autoencoder' | 'tcvae'>,
): TcvaeDefinitions {
  const options = tcvaeOptions(steps, conditions, parameters);
  if (parameters.tcvae.level === 'step')
    return {
      codesPerStay: steps,
      training: (rows, adam) => tcvaeTraining(options, rows, adam),
      diagnostics: (rows) => tcvaeDiagnostics(options, rows),
      sampler: (rows) => tcvaeSampler(options, rows),
    };
  const whole = { ...options, prior: parameters.tcvae.sequencePrior };
  return {
    codesPerStay: 1,
    training: (rows, adam) => tcvaeSequenceTraining(whole, rows, adam),
    diagnostics: (rows) => tcvaeSequenceDiagnostics(whole, rows),
    sampler: (rows) => tcvaeSequenceSampler(whole, rows),
  };
}
