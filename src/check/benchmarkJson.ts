import { generatorName } from '../compare/generator.js';
import { costOf, idealOf } from '../metrics/cost.js';
import { displayName } from '../report/names.js';
import { formatValue } from '../report/numbers.js';
import { placeOf, type CheckedRow } from './checkedRow.js';
import { metricTitle, sentenceOn } from './sentence.js';

/** One entry of github-action-benchmark's custom tools. */
export interface BenchmarkEntry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra: string;
}

export interface BenchmarkFiles {
  /** `tool: customSmallerIsBetter`. */
  readonly smallerIsBetter: readonly BenchmarkEntry[];
  /** `tool: customBiggerIsBetter`. */
  readonly biggerIsBetter: readonly BenchmarkEntry[];
  /** Rows that no entry can hold, since its value must be a finite number. */
  readonly leftOut: readonly string[];
}

/**
 * The run's values for github-action-benchmark, which knows one direction a file. Targets go to the smaller-is-better file as
 * their distance from the ideal. A row without a finite value is left out and named: a 0 in its place would be a lie in the chart,
 * and JSON has no NaN.
 */
export function benchmarkFiles(rows: readonly CheckedRow[]): BenchmarkFiles {
  const smallerIsBetter: BenchmarkEntry[] = [];
  const biggerIsBetter: BenchmarkEntry[] = [];
  const leftOut: string[] = [];
  for (const row of rows) {
    const { descriptor, after, spread } = row;
    if (descriptor === null || after === null || !Number.isFinite(after)) {
      leftOut.push(`${metricTitle(row)} of ${placeOf(row)}`);
      continue;
    }
    const target = descriptor.direction === 'target';
    const entry: BenchmarkEntry = {
      name: [row.dataset, generatorName(row), row.site, descriptor.title].map(displayName).join(' · '),
      unit: target ? `from ${idealOf(descriptor)}` : 'score',
      value: target ? costOf(descriptor, after) : after,
      ...(spread === null || !Number.isFinite(spread) ? {} : { range: `± ${formatValue(spread)}` }),
      extra: sentenceOn(row),
    };
    (descriptor.direction === 'higher' ? biggerIsBetter : smallerIsBetter).push(entry);
  }
  return { smallerIsBetter, biggerIsBetter, leftOut };
}
