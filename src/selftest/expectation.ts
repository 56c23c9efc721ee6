import type { MetricParameters } from '../metrics/contract.js';
import type { GeneratorId } from './generators/index.js';

/** What a metric must say about a generator of the ladder. */
export type Expectation =
  /** The very value that real train patients reach against the holdout, to the last digit but rounding. */
  | { readonly kind: 'exactly-ceiling' }
  /** As good as fresh real patients, within the noise of value and ceiling; `within` widens or, without an interval, is the tolerance. */
  | { readonly kind: 'ceiling'; readonly within?: number }
  /** The metric's ideal, but for rounding. */
  | { readonly kind: 'ideal' }
  /**
   * Worse than fresh real patients beyond the noise of value and ceiling. With `dependence`, only where the data have a dependence to
   * lose: where floor and ceiling can be told apart. With `mild`, the fault is small: on data that are not planted to show it, no better
   * than the ceiling is enough. With `seen`, where floor and ceiling cannot be told apart, no better than the ceiling is enough, on planted
   * data as well. `margin` is the least distance, for metrics without an interval.
   */
  | {
      readonly kind: 'bad';
      readonly dependence?: true;
      readonly mild?: true;
      readonly seen?: true;
      readonly margin?: number;
    }
  /** An attack that succeeds: above the ideal, and farther from it than with fresh patients beyond the noise of value and ceiling. */
  | { readonly kind: 'alarm' }
  /** Changed copies, in whichever order the ends are: anything from what fresh patients give to what a copy gives, within noise. */
  | { readonly kind: 'fresh-to-copy' }
  /** At the ceiling or worse: never better than fresh real patients beyond noise. */
  | { readonly kind: 'not-better'; readonly within?: number }
  /**
   * At the ceiling or better: a part of the stays are copies of what is compared with. With `mild`, any value is right on data that are not
   * planted.
   */
  | { readonly kind: 'not-worse'; readonly mild?: true }
  /**
   * The same value, or the same lack of one, as for a copy of train: what was changed must not matter. With `within`, as much beside noise is
   * allowed.
   */
  | { readonly kind: 'as-copy'; readonly within?: number }
  /** Worse than the ideal: not the copy any more that it would be without its fault. With `mild`, the ideal is right on data that are not planted. */
  | { readonly kind: 'not-ideal'; readonly mild?: true }
  /** The bad end of the metric's range. */
  | { readonly kind: 'worst' }
  /** A value known beforehand, within its noise and `within`. */
  | { readonly kind: 'near'; readonly value: number; readonly within: number }
  | { readonly kind: 'between'; readonly low: number; readonly high: number }
  /** One of these values, but for rounding. */
  | { readonly kind: 'one-of'; readonly values: readonly number[] }
  /** No value, for a reason whose code is one of these. */
  | { readonly kind: 'undefined'; readonly codes: readonly string[] }
  /** No value for one of these reasons where the data lack what the metric looks at; otherwise as said. */
  | { readonly kind: 'unless-undefined'; readonly codes: readonly string[]; readonly said: Expectation }
  /** A value in the metric's range, of which no more can be said beforehand; why is part of the expectation. A failure is wrong still. */
  | { readonly kind: 'any-value'; readonly why: string };

/** One expectation for every generator of the ladder: a row of the grid cannot have a gap. */
export type Row = Readonly<Record<GeneratorId, Expectation>>;

/** Rows of one metric; a row holds for the parameter sets that contain `when`, the first that fits counts. */
export type MetricRows = readonly { readonly when: MetricParameters; readonly row: Row }[];

/** Rows of the metrics of one family, by id. */
export type FamilyExpectations = Readonly<Record<string, MetricRows>>;

