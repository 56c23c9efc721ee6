import type { MetricDescriptor } from '../../metrics/contract.js';
import type { Figure } from '../figures/figure.js';
import type { Leaderboard, RankedCell, RankedRow, Ranking } from '../leaderboard/ranking.js';
import { displayName, displayText } from '../names.js';
import { formatMegabytes, formatValue } from '../numbers.js';
import { cellText, directionSign } from '../summary.js';
import { comparisonsOf } from '../verdicts.js';
import { figureBlock } from './figureBlock.js';
import { markup, metricAnchor, type Html } from './html.js';
import { definitions } from './methodSection.js';
import type { PageFigure } from './pageFigure.js';
import { shell } from './shell.js';

export interface LeaderboardParts {
  readonly leaderboard: Leaderboard;
  readonly descriptors: readonly MetricDescriptor[];
  /** One for each ranking; null where nothing can be drawn. */
  readonly figures: readonly (Figure | null)[];
  readonly pageFigures: Readonly<Record<string, PageFigure>>;
  readonly libraries: readonly string[];
  readonly withPng: boolean;
}

/** Several runs on one page: comparable ones in one table, the others named with what sets them apart. */
export function leaderboardPage(parts: LeaderboardParts): string {
  const { runs, rankings, incomparable } = parts.leaderboard;
  return shell({
    title: 'Leaderboard of synthetic EHR generators',
    lead: `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: ${runs.map(({ name }) => name).join(', ')}. Only scores against the same real patients, split in the same way, stand in one table.`,
    sections: [
      ['rankings', 'Rankings'],
      ['not-compared', 'Not compared'],
      ['runs', 'Runs'],
      ['methods', 'Definitions'],
    ],
    body: [
      markup`<section id="rankings">
        <h2>Rankings</h2>
        <p>
          Headline metrics: value pooled over hospitals ± half the width of its 95 % interval (patients
          resampled), both averaged over seeds; below it the worst hospital. ↓ lower is better, ↑ higher is
          better, → nearest to the number is best. Click a heading to sort; words in the filter keep the rows
          that hold all of them.
        </p>
        ${rankings.map((ranking, index) => rankingPart(ranking, parts.figures[index] ?? null, parts.withPng))}
      </section>`,
      markup`<section id="not-compared">
        <h2>Not compared</h2>
        ${
          incomparable.length === 0
            ? markup`<p>Every run that scores a dataset of the same name can be compared with the others.</p>`
            : markup`<p>These runs score a dataset of the same name, but not the same patients in the same way; they have tables of their own.</p>
              <ul>
                ${incomparable.map(({ run, dataset, reasons }) => markup`<li>${run} on ${displayName(dataset)}: ${reasons.join(', ')}</li>`)}
              </ul>`
        }
      </section>`,
      runSection(parts.leaderboard),
      markup`<section id="methods">
        <h2>Definitions</h2>
        <p>How floors, ceilings and intervals are made is told in the report of each run.</p>
        ${definitions(parts.descriptors)}
      </section>`,
    ],
    footer: markup`Made with fedehr-bench. Scores with all digits are in <code>scores.json</code> of the run folders.`,
    pageFigures: parts.pageFigures,
    libraries: parts.libraries,
  });
}

