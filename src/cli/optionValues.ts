import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import type { EngineName } from '../engine/contract.js';
import type { HospitalWorkers } from '../run/spareWorkers.js';

const ENGINES = ['onnx', 'tensorflow', 'cpu'] as const satisfies readonly EngineName[];

/** `0-5`, `3` or `0,2,4-6` as a list of seeds. */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    const from = Number(match?.[1]);
    const to = match?.[2] === undefined ? from : Number(match[2]);
    if (match === null || to < from || to - from > 10_000) {
      throw new InputError({
        place: '--seeds',
        expected: 'seeds such as 0-5 or 0,2,4',
        found: `'${part}'`,
        remedy: 'Give whole numbers, ranges with a dash, separated by commas.',
      });
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(seeds)];
}

export function parseEngine(text: string): EngineName {
  const engine = ENGINES.find((name) => name === text);
  if (engine !== undefined) return engine;
  throw new InputError({
    place: '--engine',
    expected: `one of ${ENGINES.join(', ')}`,
    found: `'${text}'`,
    remedy: didYouMean(text, ENGINES),
  });
}

/** @param least the smallest number that has a meaning */
export function parseCount(option: string, text: string, least = 1): number {
  if (/^[1-9]\d{0,8}$/.test(text) && Number(text) >= least) return Number(text);
  throw new InputError({
    place: option,
    expected: `a whole number of at least ${least}`,
    found: `'${text}'`,
    remedy: 'Give a number such as 2.',
  });
}

/** Number of bootstrap resamples: a single one has no spread, so that there would be no interval. */
export const parseResamples = (text: string): number => parseCount('--resamples', text, 2);

/** `marginal.ks,temporal.acf_gap` as ids of metrics, which are not looked up here. */
export function parseMetricIds(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (!ids.includes('')) return ids;
  throw new InputError({
    place: '--metrics',
    expected: 'ids of metrics, separated by commas',
    found: ids.every((id) => id === '') ? 'none' : `an empty place in '${text}'`,
    remedy: 'Write for example --metrics marginal.ks,temporal.acf_gap; `fedehr metrics` lists them.',
  });
}

/** `idle` or a number of threads. */
export const parseHospitalWorkers = (text: string): HospitalWorkers =>
  text === 'idle' ? text : parseCount('--hospital-workers', text);

/** One seed, 0 or more. */
export function parseSeed(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InputError({
    place: option,
    expected: 'a whole number of at least 0',
    found: `'${text}'`,
    remedy: 'Give a number such as 1.',
  });
}

/** 1 (first) to 9. */
export function parsePriority(text: string): number {
  if (/^[1-9]$/.test(text)) return Number(text);
  throw new InputError({
    place: '--priority',
    expected: 'a number from 1 (first) to 9',
    found: `'${text}'`,
    remedy: 'Leave it out for 5.',
  });
}

/** `trainer=a,trainer=b,dataset=c` as two lists. */
export function parseOnly(text: string): { trainers?: string[]; datasets?: string[] } {
  const only: { trainers?: string[]; datasets?: string[] } = {};
  for (const part of text.split(',')) {
    // Names of datasets hold their parameters, e.g. simulated-eta=0.6.
    const [key, ...rest] = part.split('=');
    const value = rest.join('=');
    if (key === 'trainer' && value) (only.trainers ??= []).push(value);
    else if (key === 'dataset' && value) (only.datasets ??= []).push(value);
    else {
      throw new InputError({
        place: '--only',
        expected: 'trainer=NAME or dataset=NAME, separated by commas',
        found: `'${part}'`,
        remedy: 'For example --only trainer=centralized,trainer=fedavg.',
      });
    }
  }
  return only;
}