export const exactlyCeiling: Expectation = { kind: 'exactly-ceiling' };
export const ceiling: Expectation = { kind: 'ceiling' };
export const ideal: Expectation = { kind: 'ideal' };
export const bad: Expectation = { kind: 'bad' };
/** Bad on planted data, no better than the ceiling elsewhere. */
export const mildlyBad: Expectation = { kind: 'bad', mild: true };
export const notIdeal: Expectation = { kind: 'not-ideal' };
/** Bad where the data have a dependence to lose. */
export const dependenceLost: Expectation = { kind: 'bad', dependence: true };
/** Bad where floor and ceiling are told apart on the data, no better than the ceiling elsewhere. */
export const badWhereSeen: Expectation = { kind: 'bad', seen: true };
export const alarm: Expectation = { kind: 'alarm' };
export const freshToCopy: Expectation = { kind: 'fresh-to-copy' };
export const notBetter: Expectation = { kind: 'not-better' };
export const notWorse: Expectation = { kind: 'not-worse' };
/** Not worse than the ceiling on planted data, any value elsewhere. */
export const notWorsePlanted: Expectation = { kind: 'not-worse', mild: true };
export const asCopy: Expectation = { kind: 'as-copy' };
export const worst: Expectation = { kind: 'worst' };
/** Half, within noise: an attack that only guesses. */
export const half: Expectation = { kind: 'near', value: 0.5, within: 0 };
export const zero: Expectation = { kind: 'near', value: 0, within: 0 };
export const near = (value: number, within: number): Expectation => ({ kind: 'near', value, within });
export const between = (low: number, high: number): Expectation => ({ kind: 'between', low, high });
export const undefinedFor = (...codes: readonly string[]): Expectation => ({ kind: 'undefined', codes });
export const oneOf = (...values: readonly number[]): Expectation => ({ kind: 'one-of', values });
export const anyValue = (why: string): Expectation => ({ kind: 'any-value', why });

/** Nothing and one stay have no value in any metric that looks at the synthetic cohort. */
export const tooFew: Pick<Row, 'empty' | 'onePatient'> = {
  empty: undefinedFor('empty-synthetic'),
  onePatient: undefinedFor('one-stay-synthetic'),
};

/** Every cell of some rows may be without a value for one of these reasons, on data that lack what the metric looks at. */
export function unlessUndefined(rows: MetricRows, ...codes: readonly string[]): MetricRows {
  return rows.map(({ when, row }) => ({
    when,
    row: Object.fromEntries(
      Object.entries(row).map(([id, said]) => [id, { kind: 'unless-undefined', codes, said }]),
    ) as Row,
  }));
}

/** The same row for all parameter sets of a metric. */
export const always = (row: Row): MetricRows => [{ when: {}, row }];

/** What was expected, as a sign of at most two characters; C is the ceiling. */
export const EXPECTATION_SIGNS: Readonly<Record<Expectation['kind'], string>> = {
  'exactly-ceiling': '≡C',
  ceiling: '=C',
  bad: '>C',
  'not-better': '≥C',
  'not-worse': '≤C',
  ideal: '=I',
  'not-ideal': '>I',
  worst: '=W',
  near: '≈',
  between: '[]',
  'as-copy': '=1',
  undefined: '∅',
  'unless-undefined': '∅?',
  'any-value': '*',
  alarm: '!',
  'fresh-to-copy': 'C1',
  'one-of': '|',
};

/** What was expected, in a few words. */
export function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'exactly-ceiling':
      return '= ceiling exactly';
    case 'ceiling':
      return '= ceiling';
    case 'ideal':
      return 'ideal';
    case 'bad':
      return [
        'bad',
        expectation.dependence && '(dependence lost)',
        expectation.mild && '(mildly)',
        expectation.seen && '(where seen)',
      ]
        .filter(Boolean)
        .join(' ');
    case 'not-better':
      return 'no better than ceiling';
    case 'not-worse':
      return 'no worse than ceiling';
    case 'as-copy':
      return expectation.within === undefined ? 'as a copy of train' : 'about as a copy of train';
    case 'not-ideal':
      return 'worse than ideal';
    case 'worst':
      return 'worst value';
    case 'near':
      return `near ${expectation.value}`;
    case 'between':
      return `${expectation.low} … ${expectation.high}`;
    case 'undefined':
      return `undefined (${expectation.codes.join(' or ')})`;
    case 'unless-undefined':
      return `${expectationText(expectation.said)}, or undefined (${expectation.codes.join(' or ')})`;
    case 'alarm':
      return 'alarm';
    case 'fresh-to-copy':
      return 'between fresh patients and a copy';
    case 'one-of':
      return expectation.values.join(' or ');
    case 'any-value':
      return `any value: ${expectation.why}`;
  }
}
