import { aggregationRules } from '../federation/aggregation/index.js';
import type { Trainer } from './contract.js';
import { trainGenerator } from './generator/federatedGenerator.js';
import { fedehrGenParameters } from './generator/parameters.js';

/**
 * FedEHR-Gen (arXiv 2605.27892), a reconstruction: a federated autoencoder aligned by layer-wise matching, then a federated
 * temporal conditional VAE on its latents with distribution-aware aggregation. The paper's formulas and sizes are not
 * public; every gap is a named parameter.
 */
export const fedehrGen: Trainer = {
  id: 'fedehr-gen',
  version: 3,
  title: 'FedEHR-Gen (reconstruction)',
  description:
    'Reconstruction of FedEHR-Gen: autoencoder with layer-wise matched aggregation, then a temporal conditional VAE on its latents with distribution-aware aggregation.',
  kind: 'generator',
  parameters: fedehrGenParameters,
  train(context) {
    const parameters = fedehrGenParameters.parse(context.parameters);
    const { matching, weighting } = parameters;
    return trainGenerator(
      {
        id: this.id,
        version: this.version,
        participants: 'hospitals',
        parameters,
        stageOneRule: (chain) =>
          matching.rule === 'matched-fedma'
            ? { ...matching.fedma, sweeps: matching.sweeps, scope: matching.scope }
            : aggregationRules[matching.rule]({ chain, matching, options: matching }),
        stageTwoRule: aggregationRules[weighting.rule]({ options: weighting }),
      },
      context,
    );
  },
};
