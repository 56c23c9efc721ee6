import type { Ledger, Trainer } from './contract.js';
import { trainFederated } from './rawmed/federated/trainFederated.js';
import { rawmedParameters } from './rawmed/parameters.js';
import { rawmedGenerator } from './rawmed/rawmedGenerator.js';

/** RawMed over hospitals, an extension of this project: no paper describes it. */
export const rawmedFedavg: Trainer = {
  id: 'rawmed-fedavg',
  version: 3,
  title: 'RawMed, FedAvg',
  description:
    'RawMed whose events stay in their hospitals: both stages averaged by events and stays (FedAvg), codebook statistics summed, vocabulary and verification rules from released counts. An extension of this project that no paper has. Draws stays of all hospitals together.',
  kind: 'generator',
  parameters: rawmedParameters,
  async train(context) {
    const parameters = rawmedParameters.parse(context.parameters);
    const { model, rounds, totals } = await trainFederated(this, parameters, context);
    const { bytesUp, bytesDown, synchronisations, epochs } = totals;
    const trained: Ledger = { bytesUp, bytesDown, synchronisations, epochs, rounds };
    return rawmedGenerator(model, trained, context);
  },
};
