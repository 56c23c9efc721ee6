import { compileStep } from '../../engine/compile.js';
import type { Arrays, CompiledStep, EngineOptions } from '../../engine/contract.js';
import { compileTraining } from '../../engine/training.js';
import type { LocalTerm } from '../../federation/aggregation/contract.js';
import type { ObservationModel } from '../../federation/generatorModels.js';
import type { FeatureColumns } from '../../federation/preprocessing/channels.js';
import { historyLayout } from '../../federation/preprocessing/history.js';
import {
  observationPrior,
  observationStart,
  observationState,
  observationValues,
} from '../../models/observationSteps.js';
import {
  observationTcvaeLayout,
  observationTraining,
  type ObservationTcvaeOptions,
} from '../../models/observationTcvae.js';
import { TCVAE_DEFAULTS } from '../../models/tcvae.js';
import { adamTerms } from './adamTerms.js';
import { inChunks } from './rowChunks.js';
import { weightedMean } from './weightedMean.js';
import type { GeneratorParameters } from './parameters.js';

/** Stays that are drawn at once. */
const chunk = 256;

/** Compiles training, posterior and drawing of the TCVAE on observations, for the columns and conditions of one dataset. */
export async function compileObservationTcvae(
  columns: FeatureColumns,
  steps: number,
  conditions: number,
  { tcvae, autoencoder }: Pick<GeneratorParameters, 'autoencoder' | 'tcvae'>,
  local: LocalTerm,
  engine: EngineOptions,
): Promise<ObservationModel & { dispose(): Promise<void> }> {
  const history = historyLayout(columns, tcvae.encoder ? autoencoder.latents : 0, steps);
  const { codeFeatures, conditionFeatures, mlpUnits } = TCVAE_DEFAULTS;
  const options: ObservationTcvaeOptions = {
    latentFeatures: tcvae.hidden,
    codeFeatures,
    conditionFeatures,
    mlpUnits,
    steps,
    conditions,
    latents: history.width,
    codes: tcvae.z,
    hidden: tcvae.hidden,
    freeBits: tcvae.freeBits,
    bits: columns.continuous.length + columns.discrete.length + columns.binary.length,
    continuous: columns.continuous.length,
    decoderUnits: tcvae.decoderUnits,
    valueUnits: tcvae.valueUnits,
    mixtures: tcvae.mixture,
  };
  const { batch, weightDecay, clipNorm } = tcvae;
  const training = await compileTraining(
    observationTraining(options, batch, { weightDecay, clipNorm, ...adamTerms(local) }),
    engine,
  );
  // Compiled when first asked for: not before training, which needs none of them.
  const compiled = new Map<keyof typeof drawing, Promise<CompiledStep>>();
  const drawing = {
    start: observationStart,
    prior: observationPrior,
    values: observationValues,
    state: observationState,
  };
  const drawingStep = (name: keyof typeof drawing): Promise<CompiledStep> => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const { step, inputs } = drawing[name](options, chunk);
    const compiling = compileStep(step, inputs, engine);
    compiled.set(name, compiling);
    return compiling;
  };
  const draw = async (
    name: keyof typeof drawing,
    rows: number,
    inputs: Arrays,
    fixed: Arrays,
    into?: Arrays,
  ): Promise<Record<string, Float32Array>> =>
    inChunks(await drawingStep(name), chunk, rows, inputs, fixed, into);
  return {
    output: 'observations',
    layout: observationTcvaeLayout(options),
    batch,
    steps,
    history,
    bits: options.bits,
    codes: options.codes,
    mixtures: options.mixtures,
    positiveShare: tcvae.positiveShare,
    training,
    local,
    diagnosis(stepMask, at) {
      const { posteriorMean, stepDivergence } = training.arrays();
      const means = steps * batch * options.codes;
      const from = at * steps * batch;
      const divergence = Float32Array.from({ length: steps }, (_, t) =>
        weightedMean(
          stepDivergence!.subarray(from + t * batch, from + (t + 1) * batch),
          stepMask.subarray(t * batch, (t + 1) * batch),
        ),
      );
      return { posteriorMean: posteriorMean!.subarray(at * means, (at + 1) * means), divergence };
    },
    start: (rows, parameters, inputs, into) => draw('start', rows, inputs, { parameters }, into),
    prior: (rows, parameters, scale, inputs, into) =>
      draw('prior', rows, inputs, { parameters, scale: Float32Array.of(scale) }, into),
    values: (rows, parameters, inputs, into) => draw('values', rows, inputs, { parameters }, into),
    state: (rows, parameters, inputs, into) => draw('state', rows, inputs, { parameters }, into),
    async dispose() {
      await Promise.all([
        training.dispose(),
        ...[...compiled.values()].map(async (step) => (await step).dispose()),
      ]);
    },
  };
}
