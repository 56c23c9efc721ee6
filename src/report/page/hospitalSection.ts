import type { PartCounts, RunManifest } from '../../run/contract.js';
import { countedUnit, printedStays } from '../disclosure.js';
import { formatCount, formatValue } from '../numbers.js';
import { displayName, displayText } from '../names.js';
import type { ReportModel } from '../model.js';
import { costOf } from '../../metrics/cost.js';
import { hospitalRange } from '../hospitalRange.js';
import type { Score } from '../scores.js';
import { markup, metricAnchor, type Html } from './html.js';

/** Counts of each hospital, and pooled beside best and worst hospital for every headline metric. */
export function hospitalSection(model: ReportModel): Html {
  return markup`<h3>Patients</h3>
    ${model.results.manifest.datasets.map(countTable)}
    <h3>Pooled beside the worst hospital</h3>
    <p>
      A pooled score can hide one hospital that is served badly. Spread is the difference between the worst
      and the best hospital.
    </p>
    <div class="scroll tall" tabindex="0" role="region" aria-label="Worst hospital">
      <table class="sortable words">
        <thead>
          <tr>
            ${['generator', 'metric', 'pooled', 'worst hospital', 'its value', 'its stays', 'spread'].map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${rowsOf(model)}
        </tbody>
      </table>
    </div>
    ${gapSummary(model)} `;
}

/** Headline scores of hospitals without a value, put together by reason: one line a metric, not one a hospital. */
function gapSummary(model: ReportModel): Html | null {
  const groups = new Map<string, { readonly score: Score; readonly sites: Set<string> }>();
  for (const score of model.scores) {
    if (score.place.site === 'pooled' || score.value !== null || !score.headline) continue;
    const key = [score.descriptor.id, score.state, score.gaps[0]?.reason ?? ''].join('\n');
    const group = groups.get(key) ?? { score, sites: new Set() };
    groups.set(key, group);
    group.sites.add(score.place.label);
  }
  if (groups.size === 0) return null;
  return markup`<details${groups.size <= listedGaps ? markup` open` : null}>
    <summary>Headline metrics without a value at hospitals</summary>
    <ul class="muted">
      ${[...groups.values()].map(({ score, sites }) => markup`<li>${score.descriptor.title}, ${someOf([...sites])}: <span class="gap">${score.state}</span>: ${displayText(score.gaps[0]?.reason ?? '')}</li>`)}
    </ul>
  </details>`;
}

const listedGaps = 8;
const namedSites = 4;

const someOf = (sites: readonly string[]): string =>
  sites.length <= namedSites
    ? sites.join(', ')
    : `${sites.slice(0, namedSites).join(', ')} and ${sites.length - namedSites} more hospitals`;

/** Patients of each hospital, and of all. */
function countTable(dataset: RunManifest['datasets'][number]): Html {
  const unit = countedUnit(dataset);
  const row = (name: string, { train, holdout, reference }: PartCounts): Html =>
    markup`<tr>
      <th scope="row" data-value="${name}">${name}</th>
      ${[train, holdout, reference].map((count) => (count === null ? markup`<td>${formatCount(count)}</td>` : markup`<td data-value="${count}">${formatCount(count)}</td>`))}
    </tr>`;
  return markup`<div class="scroll tall" tabindex="0" role="region" aria-label="${unit} of each hospital">
    <table class="sortable">
      <caption>
        ${displayText(dataset.title)}: ${unit} of each hospital. Counts of 1 to 10 are withheld, and as many
        others as keep them from following from the totals
      </caption>
      <thead>
        <tr>
          ${['hospital', 'train', 'holdout', 'reference'].map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
        </tr>
      </thead>
      <tbody>
        ${dataset.hospitals.map((hospital) => row(displayName(hospital.id), hospital))}
      </tbody>
      ${
        dataset.patients === undefined
          ? null
          : markup`<tfoot>
              ${row('all patients', dataset.patients)}${dataset.stays === undefined ? null : row('all stays', dataset.stays)}
            </tfoot>`
      }
    </table>
  </div> `;
}

function rowsOf(model: ReportModel): readonly Html[] {
  return model.places
    .filter((place) => place.site === 'pooled')
    .flatMap((pooled) =>
      model.subjects
        .filter((subject) => subject.kind === 'generator')
        .flatMap((subject) =>
          model.headlines.flatMap((descriptor) => {
            const range = hospitalRange(model, pooled.dataset, subject, descriptor);
            if (range === null) return [];
            const { worst, best } = range;
            const all = model.headline(pooled, subject, descriptor.id)?.value ?? null;
            const spread = costOf(descriptor, worst.value) - costOf(descriptor, best.value);
            const stays = printedStays(model.results.manifest, worst.place, worst.n);
            return [
              markup`<tr>
                <th scope="row" data-value="${subject.label}">${subject.label}</th>
                <td data-value="${descriptor.title}">
                  <a href="#${metricAnchor(descriptor.id)}">${descriptor.title}</a>
                </td>
                ${all === null ? markup`<td>–</td>` : markup`<td data-value="${all}">${formatValue(all)}</td>`}
                <td data-value="${worst.place.label}">${worst.place.label}</td>
                <td data-value="${worst.value}">${formatValue(worst.value)}</td>
                <td>${stays}</td>
                <td data-value="${spread}">${formatValue(spread)}</td>
              </tr> `,
            ];
          }),
        ),
    );
}
