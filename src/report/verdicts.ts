import { costOf } from '../metrics/cost.js';
import { costRange } from './position.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';
import { memorisationSigns } from './memorisation.js';
import { reportModel, type ReportModel } from './model.js';
import { formatShare, formatValue } from './numbers.js';
import { parametersKey, type Score } from './scores.js';
import type { Place, Subject } from './subjects.js';

export type Standing = 'as-real' | 'between' | 'no-better' | 'worse-than-both' | 'unplaced' | 'no-value';

/** What one headline score says, in a sentence. */
export interface Verdict {
  readonly score: Score;
  readonly standing: Standing;
  readonly sentence: string;
}

/** Everything said about one generator on one dataset. */
export interface SubjectVerdict {
  readonly subject: Subject;
  readonly place: Place;
  readonly lead: string;
  readonly verdicts: readonly Verdict[];
  /** Why its output may be memorised training patients; empty when nothing points to it. */
  readonly warnings: readonly string[];
}

/** Verdicts on every generator that is not a reference, pooled over hospitals. */
export function verdictsOf(model: ReportModel): readonly SubjectVerdict[] {
  return model.places
    .filter((place) => place.site === 'pooled')
    .flatMap((place) =>
      model.subjects
        .filter((subject) => subject.kind === 'generator')
        .flatMap((subject) => {
          const verdicts = model.headlines.flatMap((descriptor) => {
            const score = model.headline(place, subject, descriptor.id);
            return score === undefined ? [] : [verdictOn(model, score)];
          });
          return verdicts.length === 0
            ? []
            : [
                {
                  subject,
                  place,
                  verdicts,
                  lead: leadOf(verdicts),
                  warnings: warningsOn(model, place, subject),
                },
              ];
        }),
    );
}

function verdictOn(model: ReportModel, score: Score): Verdict {
  const title = score.descriptor.title;
  if (score.value === null) {
    // Reasons that are messages of errors are sentences of their own.
    const reason = (score.gaps[0]?.reason ?? 'no reason given').replace(/\.$/, '');
    return { score, standing: 'no-value', sentence: `${title} has no value (${score.state}: ${reason}).` };
  }
  const interval =
    score.low === null || score.high === null
      ? ''
      : ` (95 % CI ${formatValue(score.low)}–${formatValue(score.high)})`;
  const value = `${title} ${formatValue(score.value)}${interval}`;
  const ends = model.ends(score);
  if (ends === null)
    return { score, standing: 'unplaced', sentence: `${value}; no floor and ceiling to compare with.` };
  const between = `from ${ends.goodName} (${formatValue(ends.good)}) to ${ends.badName} (${formatValue(ends.bad)})`;
  const position = model.position(score);
  const [best, worst] = costRange(score)!;
  const good = costOf(score.descriptor, ends.good);
  const bad = costOf(score.descriptor, ends.bad);
  if (position === null) {
    const both = `${ends.goodName} (${formatValue(ends.good)}) and ${ends.badName} (${formatValue(ends.bad)})`;
    return score.low !== null && best > Math.max(good, bad)
      ? { score, standing: 'worse-than-both', sentence: `${value}: worse than both ${both}.` }
      : {
          score,
          standing: 'unplaced',
          sentence: `${value}; ${both} lie too close together to place it.`,
        };
  }
  if (best <= good) {
    return {
      score,
      standing: 'as-real',
      sentence: `${value}: cannot be told from ${ends.goodName} (${formatValue(ends.good)}).`,
    };
  }
  if (worst >= bad) {
    return {
      score,
      standing: 'no-better',
      sentence: `${value}: no better than ${ends.badName} (${formatValue(ends.bad)}).`,
    };
  }
  return {
    score,
    standing: 'between',
    sentence: `${value}: ${formatShare(position.share)} of the way ${between}.`,
  };
}

function leadOf(verdicts: readonly Verdict[]): string {
  const count = (standing: Standing): number =>
    verdicts.filter((verdict) => verdict.standing === standing).length;
  const placed = verdicts.length - count('worse-than-both') - count('unplaced') - count('no-value');
  const parts = [
    `On ${count('as-real') === 0 ? 'none' : count('as-real')} of ${placed} headline metrics it cannot be told from fresh real patients at this size`,
  ];
  if (count('no-better') > 0) parts.push(`on ${count('no-better')} it is no better than the far end`);
  if (count('worse-than-both') > 0)
    parts.push(`on ${count('worse-than-both')} whose ends are not told apart it is worse than both`);
  if (count('unplaced') > 0) parts.push(`${count('unplaced')} cannot be placed`);
  if (count('no-value') > 0)
    parts.push(`${count('no-value')} ${count('no-value') === 1 ? 'has' : 'have'} no value`);
  return `${parts.join('; ')}.`;
}

