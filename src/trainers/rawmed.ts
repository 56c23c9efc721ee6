import type { Ledger, Trainer } from './contract.js';
import { rawmedParameters } from './rawmed/parameters.js';
import { rawmedGenerator } from './rawmed/rawmedGenerator.js';
import { trainRawmed } from './rawmed/trainRawmed.js';

/** RawMed (Cho et al. 2025, arXiv 2507.06996) from its description: events of several tables as text. */
export const rawmed: Trainer = {
  id: 'rawmed',
  version: 3,
  title: 'RawMed',
  description:
    'Events of all tables as text: an event autoencoder with residual quantisation, a causal Transformer over times and codes, and verification against the training part (reconstruction of arXiv 2507.06996). Draws stays of all hospitals together.',
  kind: 'generator',
  parameters: rawmedParameters,
  async train(context) {
    const parameters = rawmedParameters.parse(context.parameters);
    const { model, rounds, epochs } = await trainRawmed(this, parameters, context);
    const trained: Ledger = { bytesUp: 0, bytesDown: 0, synchronisations: 0, epochs, rounds };
    return rawmedGenerator(model, trained, context);
  },
};
