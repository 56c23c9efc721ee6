import type { OptimiserState } from '../../../engine/contract.js';
import type { RequestIn } from '../../../federation/messages.js';
import type { RawmedMessages } from '../../../federation/rawmedMessages.js';
import { codebookOf } from '../training/averagedCodebook.js';
import type { EventAutoencoderState } from '../training/eventAutoencoderSteps.js';

/** What of the event autoencoder's state hospitals share: all but Adam's moments, and the codebook as usage and sums. */
export type SharedAutoencoder = RequestIn<RawmedMessages, 'adoptEventAutoencoder'>;

/** The codebook of usage and sums; before any use the sums are the codes themselves. */
export const sharedCodebook = ({
  usage,
  codeSums,
}: Pick<SharedAutoencoder, 'usage' | 'codeSums'>): Float32Array =>
  usage.every((count) => count === 0) ? codeSums.slice() : codebookOf({ usage, codeSums });

export const sharedPart = ({
  optimiser,
  running,
  usage,
  codeSums,
}: EventAutoencoderState): SharedAutoencoder => ({
  parameters: optimiser.parameters,
  running,
  usage,
  codeSums,
});

/** The state to train on from: what was shared, with a hospital's own moments. */
export const localState = (shared: SharedAutoencoder, own: OptimiserState): EventAutoencoderState => ({
  optimiser: { ...own, parameters: shared.parameters },
  running: shared.running,
  usage: shared.usage,
  codeSums: shared.codeSums,
  codebook: sharedCodebook(shared),
});
