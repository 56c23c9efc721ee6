import { InputError } from '../cohort/inputError.js';
import { didYouMean, nearestName } from '../cohort/nearestName.js';
import type { MetricParameters, PresetName } from './contract.js';
import type { CatalogueMetric, MetricSelection } from './defineMetric.js';
import { ownVariants } from './headline.js';
import { metrics } from './index.js';

/** What a preset scores and how finely. */
export interface Preset {
  readonly name: PresetName;
  readonly title: string;
  /** Bootstrap resamples behind every interval. */
  readonly resamples: number;
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  fast: { name: 'fast', title: 'The headline metrics, intervals from 100 resamples', resamples: 100 },
  full: { name: 'full', title: 'Every metric, intervals from 200 resamples', resamples: 200 },
  privacy: {
    name: 'privacy',
    title: 'Every attack and copy check, pooled and by hospital, intervals from 200 resamples',
    resamples: 200,
  },
  paper: {
    name: 'paper',
    title: 'Published definitions, their flaws included and labelled, intervals from 100 resamples',
    resamples: 100,
  },
};

/** The metric with this id; an input error with the nearest id otherwise. */
export function metricNamed(id: string): CatalogueMetric {
  const found = metrics.find((metric) => metric.descriptor.id === id);
  if (found !== undefined) return found;
  const nearest = nearestId(id);
  throw new InputError({
    place: 'metrics',
    expected: 'a metric that the product knows',
    found: `"${id}"`,
    remedy: `${nearest === null ? '' : `Did you mean "${nearest}"? `}\`fedehr metrics\` lists them.`,
  });
}

/** The id that is likely meant, whether it was written with its family or without. */
function nearestId(id: string): string | null {
  const ids = metrics.map((metric) => metric.descriptor.id);
  const nearest = nearestName(id, ids);
  if (nearest !== null || id.includes('.')) return nearest;
  const names = ids.map((one) => one.slice(one.indexOf('.') + 1));
  const name = nearestName(id, names);
  return name === null ? null : ids[names.indexOf(name)]!;
}

/**
 * The selections of a preset or of a list of metric ids, each with the parameters of its first preset.
 * An unknown name is an input error that suggests the nearest known one.
 */
export function metricsOf(wanted: string | readonly string[]): readonly MetricSelection[] {
  if (typeof wanted === 'string') {
    if (!isPreset(wanted)) throw unknownPreset(wanted);
    return metrics.flatMap((metric) => selections(metric, metric.descriptor.variants[wanted] ?? []));
  }
  return [...new Set(wanted)]
    .map(metricNamed)
    .flatMap((metric) => selections(metric, ownVariants(metric.descriptor)));
}

function selections(metric: CatalogueMetric, variants: readonly MetricParameters[]): MetricSelection[] {
  return variants.map((parameters) => ({ metric, parameters }));
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

function unknownPreset(name: string): InputError {
  return new InputError({
    place: 'metrics',
    expected: 'a metric preset',
    found: `"${name}"`,
    remedy: didYouMean(name, Object.keys(presets)),
  });
}
