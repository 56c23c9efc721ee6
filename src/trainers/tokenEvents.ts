import type { Trainer } from './contract.js';
import { verifyingGenerator } from './rawmed/rawmedGenerator.js';
import { tokenEventsParameters } from './tokenEvents/parameters.js';
import { tokenFiles } from './tokenEvents/tokenFiles.js';
import { tokenDrawer } from './tokenEvents/tokenModel.js';
import { trainTokenEvents } from './tokenEvents/trainTokenEvents.js';

/** The row that RawMed is compared with: the same texts without codes, in the role of REaLTabFormer (Solatorio & Dupriez 2023). */
export const tokenEvents: Trainer = {
  id: 'token-events',
  version: 2,
  title: 'Token-level autoregression of events',
  description:
    'Events of all tables as text, drawn token by token by a causal Transformer (no autoencoder, no codes) in the first half of the window, verified as RawMed’s: the role of REaLTabFormer in the comparison of arXiv 2507.06996. Names of tables and columns are one token each, so that structure cannot go wrong. Draws stays of all hospitals together.',
  kind: 'generator',
  parameters: tokenEventsParameters,
  async train(context) {
    const parameters = tokenEventsParameters.parse(context.parameters);
    const { model, rounds, epochs } = await trainTokenEvents(this, parameters, context);
    const ledger = { bytesUp: 0, bytesDown: 0, synchronisations: 0, epochs: { transformer: epochs }, rounds };
    return verifyingGenerator(model, tokenDrawer(model), await tokenFiles(model), ledger, context);
  },
};
