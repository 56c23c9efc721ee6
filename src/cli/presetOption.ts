import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import type { PresetName } from '../metrics/contract.js';
import { presets } from '../metrics/selection.js';
import { parseMetricIds } from './optionValues.js';

/** Names of the presets, for `--preset`. */
export const PRESETS: readonly PresetName[] = Object.values(presets).map(({ name }) => name);

/** The presets with what they are for, as help text. */
export const presetHelp = `Presets:
${Object.values(presets)
  .map(({ name, title }) => `  ${name.padEnd(9)}${title}`)
  .join('\n')}`;

export function parsePreset(text: string): PresetName {
  const preset = PRESETS.find((name) => name === text);
  if (preset !== undefined) return preset;
  throw new InputError({
    place: '--preset',
    expected: `one of ${PRESETS.join(', ')}`,
    found: `'${text}'`,
    remedy: didYouMean(text, PRESETS),
  });
}

/** The name of a preset, or ids of metrics as in `parseMetricIds`. */
export const parseSelection = (text: string): PresetName | string[] =>
  PRESETS.find((name) => name === text) ?? parseMetricIds(text);
