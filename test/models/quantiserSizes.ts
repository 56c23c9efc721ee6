import type { QuantiserOptions } from '../../src/models/residualQuantiser.js';

/** Configuration S of the specification, but for the extent of a code. */
export const QUANTISER_S: Omit<QuantiserOptions, 'width'> = {
  codes: 128,
  levels: 2,
  decay: 0.8,
  temperature: 0.1,
  straightThrough: 'levels',
};
