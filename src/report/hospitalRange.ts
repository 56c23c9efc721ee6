import type { MetricDescriptor } from '../metrics/contract.js';
import { costOf } from '../metrics/cost.js';
import type { ReportModel } from './model.js';
import type { Score } from './scores.js';
import type { Subject } from './subjects.js';

/** The worst and the best hospital of a generator on a metric's headline variant. */
export interface HospitalRange {
  readonly worst: Score & { readonly value: number };
  readonly best: Score & { readonly value: number };
}

const hasValue = (score: Score): score is Score & { readonly value: number } => score.value !== null;

/** Null with fewer than two hospitals that have a value: then there is no worst one. */
export function hospitalRange(
  model: ReportModel,
  dataset: string,
  subject: Subject,
  descriptor: MetricDescriptor,
): HospitalRange | null {
  const own = model.places
    .filter((place) => place.dataset === dataset && place.site !== 'pooled')
    .flatMap((place) => model.headline(place, subject, descriptor.id) ?? [])
    .filter(hasValue)
    .sort((a, b) => costOf(descriptor, b.value) - costOf(descriptor, a.value));
  const [worst, best] = [own[0], own.at(-1)];
  return worst === undefined || best === undefined || own.length < 2 ? null : { worst, best };
}
