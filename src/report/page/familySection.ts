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
};

/** All metrics of a family at the pooled place, one row a metric and parameter set. */
export function familyTable(model: ReportModel, family: Family): Html | null {
  const tables = model.places
    .filter((place) => place.site === 'pooled')
    .map((place) => placeTable(model, family, place));
  return tables.every((table) => table === null)
    ? null
    : markup`<h3 id="family-${family}">${familyTitles[family]}</h3>
        ${tables}`;
}

function placeTable(model: ReportModel, family: Family, place: Place): Html | null {
  const scores = model.scores.filter((score) => score.descriptor.family === family && score.place === place);
  if (scores.length === 0) return null;
  const rows = new Map<string, Map<Subject, Score>>();
  for (const score of scores) {
    const row = rows.get(metricRowKey(score)) ?? new Map<Subject, Score>();
    rows.set(metricRowKey(score), row.set(score.subject, score));
  }
  const subjects = model.subjects.filter((subject) => scores.some((score) => score.subject === subject));
  const gaps = scores.flatMap((score) => score.gaps.map((gap) => ({ score, gap })));
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${familyTitles[family]}">
      <table>
        <caption>
          ${place.label}: value with 95 % interval, mean over seeds
        </caption>
        <thead>
          <tr>
            <th scope="col">metric</th>
            <th scope="col">ceiling</th>
            ${subjects.map((subject) => markup`<th scope="col">${subject.label}</th>`)}
            <th scope="col">floor</th>
          </tr>
        </thead>
        <tbody>
          ${[...rows.values()].map((row) => {
            const first = [...row.values()][0]!;
            return markup`<tr>
              <th scope="row">
                <a href="#${metricAnchor(first.descriptor.id)}">${first.descriptor.title}</a>
                ${directionSign(first.descriptor)}<br /><small>${parametersText(first)}</small>
                <p class="muted explanation">${first.descriptor.explanation}</p>
              </th>
              <td>${boundText(row, 'ceiling')}</td>
              ${subjects.map((subject) => markup`<td>${scoreContent(row.get(subject))}</td>`)}
              <td>${boundText(row, 'floor')}</td>
            </tr> `;
          })}
        </tbody>
      </table>
    </div>
    ${
      gaps.length === 0
        ? null
        : markup`<ul class="muted">
            ${gaps.map(({ score, gap }) => markup`<li>${score.descriptor.title} (${parametersText(score)}), ${score.subject.label}: <span class="gap">${gap.state}</span> in ${gap.seeds} of ${score.seeds} ${score.seeds === 1 ? 'seed' : 'seeds'}: ${displayText(gap.reason)}</li>`)}
          </ul>`
    } `;
}

/** `against train, lags 5`. */
export function parametersText(score: Score): string {
  return Object.entries(score.parameters)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function scoreContent(score: Score | undefined): Html | string {
  if (score === undefined) return '–';
  if (score.value === null)
    return markup`<span class="gap" title="${displayText(score.gaps[0]?.reason ?? '')}">${score.state}</span>`;
  const interval =
    score.low === null || score.high === null
      ? null
      : markup`<br /><span class="half">${formatValue(score.low)} – ${formatValue(score.high)}</span>`;
  return markup`<a class="value" href="#${metricAnchor(score.descriptor.id)}">${formatValue(score.value)}</a
    >${interval}`;
}

function boundText(row: ReadonlyMap<Subject, Score>, end: 'floor' | 'ceiling'): string {
  for (const score of row.values()) {
    const value = score[end];
    if (value !== null) return formatValue(value);
  }
  return '–';
}
