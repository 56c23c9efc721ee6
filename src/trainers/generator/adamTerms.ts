import type { AdamOptions } from '../../engine/contract.js';
import type { LocalTerm } from '../../federation/aggregation/contract.js';

/** The parts of an aggregation rule's local term that are compiled into the training step. */
export const adamTerms = ({
  proximal,
  controlVariates,
}: LocalTerm): Pick<AdamOptions, 'proximal' | 'controlled'> => ({
  ...(proximal === undefined ? {} : { proximal }),
  ...(controlVariates === true ? { controlled: true } : {}),
});
