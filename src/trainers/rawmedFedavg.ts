import { joinCohorts } from '../cohort/joinCohorts.js';
import type { VerificationRecord } from '../cohort/types.js';
import type { Ledger, Trainer } from './contract.js';
import { trainFederated } from './rawmed/federated/trainFederated.js';
import { rawmedParameters } from './rawmed/parameters.js';
import { rawmedFiles } from './rawmed/rawmedFiles.js';
import { sampleRawmed } from './rawmed/sampleRawmed.js';

/** RawMed over hospitals, an extension of this project: no paper describes it. */
export const rawmedFedavg: Trainer = {
  id: 'rawmed-fedavg',
  version: 1,
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
    let verification: VerificationRecord | undefined;
    return {
      async synthesise(stays, seed) {
        const drawn = await sampleRawmed(model, stays, seed, {
          engine: context.engine,
          emit: (event) => context.emit(event),
          ...(context.signal === undefined ? {} : { signal: context.signal }),
        });
        ({ verification } = drawn);
        return joinCohorts([...drawn.blocks(Infinity)]);
      },
      files: await rawmedFiles(model),
      get ledger() {
        return verification === undefined ? trained : { ...trained, verification };
      },
      dispose: () => Promise.resolve(),
    };
  },
};
