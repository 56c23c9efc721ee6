import type { Family } from '../../metrics/contract.js';
import { displayText } from '../names.js';
import type { ReportModel } from '../model.js';
import { formatValue } from '../numbers.js';
import type { Score } from '../scores.js';
import type { Place, Subject } from '../subjects.js';
import { directionSign } from '../summary.js';
import { metricRowKey } from '../verdicts.js';
import { markup, metricAnchor, type Html } from './html.js';

export const familyTitles: Readonly<Record<Family, string>> = {
  marginal: 'Single features',
  pairwise: 'Pairs of features',
  temporal: 'Course over time',
  joint: 'Whole patients',
  utility: 'Usefulness for prediction',
  privacy: 'Privacy scores',
  site: 'Between hospitals',
  events: 'Events and their tables',
};

/** Families with more rows than these are closed at first: the headline metrics are in the summary. */
const openRows = 8;

/** All metrics of a family at the pooled place, one row a metric and parameter set; in a part that opens and closes. */
export function familyTable(model: ReportModel, family: Family): Html | null {
  const scores = model.scores.filter(
    (score) => score.descriptor.family === family && score.place.site === 'pooled',
  );
  if (scores.length === 0) return null;
  const rows = new Set(scores.map(metricRowKey));
  const metrics = new Set(scores.map((score) => score.descriptor.id));
  const without = scores.filter((score) => score.value === null).length;
  const counts = [
    `${metrics.size} ${metrics.size === 1 ? 'metric' : 'metrics'}`,
    ...(rows.size > metrics.size ? [`${rows.size} with their variants`] : []),
    ...(without > 0 ? [`${without} of ${scores.length} scores without a value`] : []),
  ].join(', ');
  const tables = model.places
    .filter((place) => place.site === 'pooled')
    .map((place) =>
      placeTable(
        model,
        family,
        place,
        scores.filter((score) => score.place === place),
      ),
    );
  return markup`<details class="family"${rows.size <= openRows ? markup` open` : null}>
    <summary><h3 id="family-${family}">${familyTitles[family]}</h3> <small>${counts}</small></summary>
    ${tables}
  </details> `;
}

function placeTable(model: ReportModel, family: Family, place: Place, scores: readonly Score[]): Html | null {
  if (scores.length === 0) return null;
  const rows = new Map<string, Map<Subject, Score>>();
  for (const score of scores) {
    const row = rows.get(metricRowKey(score)) ?? new Map<Subject, Score>();
    rows.set(metricRowKey(score), row.set(score.subject, score));
  }
  const subjects = model.subjects.filter((subject) => scores.some((score) => score.subject === subject));
  const several = model.places.filter(({ site }) => site === 'pooled').length > 1;
  return markup`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label="${familyTitles[family]}${several ? `, ${place.label}` : ''}"
    >
      <table class="sortable">
        <caption>
          ${place.label}: value with 95 % interval, mean over seeds
        </caption>
        <thead>
          <tr>
            ${['metric', 'ceiling', ...subjects.map((subject) => subject.label), 'floor'].map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...rows.values()].map((row) => metricRow(row, subjects))}
        </tbody>
      </table>
    </div>
    ${gapList(scores)} `;
}

function metricRow(row: ReadonlyMap<Subject, Score>, subjects: readonly Subject[]): Html {
  const first = [...row.values()][0]!;
  const bound = (end: 'floor' | 'ceiling'): Html => {
    const value = [...row.values()].map((score) => score[end]).find((known) => known !== null);
    return value === undefined
      ? markup`<td>–</td>`
      : markup`<td data-value="${value}">${formatValue(value)}</td>`;
  };
  return markup`<tr>
    <th scope="row" data-value="${first.descriptor.title}">
      <a href="#${metricAnchor(first.descriptor.id)}">${first.descriptor.title}</a>
      ${directionSign(first.descriptor)}<br /><small>${parametersText(first)}</small>
      <p class="muted explanation copyless">${first.descriptor.explanation}</p>
    </th>
    ${bound('ceiling')} ${subjects.map((subject) => scoreCell(row.get(subject)))} ${bound('floor')}
  </tr> `;
}

const listedGaps = 5;

/** Why scores have no value; closed where there are many. */
function gapList(scores: readonly Score[]): Html | null {
  const gaps = scores.flatMap((score) => score.gaps.map((gap) => ({ score, gap })));
  if (gaps.length === 0) return null;
  const list = markup`<ul class="muted">
    ${gaps.map(({ score, gap }) => markup`<li>${score.descriptor.title} (${parametersText(score)}), ${score.subject.label}: <span class="gap">${gap.state}</span> in ${gap.seeds} of ${score.seeds} ${score.seeds === 1 ? 'seed' : 'seeds'}: ${displayText(gap.reason)}</li>`)}
  </ul>`;
  return gaps.length <= listedGaps
    ? list
    : markup`<details>
        <summary>Why ${gaps.length} scores have no value in some seed</summary>
        ${list}
      </details>`;
}

/** `against train, lags 5`. */
function parametersText(score: Score): string {
  return Object.entries(score.parameters)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function scoreCell(score: Score | undefined): Html {
  if (score === undefined) return markup`<td>–</td>`;
  if (score.value === null)
    return markup`<td><span class="gap" title="${displayText(score.gaps[0]?.reason ?? '')}">${score.state}</span></td>`;
  const interval =
    score.low === null || score.high === null
      ? null
      : markup`<br /><span class="half">${formatValue(score.low)} – ${formatValue(score.high)}</span>`;
  return markup`<td data-value="${score.value}">
    <a class="value" href="#${metricAnchor(score.descriptor.id)}">${formatValue(score.value)}</a>${interval}
  </td>`;
}
