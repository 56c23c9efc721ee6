import type { ReportModel } from '../model.js';
import { displayText } from '../names.js';
import { formatValue } from '../numbers.js';
import { cellText, directionSign, summariesOf, type SummaryCell } from '../summary.js';
import { comparisonsOf, countGaps, verdictsOf, type Verdict } from '../verdicts.js';
import { markup, metricAnchor, type Html } from './html.js';

/** Sentences computed from the numbers, before any table. */
export function verdictSection(model: ReportModel): Html {
  const verdicts = verdictsOf(model);
  const several = model.places.filter((place) => place.site === 'pooled').length > 1;
  const gaps = countGaps(model);
  const { failures } = model.results;
  return markup`<section id="verdicts">
    <h2>What the numbers say</h2>
    ${findingNotes(model)}
    <div class="verdicts">
      ${verdicts.map(
        (item) =>
          markup`<div class="verdict">
            <h3>${item.subject.label}${several ? ` · ${item.place.label}` : ''}</h3>
            <p>${item.lead}</p>
            ${item.warnings.map((warning) => markup`<div class="note"><p>${warning}</p></div>`)}
            <ul>
              ${furthest(model, item.verdicts).map(sentenceItem)}
            </ul>
            <details>
              <summary>All ${item.verdicts.length} headline metrics</summary>
              <ul>
                ${item.verdicts.map(sentenceItem)}
              </ul>
            </details>
          </div> `,
      )}
    </div>
    ${verdicts.every((item) => item.warnings.length === 0) ? markup`<p>No generator is closer to the training patients than fresh real patients are, and no membership attack is, with its whole interval, above guessing and above what it gets of fresh real patients. That is no proof of privacy: see <a href="#privacy">privacy</a>.</p>` : null}
    ${model.places
      .filter((place) => place.site === 'pooled')
      .map((place) => {
        const lines = comparisonsOf(model, place);
        return lines.length === 0
          ? null
          : markup`<details>
              <summary>Which generator leads on which metric${several ? ` (${place.label})` : ''}</summary>
              <ul>
                ${lines.map((line) => markup`<li>${line}</li>`)}
              </ul>
              <p class="muted">
                Intervals that do not overlap are not a paired test, and overlapping ones do not show that
                generators are equal; <code>fedehr compare</code> pairs them by seed and split.
              </p>
            </details> `;
      })}
    ${reconstructionNotes(model)}
    <p>
      ${gaps.without === 0 ? `All ${gaps.all} scores have a value.` : `${gaps.without} of ${gaps.all} scores have no value; each is shown with its state and reason.`}
    </p>
    ${
      failures.length === 0
        ? null
        : markup`<div class="note">
            <p><b>Jobs that did not finish</b></p>
            ${failures.map((failure) => markup`<p>${model.subjects.find((subject) => subject.trainer === failure.trainer && subject.variant === failure.variant)?.label ?? ''}, seed ${failure.seed}: ${displayText(failure.reason)}</p>`)}
          </div>`
    }
  </section> `;
}

/** Generators whose authors' own implementation was not run, and what their rebuilding rests on. */
const reconstructions = [
  {
    name: 'fedehr-gen',
    trainers: ['fedehr-gen'],
    basis:
      'Only the abstract of arXiv 2605.27892 is public, so the method is rebuilt from its description; no number of the paper is quoted',
  },
  {
    name: 'rawmed',
    trainers: ['rawmed', 'rawmed-fedavg'],
    basis:
      'The method of arXiv 2507.06996 is written anew from a description of it, with its known faults mended and at smaller sizes',
  },
] as const;

const reconstructionNotes = (model: ReportModel): readonly Html[] =>
  reconstructions
    .filter(({ trainers }) => model.subjects.some(({ trainer }) => trainers.some((id) => id === trainer)))
    .map(
      ({ name, basis }) =>
        markup`<div class="note">
          <p>
            <b>${name} is a reconstruction.</b> ${basis}, and no result here speaks for or against the authors’
            own implementation.
          </p>
        </div>`,
    );

