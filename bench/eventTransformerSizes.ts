import type { EventTransformerOptions } from '../src/models/eventTransformerOptions.js';

/** Configuration S of the specification, but for sizes that depend on the data. */
export const CONFIGURATION_S: Omit<
  EventTransformerOptions,
  'codes' | 'eventCodes' | 'timeDigits' | 'maxEvents'
> = {
  width: 64,
  layers: 4,
  heads: 4,
  hidden: 256,
  norm: 'pre',
  positions: 'learned',
  dropout: 0.1,
};
