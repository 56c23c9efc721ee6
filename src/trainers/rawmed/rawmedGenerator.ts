import { joinCohorts } from '../../cohort/joinCohorts.js';
import type { VerificationRecord } from '../../cohort/types.js';
import type { Ledger, TrainContext, TrainedGenerator } from '../contract.js';
import { rawmedFiles } from './rawmedFiles.js';
import type { RawmedModel } from './rawmedModel.js';
import { sampleRawmed } from './sampleRawmed.js';

/**
 * A trained RawMed, however it was trained, as a generator; once it has drawn, its ledger says what the verification took.
 *
 * @param ledger of the training
 */
export async function rawmedGenerator(
  model: RawmedModel,
  ledger: Ledger,
  context: TrainContext,
): Promise<TrainedGenerator> {
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
      return verification === undefined ? ledger : { ...ledger, verification };
    },
    dispose: () => Promise.resolve(),
  };
}