function rankingPart(ranking: Ranking, figure: Figure | null, withPng: boolean): Html {
  const { group, columns, rows, merged, model } = ranking;
  const title = displayText(group.title, 120);
  const names = group.runs.map(({ name }) => name).join(', ');
  const pooled = model.places.find(({ site }) => site === 'pooled');
  const lines = pooled === undefined ? [] : comparisonsOf(model, pooled);
  const headings = ['generator', 'run', 'seeds'];
  return markup`<h3>${title}</h3>
    <p class="muted">Runs: ${names}${group.runs.length === 1 ? ' (alone: there is nothing to compare it with)' : ''}.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Ranking on ${title} (${names})">
      <table class="sortable summary ranked" data-by="pooled" data-filter>
        <caption>
          ${title}
        </caption>
        <thead>
          <tr>
            ${headings.map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
            ${columns.map((column) => markup`<th scope="col"><button type="button">${column.title} ${directionSign(column)}</button><a class="copyless" href="#${metricAnchor(column.id)}">definition<span class="unseen"> of ${column.title}</span></a></th>`)}
            ${['MB', 'seconds'].map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => rankedRow(row, columns))}
        </tbody>
      </table>
    </div>
    ${
      merged.outdated.length === 0
        ? null
        : markup`<div class="note">
            ${merged.outdated.map(({ run, metric, version }) => markup`<p>${run}: ${displayName(metric)} was scored with version ${version}, not the newest one, and is not compared.</p>`)}
          </div>`
    }
    ${
      lines.length === 0
        ? null
        : markup`<details>
            <summary>Which generator leads on which metric</summary>
            <ul>
              ${lines.map((line) => markup`<li>${line}</li>`)}
            </ul>
            <p class="muted">
              Intervals that do not overlap are not a paired test; <code>fedehr compare</code> pairs generators by
              seed and split.
            </p>
          </details>`
    }
    ${figure === null ? markup`<p class="muted">No figure: no headline metric has a value.</p>` : figureBlock(figure, withPng)} `;
}

function rankedRow(row: RankedRow, columns: readonly MetricDescriptor[]): Html {
  const number = (value: number | null, text: string): Html =>
    value === null ? markup`<td>–</td>` : markup`<td data-value="${value}">${text}</td>`;
  return markup`<tr${row.kind === 'bound' ? markup` class="bound"` : null}>
    <th scope="row" data-value="${row.label}">${row.label}</th>
    <td data-value="${row.run}">${row.run}</td>
    ${row.kind === 'bound' ? markup`<td></td>` : number(row.seeds, String(row.seeds))}
    ${row.cells.map((cell, index) => rankedCell(cell, columns[index]!.id))}
    ${number(row.megabytes, row.megabytes === null ? '' : formatMegabytes(row.megabytes * 1e6))}
    ${number(row.trainingSeconds, row.trainingSeconds === null ? '' : row.trainingSeconds.toFixed(1))}
  </tr> `;
}

function rankedCell({ pooled, worst }: RankedCell, metric: string): Html {
  const { value, half } = pooled;
  const below =
    worst === null
      ? null
      : markup`<span class="worst">worst ${formatValue(worst.value)} at ${worst.place.label}</span>`;
  if (value === null) {
    const reason = pooled.score?.gaps[0]?.reason ?? '';
    const gap =
      pooled.gap === '' ? '–' : markup`<span class="gap" title="${displayText(reason)}">${pooled.gap}</span>`;
    return markup`<td data-worst="${worst?.value ?? ''}">${gap}${below}</td>`;
  }
  return markup`<td data-value="${value}" data-worst="${worst?.value ?? ''}">
    <a class="value" href="#${metricAnchor(metric)}" title="${cellText(pooled)}"
      >${formatValue(value)}${half === null ? null : markup`<span class="half"> ± ${formatValue(half)}</span>`}</a
    >${below}
  </td>`;
}

function runSection({ runs }: Leaderboard): Html {
  const cell = (text: string): Html => markup`<td data-value="${text}">${text}</td>`;
  return markup`<section id="runs">
    <h2>Runs</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Runs">
      <table class="sortable left">
        <thead>
          <tr>
            ${['run', 'suite', 'datasets', 'seeds', 'engine', 'version', 'processor', 'scores without a value', 'failed jobs'].map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${runs.map(({ name, results }) => {
            const { manifest, rows, failures } = results;
            const without = rows.filter(({ value }) => value === null).length;
            return markup`<tr>
              <th scope="row" data-value="${name}">${name}</th>
              ${cell(displayName(manifest.suite))}
              ${cell(manifest.datasets.map(({ id }) => displayName(id)).join(', '))}
              ${cell(manifest.seeds.join(', '))} ${cell(displayName(manifest.engine))}
              ${cell(displayName(manifest.versions['fedehr-bench'] ?? 'unknown'))}
              ${cell(displayName(manifest.machine.processor))}
              <td data-value="${without}">${without} of ${rows.length}</td>
              <td data-value="${failures.length}">${failures.length}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}
