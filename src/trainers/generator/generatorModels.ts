import type { CohortSchema } from '../../cohort/types.js';
import type { GeneratorModels } from '../../federation/generatorModels.js';
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
  const autoencoder = await compileAutoencoder(
    featureColumns(schema),
    parameters.autoencoder,
    terms.autoencoder,
    { engine },
  );
  const tcvae =
    parameters.tcvae.output === 'latent'
      ? await compileTcvae(schema.steps, width, parameters, terms.tcvae, { engine })
      : await compileObservationTcvae(featureColumns(schema), schema.steps, width, parameters, terms.tcvae, {
          engine,
        });
  return {
    autoencoder,
    tcvae,
    async dispose() {
      await autoencoder.dispose();
      await tcvae.dispose();
    },
  };
}