/** What the leak guards found before scoring: it comes before any number. */
function findingNotes(model: ReportModel): readonly Html[] {
  return model.results.manifest.datasets
    .filter(({ findings }) => findings.length > 0)
    .map(
      ({ title, findings }) =>
        markup`<div class="note" role="alert">
          <p><b>Found in ${displayText(title)} before scoring</b></p>
          ${findings.map((finding) => markup`<p>${displayText(finding)}</p>`)}
        </div> `,
    );
}

/** The sortable summary table of every dataset; every number links to the definition of its metric. */
export function summarySection(model: ReportModel): Html {
  return markup`<section id="summary">
    <h2>Summary</h2>
    <p>
      Headline metrics, pooled over hospitals: value ± half the width of its 95 % interval, both averaged over
      ${model.results.manifest.seeds.length} ${model.results.manifest.seeds.length === 1 ? 'seed' : 'seeds'}.
      ↓ lower is better, ↑ higher is better, → nearest to the number is best. Click a heading to sort.
    </p>
    ${summariesOf(model).map(
      (summary) =>
        markup`<div class="scroll" tabindex="0" role="region" aria-label="Summary of ${displayText(titleOf(model, summary.dataset))}">
          <table class="sortable summary">
            <caption>
              ${displayText(titleOf(model, summary.dataset))}
            </caption>
            <thead>
              <tr>
                <th scope="col"><button type="button">generator</button></th>
                ${summary.columns.map((column) => markup`<th scope="col"><button type="button">${column.title} ${directionSign(column)}</button><a class="copyless" href="#${metricAnchor(column.id)}">definition<span class="unseen"> of ${column.title}</span></a></th>`)}
              </tr>
            </thead>
            <tbody>
              ${summary.rows.map(
                (
                  row,
                ) => markup`<tr${row.kind === 'bound' ? markup` class="bound"` : null}><th scope="row" data-value="${row.label}">${row.label}${row.kind === 'reference' ? markup` <small>reference</small>` : null}</th>${row.cells.map((cell, index) => numberCell(cell, summary.columns[index]!.id))}</tr>
`,
              )}
            </tbody>
          </table>
        </div> `,
    )}
  </section> `;
}

const titleOf = (model: ReportModel, id: string): string =>
  model.results.manifest.datasets.find((dataset) => dataset.id === id)?.title ?? id;

function numberCell(cell: SummaryCell, metric: string): Html {
  if (cell.value === null) {
    const reason = cell.score?.gaps[0]?.reason ?? '';
    return markup`<td>
      ${cell.gap === '' ? '–' : markup`<span class="gap" title="${displayText(reason)}">${cell.gap}</span>`}
    </td>`;
  }
  const spread = cell.score?.seedDeviation ?? null;
  const title = `${cellText(cell)}${spread === null ? '' : `; SD over seeds ${formatValue(spread)}`}`;
  return markup`<td data-value="${cell.value}">
    <a class="value" href="#${metricAnchor(metric)}" title="${title}"
      >${formatValue(cell.value)}${cell.half === null ? null : markup`<span class="half"> ± ${formatValue(cell.half)}</span>`}</a
    >
  </td>`;
}

const remarked = 3;

/** The scores that lie furthest from fresh real patients, and all that are worse than both ends or have no value. */
function furthest(model: ReportModel, verdicts: readonly Verdict[]): readonly Verdict[] {
  const placed = verdicts
    .map((verdict) => ({ verdict, share: model.position(verdict.score)?.share ?? Number.NEGATIVE_INFINITY }))
    .filter(({ verdict }) => verdict.standing === 'between' || verdict.standing === 'no-better')
    .sort((a, b) => b.share - a.share)
    .slice(0, remarked)
    .map(({ verdict }) => verdict);
  const others = verdicts.filter(({ standing }) => standing === 'worse-than-both' || standing === 'no-value');
  return [...placed, ...others];
}

function sentenceItem(verdict: Verdict): Html {
  const { descriptor } = verdict.score;
  return markup`<li><a href="#${metricAnchor(descriptor.id)}">${descriptor.title}</a> ${displayText(verdict.sentence.slice(descriptor.title.length))}</li>`;
}