/** One flag however many scores raise it: they are scores of one draw, and chance moves related ones together. */
function memorisationSentence(signs: readonly Score[]): string {
  const listed = signs.map(
    ({ descriptor, value, ceiling }) =>
      `${descriptor.title} is ${formatValue(value!)} (fresh real patients ${formatValue(ceiling!)})`,
  );
  const are = signs.length === 1 ? 'better' : 'each better';
  return `Memorisation flag: against the training patients ${listed.join(', ')}, ${are} than fresh real patients reach beyond the noise of both. Chance raised it for 1 of 40 faultless generators in simulations: see whether membership attacks and the copy checks agree.`;
}

/** Signs of memorised training patients: closer to train than fresh real patients are, or an attack above chance and above them. */
function warningsOn(model: ReportModel, place: Place, subject: Subject): readonly string[] {
  const own = model.scores.filter(
    (score) => score.place === place && score.subject === subject && score.value !== null,
  );
  const signs = memorisationSigns(own.filter(({ parameters }) => parameters['against'] === 'train'));
  const warnings = signs.length === 0 ? [] : [memorisationSentence(signs)];
  for (const score of own) {
    // Members and others differ by chance too: what the attack gets of fresh patients has that part in it.
    const guessing = Math.max(0.5, score.ceiling ?? 0.5);
    if (
      score.headline &&
      /^privacy\.mia_.*_auroc$/u.test(score.descriptor.id) &&
      score.low !== null &&
      score.low > guessing
    ) {
      const fresh =
        score.ceiling === null
          ? ''
          : ` and above what it gets of fresh real patients (${formatValue(score.ceiling)})`;
      warnings.push(
        `Membership leaks: ${score.descriptor.title} ${formatValue(score.value!)}, whole 95 % interval (${formatValue(score.low)}–${formatValue(score.high!)}) above guessing${fresh}.`,
      );
    }
  }
  return warnings;
}

/** Every warning about memorised training patients, with the generator and the dataset that it is about; for terminals and machines. */
export function memorisationFlags(
  results: RunResults,
  descriptors: readonly MetricDescriptor[],
): readonly string[] {
  return verdictsOf(reportModel(results, descriptors)).flatMap(({ subject, place, warnings }) =>
    warnings.map((warning) => `${subject.label} on ${place.dataset}: ${warning}`),
  );
}

/** For each headline metric the leading generator, said with the caution that the intervals ask for. */
export function comparisonsOf(model: ReportModel, place: Place): readonly string[] {
  return model.headlines.flatMap((descriptor) => {
    if (descriptor.family === 'privacy') return [];
    const ranked = model.subjects
      .filter((subject) => subject.kind === 'generator')
      .flatMap((subject) => {
        const score = model.headline(place, subject, descriptor.id);
        return score?.value == null
          ? []
          : [{ subject, score, value: score.value, cost: costOf(descriptor, score.value) }];
      })
      .sort((a, b) => a.cost - b.cost);
    const [first, second] = ranked;
    if (first === undefined || second === undefined) return [];
    const firstRange = costRange(first.score)!;
    const secondRange = costRange(second.score)!;
    const apart = first.score.low !== null && second.score.low !== null && firstRange[1] < secondRange[0];
    return [
      apart
        ? `${descriptor.title}: ${first.subject.label} (${formatValue(first.value)}) is ahead of ${second.subject.label} (${formatValue(second.value)}); their intervals do not overlap.`
        : `${descriptor.title}: ${first.subject.label} (${formatValue(first.value)}) and ${second.subject.label} (${formatValue(second.value)}) are not separated; ${first.score.low === null ? 'no interval is defined' : 'their intervals overlap'}.`,
    ];
  });
}

/** Number of scores without a value, and of all scores, over seeds. */
export function countGaps(model: ReportModel): { readonly without: number; readonly all: number } {
  let without = 0;
  for (const score of model.scores) for (const gap of score.gaps) without += gap.seeds;
  return { without, all: model.results.rows.length };
}

/** Scores of one table row: same metric and parameters. */
export const metricRowKey = (score: Score): string =>
  `${score.descriptor.id}\n${parametersKey(score.parameters)}`;
