import type { Cohort, CohortSplit } from '../cohort/types.js';
import { staysByHospital } from '../cohort/select.js';
import { random } from '../engine/random.js';
import { independentEvents } from '../trainers/references/independentEventsTrainer.js';
import { independentMarginals } from '../trainers/references/independentMarginals.js';
import { straightAttempt } from './attempt.js';
import type { MetricParameters, Result } from './contract.js';
import type { MetricSelection } from './defineMetric.js';
import { headlineParameters } from './headline.js';
import { meanOfDefined } from './meanOfDefined.js';
import { computationName, resultAt, type Purpose, type ScoringOptions } from './resultAt.js';
import { sitesOf } from './sampling.js';
import { selectionsAt } from './selectionsAt.js';

/** Floors and ceilings of one split, for every generator scored on it; plain JSON. */
export interface Bounds {
  readonly entries: readonly Bound[];
}

export interface Bound {
  readonly site: string;
  readonly metric: string;
  readonly parameters: MetricParameters;
  /** Value of a generator without any dependence; null where there is none. */
  readonly floor: number | null;
  /** Value that fresh real patients reach; null where there is none. */
  readonly ceiling: number | null;
  /** State and reason of an end that was computed and has no value. */
  readonly missing: Readonly<Partial<Record<'floor' | 'ceiling', MissingEnd>>>;
}

type Missing = Exclude<Result, { readonly state: 'ok' }>;

export type MissingEnd = Pick<Missing, 'state' | 'reason'>;

const isFault = ({ state }: Pick<Result, 'state'>): boolean => state === 'failed' || state === 'timed-out';

/**
 * Floor and ceiling of every selected metric at every site: the metric itself on reference cohorts, with the seed and
 * the sampling of the scores and no intervals.
 *
 * Floor: the independent marginals of train stand for the synthetic cohort, one draw of them or the mean over a descriptor's
 * `floorDraws`; of metrics of family `events` the reference `independent-events`, where train has events.
 * Ceiling, fidelity against the holdout and utility: train stands for it (real train against real holdout; what a model
 * trained on real stays reaches). Fidelity against train: the holdout stands for it. Privacy: the fresh real patients of
 * the reference part stand for it; null when there are none.
 * A descriptor with `ceilingFrom` names the part that stands for it.
 * Metrics that do not depend on the generator have neither.
 *
 * Sizes are those of train, holdout and reference, so a synthetic cohort should have as many stays as train.
 */
export async function computeBounds(split: CohortSplit, options: ScoringOptions): Promise<Bounds> {
  const wanted = (options.sites ?? sitesOf(split.train)).flatMap((site) =>
    selectionsAt(site, options.selections)
      .filter(({ metric }) => metric.descriptor.bounds !== 'none')
      .map((selection) => ({ site, selection, floors: [] as Result[] })),
  );
  const settings = { ...options, resamples: 0 };
  async function resultOf(
    end: Exclude<Purpose, 'score'>,
    standIn: Cohort | null,
    { site, selection }: (typeof wanted)[number],
  ): Promise<Result[]> {
    if (standIn === null || standIn.size === 0) return [];
    const { result } = await (options.attempt ?? straightAttempt).run(
      computationName(end, site, selection),
      () => resultAt(split, standIn, site, selection, settings),
    );
    return [result];
  }
  const eventsFloor = await independentColumns(split.train, options);
  // Draw by draw, so that one of them is in memory at a time.
  for (let draw = 0; ; draw++) {
    const asking = wanted.filter(({ selection }) => draw < floorDraws(selection));
    if (asking.length === 0) break;
    const names = ['floor-marginals', ...(draw === 0 ? [] : [String(draw)])];
    const marginals = independentMarginals(split.train, random(options.seed, ...names));
    for (const one of asking) {
      const standIn = one.selection.metric.descriptor.family === 'events' ? eventsFloor : marginals;
      one.floors.push(...(await resultOf(draw === 0 ? 'floor' : `floor ${draw}`, standIn, one)));
    }
  }
  const entries: Bound[] = [];
  for (const one of wanted) {
    const ceiling = endOf(await resultOf('ceiling', freshPatients(split, one.selection), one));
    const floor = endOf(one.floors);
    entries.push({
      site: one.site,
      metric: one.selection.metric.descriptor.id,
      parameters: one.selection.parameters,
      floor: floor.value,
      ceiling: ceiling.value,
      missing: {
        ...(floor.missing === null ? {} : { floor: floor.missing }),
        ...(ceiling.missing === null ? {} : { ceiling: ceiling.missing }),
      },
    });
  }
  return { entries };
}

