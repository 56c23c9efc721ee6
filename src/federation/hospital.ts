import { deserialize, serialize } from 'node:v8';
import type { Cohort } from '../cohort/types.js';
import type { ParameterLayout } from '../engine/contract.js';
import { random } from '../engine/random.js';
import type { HospitalDoor } from './channel.js';
import type { GeneratorModels } from './generatorModels.js';
import { autoencoderEpochs } from './local/autoencoderEpochs.js';
import { withLaplaceNoise } from './local/laplaceNoise.js';
import { LayerwiseTraining } from './local/layerwiseTraining.js';
import { latentMoments, residualSums, standardise } from './local/latentStatistics.js';
import { LocalOptimiser } from './local/localOptimiser.js';
import {
  binReleases,
  releaseConditions,
  releaseDecimals,
  releaseObserved,
  releaseStays,
} from './local/releasedStatistics.js';
import { observedCourse } from './local/observedCourse.js';
import { observationEpochs, type ObservedStays } from './local/observationEpochs.js';
import type { HospitalMemory } from './local/optimiserMemory.js';
import { stayWeights } from './local/stayWeights.js';
import { tcvaeEpochs, type LatentStays } from './local/tcvaeEpochs.js';
import { featureColumns } from './preprocessing/channels.js';
import { conditionLayout, conditionVectors } from './preprocessing/conditionVector.js';
import { encodeStays, type CarryOptions, type EncodedStays } from './preprocessing/encodedStays.js';
import type { QuantileTransform } from './preprocessing/quantileTransform.js';
import { histogramVariables } from './preprocessing/variables.js';

/** What all participants agreed on before training. */
export interface Agreement {
  /** All hospitals of the federation, in the order of the condition's one-hot columns. */
  readonly hospitals: readonly string[];
  readonly models: GeneratorModels;
  readonly carry: CarryOptions;
  /** Factor on the label's columns of the condition. */
  readonly labelScale: number;
  /** ε of the Laplace noise on the histogram of conditions; absent or 0 = none. */
  readonly conditionNoise?: number;
  readonly seed: number;
  /** Start values of a model's parameters from a named stream. */
  readonly initialise: (layout: ParameterLayout, stream: ReturnType<typeof random>) => Float32Array;
}

const notYet = (needed: string): never => {
  throw new Error(`the hospital was asked for this before ${needed}`);
};

/**
 * The only door to the rows of one participant: an object made from its training stays that answers the declared messages.
 * The cohort is held in the closure; nothing else gives access to it.
 *
 * @param id name of the participant: a hospital, or all hospitals' names joined by `+` in centralized training
 */
