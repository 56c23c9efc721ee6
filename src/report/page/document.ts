import { createHash } from 'node:crypto';
import type { Family } from '../../metrics/contract.js';
import type { Spec } from 'vega';
import { displayName, displayText } from '../names.js';
import type { Figure, FigureSource, Layout } from '../figures/figure.js';
import type { ReportModel } from '../model.js';
import { browserScript } from './browserScript.js';
import { familyTable } from './familySection.js';
import { absentFigure, figureBlock } from './figureBlock.js';
import { hospitalSection } from './hospitalSection.js';
import { Html, markup, scriptJson } from './html.js';
import { manifestSection, methodSection } from './methodSection.js';
import { privacyPreamble } from './privacySection.js';
import { styleSheet } from './style.js';
import { summarySection, verdictSection } from './summarySection.js';
import { trainingSection } from './trainingSection.js';

/** What the page's script needs to draw a figure. */
export interface PageFigure {
  readonly vega: Spec;
  readonly layout: Layout;
  readonly description: string;
  /** Signals that drop-down lists set; kept when a figure is drawn again. */
  readonly choices: readonly string[];
}

export interface DocumentParts {
  readonly model: ReportModel;
  readonly drawn: readonly { readonly source: FigureSource; readonly figure: Figure | null }[];
  readonly pageFigures: Readonly<Record<string, PageFigure>>;
  readonly markdown: string;
  /** Scripts that come before the page's own. */
  readonly libraries: readonly string[];
}

const fidelity: readonly Family[] = ['marginal', 'pairwise', 'temporal', 'joint', 'utility', 'site'];

/** The whole page: one file that loads nothing and whose scripts are allowed one by one by their hashes. */
export function documentOf(parts: DocumentParts): string {
  const { model } = parts;
  const { manifest } = model.results;
  const scripts = [...parts.libraries, browserScript];
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashSource).join(' ')}`,
    `style-src ${hashSource(styleSheet)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const figuresOf = (section: FigureSource['section']): readonly Html[] =>
    parts.drawn
      .filter(({ source }) => source.section === section)
      .map(({ source, figure }) =>
        figure === null ? absentFigure(source.title, source.absent) : figureBlock(figure),
      );
  const title = `${displayName(manifest.suite)}: synthetic EHR scored`;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>${new Html(styleSheet)}</style>
      </head>
      <body>
        <a class="skip" href="#verdicts">Skip to the results</a>
        <header class="top">
          <h1>${title}</h1>
          <p>${whatWasRun(model)}</p>
        </header>
        <nav aria-label="Sections">
          <div>
            ${[
              ['verdicts', 'Verdicts'],
              ['summary', 'Summary'],
              ['families', 'Metrics'],
              ['hospitals', 'Hospitals'],
              ['training', 'Training'],
              ['privacy', 'Privacy'],
              ['methods', 'Methods'],
              ['manifest', 'Manifest'],
            ].map(([id, name]) => markup`<a href="#${id!}">${name!}</a>`)}<button type="button" id="theme">
              Theme: auto
            </button>
          </div>
        </nav>
        <main>
          <noscript
            ><div class="note">
              <p>
                Figures are drawn by a script that is part of this page. Without it, open the SVG files in the
                folder <code>figures</code>.
              </p>
            </div></noscript
          >
          ${verdictSection(model)} ${summarySection(model)} ${figuresOf('summary')}
          <section id="families">
            <h2>Metrics by family</h2>
            ${fidelity.map((family) => [familyTable(model, family), ...figuresOf(family)])}
          </section>
          <section id="hospitals">
            <h2>Hospitals</h2>
            ${figuresOf('hospitals')} ${hospitalSection(model)}
          </section>
          <section id="training">
            <h2>Training</h2>
            ${trainingSection(model)} ${figuresOf('training')}
          </section>
          <section id="privacy">
            <h2>Privacy</h2>
            ${privacyPreamble(model)} ${familyTable(model, 'privacy')} ${figuresOf('privacy')}
          </section>
          ${methodSection(model)} ${manifestSection(model)}
        </main>
        <footer>
          Made with fedehr-bench. Scores with all digits are in <code>scores.json</code> of the run folder.
        </footer>
        <div id="tip" hidden></div>
        <script type="application/json" id="summary-markdown">${scriptJson(parts.markdown)}</script>
        <script type="application/json" id="figures">${scriptJson(parts.pageFigures)}</script>
        ${scripts.map((script) => markup`<script>${new Html(script)}</script> `)}
      </body>
    </html> `.text;
}

function whatWasRun(model: ReportModel): string {
  const { manifest } = model.results;
  const list = (kind: 'generator' | 'reference'): string =>
    model.subjects
      .filter((subject) => subject.kind === kind)
      .map((subject) => subject.label)
      .join(', ');
  const datasets = manifest.datasets.map((dataset) => {
    const count = dataset.hospitals.length;
    return `${displayText(dataset.title)} (${count} ${count === 1 ? 'hospital' : 'hospitals'}${dataset.label === null ? '' : `, label ${displayName(dataset.label)}`})`;
  });
  const references = list('reference');
  return `Data: ${datasets.join('; ')}. Generators: ${list('generator')}. ${references === '' ? '' : `References: ${references}. `}Seeds: ${manifest.seeds.join(', ')}. Engine: ${displayName(manifest.engine)}.`;
}

const hashSource = (text: string): string =>
  `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
