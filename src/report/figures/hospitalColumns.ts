import { printedStays } from '../disclosure.js';
import type { ReportModel } from '../model.js';
import { displayText } from '../names.js';
import { forDrawing, formatValue } from '../numbers.js';
import type { Score } from '../scores.js';
import { worstPlaces } from '../worst.js';

const signs = { clear: ' ▲', 'within-noise': ' △', no: '' };

/** What a generator has at every site for one metric, as columns: one number a site is a third of one object a site. */
interface MetricColumns {
  readonly generator: string;
  readonly order: number;
  /** Place in the list of metrics; [site] below: places in the lists of sites, numbers of stays and gaps. */
  readonly m: number;
  readonly s: number[];
  readonly value: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
  readonly position: (number | null)[];
  readonly good: (number | null)[];
  readonly bad: (number | null)[];
  /** Worst hospital: 0 no, 1 within noise, 2 clearly. */
  readonly w: number[];
  readonly n: number[];
  readonly g: number[];
  readonly text?: string[];
}

/**
 * The figure's data by generator and metric, with the texts that its numbers stand for.
 *
 * @returns also whether any score has a position
 */
export function hospitalColumns(model: ReportModel, scores: readonly Score[], withText: boolean) {
  const worst = worstPlaces(model);
  const rows = new Map<string, MetricColumns>();
  const [stays, gaps] = [new Numbered(), new Numbered()];
  const order = new Map(model.subjects.map((subject, index) => [subject, index]));
  const places = new Map(model.places.map((place, index) => [place, index]));
  const metrics = new Map(model.headlines.map((descriptor, index) => [descriptor, index]));
  let placed = false;
  for (const score of scores) {
    const position = model.position(score);
    placed ||= position !== null;
    const key = `${score.subject.label}\n${score.descriptor.id}`;
    const row = rows.get(key) ?? {
      generator: score.subject.label,
      order: order.get(score.subject)!,
      m: metrics.get(score.descriptor)!,
      ...{ s: [], value: [], low: [], high: [], position: [], good: [], bad: [], w: [], n: [], g: [] },
      ...(withText ? { text: [] } : {}),
    };
    rows.set(key, row);
    const standing = worst.get(score) ?? 'no';
    row.s.push(places.get(score.place)!);
    row.value.push(drawable(score.value));
    row.low.push(drawable(score.low));
    row.high.push(drawable(score.high));
    row.position.push(drawable(position?.share ?? null));
    row.good.push(drawable(position?.ends.good ?? null));
    row.bad.push(drawable(position?.ends.bad ?? null));
    row.w.push({ no: 0, 'within-noise': 1, clear: 2 }[standing]);
    row.n.push(stays.of(printedStays(model.results.manifest, score.place, score.n)));
    row.g.push(gaps.of(score.value === null ? displayText(score.gaps[0]?.reason ?? '', 80) : ''));
    row.text?.push(score.value === null ? score.state : `${formatValue(score.value)}${signs[standing]}`);
  }
  return { values: [...rows.values()], stays: stays.texts, gaps: gaps.texts, placed };
}

const drawable = (value: number | null): number | null => (value === null ? null : forDrawing(value, 4));

/** Texts that come again and again, each kept once. */
class Numbered {
  readonly texts: string[] = [];
  private readonly places = new Map<string, number>();

  of(text: string): number {
    const place = this.places.get(text) ?? this.texts.push(text) - 1;
    this.places.set(text, place);
    return place;
  }
}