/** The mean of the draws that have a value; none where one of them failed, since it would be that of other draws than elsewhere. */
function endOf(draws: readonly Result[]): {
  readonly value: number | null;
  readonly missing: MissingEnd | null;
} {
  const without = draws.filter((draw): draw is Missing => draw.state !== 'ok');
  const fault = without.find(isFault);
  const value =
    fault === undefined
      ? meanOfDefined(draws.map((draw) => (draw.state === 'ok' ? draw.value : null)))
      : null;
  const first = fault ?? without[0];
  return {
    value,
    missing: value !== null || first === undefined ? null : { state: first.state, reason: first.reason },
  };
}

/**
 * What failed or took too long of floors and ceilings: a sentence for each metric, end and reason, with the sites that it befell. An
 * end that is undefined or skipped, as scores may be, is none of it.
 */
export function failedEnds({ entries }: Bounds): string[] {
  const sites = new Map<string, string[]>();
  for (const { site, metric, parameters, missing } of entries)
    for (const [end, found] of Object.entries(missing)) {
      if (!isFault(found)) continue;
      const chosen = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`);
      const text = `no ${end} of ${[metric, ...chosen].join(' ')} (${found.state}, ${found.reason}) at`;
      sites.set(text, [...(sites.get(text) ?? []), site]);
    }
  return [...sites].map(([text, where]) => `${text} ${where.join(', ')}`);
}

/** Floor and ceiling of one metric, parameter set and site; null where none were computed. */
export function boundsOf(
  bounds: Bounds | null,
  site: string,
  metric: string,
  parameters: MetricParameters,
): Pick<Bound, 'floor' | 'ceiling'> {
  const found = bounds?.entries.find(
    (bound) => bound.site === site && bound.metric === metric && sameParameters(bound.parameters, parameters),
  );
  return { floor: found?.floor ?? null, ceiling: found?.ceiling ?? null };
}

/** As many stays as train with every column of every event table dealt out on its own; null when nobody asks or train has no events. */
async function independentColumns(train: Cohort, options: ScoringOptions): Promise<Cohort | null> {
  const asked = options.selections.some(({ metric }) => metric.descriptor.family === 'events');
  if (!asked || train.events === undefined) return null;
  const generator = await independentEvents.train({
    train,
    reference: train,
    parameters: {},
    seed: options.seed,
    engine: 'onnx',
    emit: () => undefined,
  });
  return generator.synthesise(staysByHospital(train), options.seed);
}

function freshPatients(split: CohortSplit, { metric, parameters }: MetricSelection): Cohort {
  const { ceilingFrom, family } = metric.descriptor;
  if (ceilingFrom !== undefined) return split[ceilingFrom];
  if (family === 'privacy') return split.reference;
  return parameters['against'] === 'train' ? split.holdout : split.train;
}

/** Draws behind a floor: several only with the headline's parameters, whose end of the scale the summary shows. */
function floorDraws({ metric: { descriptor }, parameters }: MetricSelection): number {
  return sameParameters(parameters, headlineParameters(descriptor)) ? (descriptor.floorDraws ?? 1) : 1;
}

function sameParameters(a: MetricParameters, b: MetricParameters): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