export function openHospital(id: string, cohort: Cohort, agreement: Agreement): HospitalDoor {
  const { models, seed, conditionNoise = 0 } = agreement;
  /** Models of other widths, where training came to these. */
  let adopted: Pick<GeneratorModels, 'autoencoder' | 'tcvae'> | null = null;
  const { schema } = cohort;
  const columns = featureColumns(schema);
  const rows = Array.from({ length: cohort.size }, (_, row) => row);
  const label = schema.labels.findIndex((variable) => variable.kind === 'binary');
  const positives = Uint32Array.from(
    rows.filter((row) => label >= 0 && cohort.labels[row * schema.labels.length + label] === 1),
  );
  const autoencoderOptimiser = new LocalOptimiser();
  const tcvaeOptimiser = new LocalOptimiser();
  const layerwise = new LayerwiseTraining(models, () =>
    agreement.initialise(models.autoencoder.layout, random(seed, 'autoencoder-initial', id)),
  );
  let encoded: EncodedStays | null = null;
  let conditions: Float32Array | null = null;
  let latentStays: LatentStays | null = null;
  let observedStays: ObservedStays | null = null;
  let featureTransforms: readonly (QuantileTransform | null)[] = [];

  return {
    id,
    memory: () =>
      Promise.resolve(
        serialize({
          autoencoder: autoencoderOptimiser.memory(),
          tcvae: tcvaeOptimiser.memory(),
          layerwise: layerwise.memory(),
        } satisfies HospitalMemory),
      ),
    recall(memory) {
      const kept = deserialize(memory) as HospitalMemory;
      autoencoderOptimiser.recall(kept.autoencoder);
      tcvaeOptimiser.recall(kept.tcvae);
      layerwise.recall(kept.layerwise);
      return Promise.resolve();
    },
    answers: {
      countStays: () => releaseStays(cohort),
      countDecimals: () => releaseDecimals(cohort),
      countBins: binReleases(cohort),
      countConditions(request) {
        // The request names the stream: asking the same again averages no noise away, asking otherwise subtracts none.
        const asked = request.innerEdges.map((edges) => edges.join()).join(';');
        return releaseConditions(cohort, request, (counts, hospital) =>
          conditionNoise > 0
            ? withLaplaceNoise(counts, conditionNoise, random(seed, 'condition-noise', hospital, asked))
            : counts,
        );
      },
      countObserved: () => releaseObserved(cohort),

      prepare({ transforms }) {
        const variables = histogramVariables(schema);
        const transformsOf = (source: 'feature' | 'static' | 'label', count: number) =>
          Array.from({ length: count }, (_, index) => {
            const at = variables.findIndex(
              (variable) => variable.source === source && variable.index === index,
            );
            return at < 0 ? null : (transforms[at] ?? null);
          });
        const ofFeatures = transformsOf('feature', schema.features.length);
        featureTransforms = columns.continuous.map((feature) => ofFeatures[feature] ?? null);
        encoded = encodeStays(cohort, columns, featureTransforms, agreement.carry);
        const layout = conditionLayout(
          schema,
          agreement.hospitals,
          transformsOf('label', schema.labels.length),
          transformsOf('static', schema.statics.length),
          agreement.labelScale,
        );
        conditions = conditionVectors(cohort, layout, rows);
        return {};
      },

      trainAutoencoder(request) {
        const stays = encoded ?? notYet('prepare');
        const { autoencoder } = models;
        return autoencoderOptimiser.run(
          autoencoder,
          request,
          () => agreement.initialise(autoencoder.layout, random(seed, 'autoencoder-initial', id)),
          () =>
            autoencoderEpochs(
              autoencoder,
              stays,
              request.epochs,
              request.learningRate,
              random(seed, 'autoencoder-epochs', id, request.round),
            ),
        );
      },

      trainLayers(request) {
        const stays = encoded ?? notYet('prepare');
        return layerwise.run(request, (model) =>
          autoencoderEpochs(
            model,
            stays,
            request.epochs,
            request.learningRate,
            random(seed, 'autoencoder-epochs', id, request.pass, request.frozen),
          ),
        );
      },

      async adoptWidths(widths) {
        adopted = {
          autoencoder: await models.autoencoderAt(widths),
          tcvae: await models.tcvaeAt(widths.latents),
        };
        return {};
      },

      async evaluateAutoencoder({ parameters }) {
        const stays = encoded ?? notYet('prepare');
        const { autoencoder } = adopted ?? models;
        return { monitors: { globalLoss: await autoencoder.loss(parameters, stays) } };
      },

      async latentMoments({ parameters, products }) {
        const stays = encoded ?? notYet('prepare');
        const { autoencoder } = adopted ?? models;
        const latents = await autoencoder.encode(parameters, stays);
        return { moments: latentMoments(latents, stays.rows, cohort.size, products) };
      },

      async adoptLatents({ parameters, mean, deviation }) {
        const stays = encoded ?? notYet('prepare');
        const { autoencoder } = adopted ?? models;
        const latents = await autoencoder.encode(parameters, stays);
        const decoded = await autoencoder.decode(parameters, latents);
        standardise(latents, mean, deviation);
        const weighing = models.tcvae.local.stayWeights;
        const shared = {
          latents,
          conditions: conditions ?? notYet('prepare'),
          positives,
          ...(weighing === undefined
            ? {}
            : { weights: stayWeights({ firstRow: stays.firstRow, latents }, weighing.lambda) }),
        };
        if (models.tcvae.output === 'latent') latentStays = { ...shared, firstRow: stays.firstRow };
        else observedStays = observedCourse(cohort, columns, featureTransforms, stays, shared);
        return { residuals: residualSums(stays, decoded.continuous) };
      },

      async trainTcvae(request) {
        const { tcvae } = adopted ?? models;
        const { epochs, learningRate, beta } = request;
        // Without latents nothing is adopted before stage two.
        if (tcvae.output === 'observations' && tcvae.history.latents === 0)
          observedStays ??= observedCourse(cohort, columns, featureTransforms, encoded ?? notYet('prepare'), {
            latents: new Float32Array(0),
            conditions: conditions ?? notYet('prepare'),
            positives,
          });
        const divergence = { stays: new Float64Array(tcvae.steps), sums: new Float64Array(tcvae.steps) };
        const train = async (): Promise<Record<string, number>> => {
          const chance = random(seed, 'tcvae-epochs', id, request.round);
          const trained = await (tcvae.output === 'latent'
            ? tcvaeEpochs(tcvae, latentStays ?? notYet('adoptLatents'), epochs, learningRate, beta, chance)
            : observationEpochs(
                tcvae,
                observedStays ?? notYet('adoptLatents'),
                epochs,
                learningRate,
                beta,
                chance,
              ));
          Object.assign(divergence, trained.divergence);
          return trained.monitors;
        };
        const update = await tcvaeOptimiser.run(
          tcvae,
          request,
          () => agreement.initialise(tcvae.layout, random(seed, 'tcvae-initial', id)),
          train,
        );
        return { ...update, divergence };
      },
    },
  };
}
