import type { Cohort, CohortSplit } from '../cohort/types.js';
import { random } from '../engine/random.js';
import { boundsOf, computeBounds } from '../metrics/bounds.js';
import type { MetricDescriptor, MetricParameters, Result } from '../metrics/contract.js';
import type { MetricSelection } from '../metrics/defineMetric.js';
import { resultAt, type ScoringOptions } from '../metrics/resultAt.js';
import { POOLED } from '../metrics/sampling.js';
import { dependenceVisible, fulfils, reasonCode, type Observed } from './criterion.js';
import {
  anyValue,
  EXPECTATION_SIGNS,
  expectationText,
  ideal,
  notBetter,
  undefinedFor,
  type Expectation,
} from './expectation.js';
import { rowFor } from './expectations/index.js';
import { ladder, type GeneratorId } from './generators/index.js';
import { largestHospital } from './generators/oneHospital.js';

export type CellVerdict = 'right' | 'wrong' | 'not-applicable';

/** One metric about one generator at one site; plain JSON. */
export interface LadderCell {
  readonly generator: GeneratorId;
  readonly site: string;
  readonly metric: string;
  readonly parameters: MetricParameters;
  readonly expected: string;
  /** The same as a sign for the grid; `?` where there is no expectation. */
  readonly sign: string;
  readonly value: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly floor: number | null;
  readonly ceiling: number | null;
  readonly state: Result['state'];
  readonly reason: string | null;
  readonly verdict: CellVerdict;
  /** Why the cell is wrong or says nothing on these data; null when right. */
  readonly remark: string | null;
}

export interface LadderOptions extends Omit<ScoringOptions, 'sites'> {
  /**
   * The data hold everything that a metric could need: dependence, a label, rare codes, missing values. Then no cell may say that
   * it does not apply.
   */
  readonly planted: boolean;
  readonly onCell?: (done: number, total: number, what: string) => void;
}

/**
 * Scores every generator of the ladder with every selected metric, pooled, and the one-hospital generator also at a hospital that it
 * leaves out. A metric without expectations gives wrong cells, never a silent pass.
 *
 * On data that are not planted a cell does not apply where the metric has no value for a copy of train either (say, no
 * label), or where the expectation needs a dependence that the data do not show.
 */
export async function climbLadder(split: CohortSplit, options: LadderOptions): Promise<LadderCell[]> {
  const { selections, seed } = options;
  const bounds = await computeBounds(split, { ...options, sites: [POOLED] });
  const total = selections.length * ladder.length;
  const cells: LadderCell[] = [];
  const copies = new Map<MetricSelection, Result>();
  for (const { id, title, make } of ladder) {
    const synthetic = make(split, random(seed, 'ladder', id));
    for (const selection of selections) {
      options.onCell?.(cells.length, total, `${selection.metric.descriptor.id}, ${title}`);
      const result = await resultAt(split, synthetic, POOLED, selection, options);
      if (id === 'copy') copies.set(selection, result);
      cells.push(judge(selection, id, result, copies.get(selection)!));
    }
    if (id === 'oneHospital') cells.push(...(await leftOut(synthetic)));
  }
  options.onCell?.(total, total, 'done');
  return cells;

  function judge(selection: MetricSelection, id: GeneratorId, result: Result, ofCopy: Result): LadderCell {
    const { metric, parameters } = selection;
    const ends = boundsOf(bounds, POOLED, metric.descriptor.id, parameters);
    const row = rowFor(metric.descriptor.id, parameters);
    const place = cellOf(selection, id, POOLED, result, ends);
    if (row === undefined)
      return {
        ...place,
        expected: 'no expectation',
        sign: '?',
        verdict: 'wrong',
        remark: 'this metric has no row of expectations',
      };
    return {
      ...place,
      ...verdictOf(metric.descriptor, row[id], { result, ...ends, ofCopy }, options.planted),
    };
  }

  async function leftOut(synthetic: Cohort): Promise<LadderCell[]> {
    const largest = largestHospital(split.reference);
    const site = split.train.hospitals.find((_, hospital) => hospital !== largest);
    if (site === undefined) return [];
    const own: LadderCell[] = [];
    for (const selection of selections) {
      const { descriptor } = selection.metric;
      // The others do not look at the synthetic cohort, or at the pooled one only.
      if (descriptor.pooledOnly === true || !descriptor.needs.includes('synthetic')) continue;
      const result = await resultAt(split, synthetic, site, selection, options);
      const expected = undefinedFor('empty-synthetic', 'small-site');
      const ends = { floor: null, ceiling: null };
      own.push({
        ...cellOf(selection, 'oneHospital', site, result, ends),
        ...verdictOf(descriptor, expected, { result, ...ends, ofCopy: result }, true),
      });
    }
    return own;
  }
}

function cellOf(
  { metric, parameters }: MetricSelection,
  generator: GeneratorId,
  site: string,
  result: Result,
  ends: Pick<LadderCell, 'floor' | 'ceiling'>,
): Omit<LadderCell, 'expected' | 'sign' | 'verdict' | 'remark'> {
  const ok = result.state === 'ok';
  return {
    generator,
    site,
    metric: metric.descriptor.id,
    parameters,
    value: ok ? result.value : null,
    ciLow: ok ? result.ciLow : null,
    ciHigh: ok ? result.ciHigh : null,
    ...ends,
    state: result.state,
    reason: ok ? null : result.reason,
  };
}

/** What is enough for a mild fault on data that are not planted to show it. */
const MILD_ELSEWHERE = {
  bad: notBetter,
  'not-ideal': ideal,
  'not-worse': anyValue('these data are not planted'),
} as const;

function verdictOf(
  descriptor: MetricDescriptor,
  expectation: Expectation,
  observed: Observed,
  planted: boolean,
): Pick<LadderCell, 'expected' | 'sign' | 'verdict' | 'remark'> {
  const said = { expected: expectationText(expectation), sign: EXPECTATION_SIGNS[expectation.kind] };
  if (fulfils(descriptor, observed, expectation)) return { ...said, verdict: 'right', remark: null };
  if (!planted) {
    const { result, ofCopy } = observed;
    if (
      (ofCopy.state === 'undefined' || ofCopy.state === 'skipped') &&
      result.state === ofCopy.state &&
      reasonCode(result.reason) === reasonCode(ofCopy.reason)
    )
      return { ...said, verdict: 'not-applicable', remark: result.reason };
    const mildly = 'mild' in expectation ? MILD_ELSEWHERE[expectation.kind] : null;
    if (mildly !== null && fulfils(descriptor, observed, mildly))
      return { ...said, verdict: 'right', remark: null };
    if (
      expectation.kind === 'bad' &&
      expectation.dependence === true &&
      !dependenceVisible(descriptor, observed)
    )
      return {
        ...said,
        verdict: 'not-applicable',
        remark: 'these data show no dependence that could be lost: floor and ceiling are not told apart',
      };
  }
  return { ...said, verdict: 'wrong', remark: `expected ${said.expected}` };
}
