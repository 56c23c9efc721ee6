import type { CohortSchema } from '../../cohort/types.js';
import type { AutoencoderWidths, GeneratorModels } from '../../federation/generatorModels.js';
import { featureColumns } from '../../federation/preprocessing/channels.js';
import { conditionLayout } from '../../federation/preprocessing/conditionVector.js';
import { compileAutoencoder } from './autoencoderModel.js';
import { compileObservationTcvae } from './observationModel.js';
import type { LocalPlan } from './participants.js';
import { compileTcvae } from './tcvaeModel.js';

/** Compiles both models of the generator for the variables and hospitals of one dataset. */
export async function compileModels(
  schema: CohortSchema,
  { hospitals, parameters, terms, engine }: Omit<LocalPlan, 'seed'>,
): Promise<GeneratorModels> {
  const { width } = conditionLayout(
    schema,
    hospitals,
    schema.labels.map(() => null),
    schema.statics.map(() => null),
    parameters.tcvae.labelScale,
  );
  const columns = featureColumns(schema);
  const stageTwo = (latents: number) => {
    const sized = { ...parameters, autoencoder: { ...parameters.autoencoder, latents } };
    return parameters.tcvae.output === 'latent'
      ? compileTcvae(schema.steps, width, sized, terms.tcvae, { engine })
      : compileObservationTcvae(columns, schema.steps, width, sized, terms.tcvae, { engine });
  };
  const autoencoder = await compileAutoencoder(columns, parameters.autoencoder, terms.autoencoder, {
    engine,
  });
  const tcvae = await stageTwo(parameters.autoencoder.latents);
  const autoencoders = new Map<string, ReturnType<typeof compileAutoencoder>>();
  const tcvaes = new Map<number, ReturnType<typeof stageTwo>>();
  return {
    autoencoder,
    tcvae,
    autoencoderAt(widths) {
      const key = [widths.hidden, widths.latents, widths.decoderHidden].join();
      const model =
        autoencoders.get(key) ??
        compileAutoencoder(
          columns,
          { ...parameters.autoencoder, ...widths },
          terms.autoencoder,
          { engine },
          { freezable: true },
        );
      autoencoders.set(key, model);
      return model;
    },
    tcvaeAt(latents) {
      if (latents === parameters.autoencoder.latents) return Promise.resolve(tcvae);
      const model = tcvaes.get(latents) ?? stageTwo(latents);
      tcvaes.set(latents, model);
      return model;
    },
    async dispose() {
      await Promise.all([autoencoder.dispose(), tcvae.dispose()]);
      for (const model of [...autoencoders.values(), ...tcvaes.values()]) await (await model).dispose();
    },
  };
}

/** The models at the widths that training came to. */
export async function modelsAt(models: GeneratorModels, widths: AutoencoderWidths): Promise<GeneratorModels> {
  const own = models.autoencoder.widths;
  if (
    own.hidden === widths.hidden &&
    own.latents === widths.latents &&
    own.decoderHidden === widths.decoderHidden
  )
    return models;
  return {
    ...models,
    autoencoder: await models.autoencoderAt(widths),
    tcvae: await models.tcvaeAt(widths.latents),
  };
}
