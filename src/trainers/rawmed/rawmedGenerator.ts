import { joinCohorts } from '../../cohort/joinCohorts.js';
import type { VerificationRecord } from '../../cohort/types.js';
import type { Ledger, ModelFiles, TrainContext, TrainedGenerator } from '../contract.js';
import type { DrawableModel, OpenDrawer } from './drawableModel.js';
import { rawmedDrawer } from './rawmedDrawer.js';
import { rawmedFiles } from './rawmedFiles.js';
import type { RawmedModel } from './rawmedModel.js';
import { sampleStays } from './sampleRawmed.js';

/**
 * A trained generator of verified stays; once it has drawn, its ledger says what the verification took.
 *
 * @param ledger of the training
 */
export function verifyingGenerator(
  model: DrawableModel,
  open: OpenDrawer,
  files: ModelFiles,
  ledger: Ledger,
  context: TrainContext,
): TrainedGenerator {
  let verification: VerificationRecord | undefined;
  return {
    async synthesise(stays, seed) {
      const drawn = await sampleStays(model, open, stays, seed, {
        engine: context.engine,
        emit: (event) => context.emit(event),
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      ({ verification } = drawn);
      return joinCohorts([...drawn.blocks(Infinity)]);
    },
    files,
    get ledger() {
      return verification === undefined ? ledger : { ...ledger, verification };
    },
    dispose: () => Promise.resolve(),
  };
}

/** A trained RawMed, however it was trained, as a generator. */
export async function rawmedGenerator(
  model: RawmedModel,
  ledger: Ledger,
  context: TrainContext,
): Promise<TrainedGenerator> {
  return verifyingGenerator(model, rawmedDrawer(model), await rawmedFiles(model), ledger, context);
}
