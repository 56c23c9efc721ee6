import type { Family } from '../../metrics/contract.js';
import { displayName, displayText } from '../names.js';
import type { Figure, FigureSource } from '../figures/figure.js';
import type { ReportModel } from '../model.js';
import { familyTable } from './familySection.js';
import { absentFigure, figureBlock } from './figureBlock.js';
import { hospitalSection } from './hospitalSection.js';
import { markup, type Html } from './html.js';
import { manifestSection, methodSection } from './methodSection.js';
import type { PageFigure } from './pageFigure.js';
import { privacyPreamble } from './privacySection.js';
import { shell } from './shell.js';
import { summarySection, verdictSection } from './summarySection.js';
import { trainingSection } from './trainingSection.js';

export interface DocumentParts {
  readonly model: ReportModel;
  readonly drawn: readonly { readonly source: FigureSource; readonly figure: Figure | null }[];
  readonly pageFigures: Readonly<Record<string, PageFigure>>;
  readonly libraries: readonly string[];
  /** Whether every figure has a PNG beside the page. */
  readonly withPng: boolean;
}

const fidelity: readonly Family[] = [
  'marginal',
  'pairwise',
  'temporal',
  'joint',
  'utility',
  'site',
  'events',
];

/** The whole page of one run. */
export function documentOf(parts: DocumentParts): string {
  const { model } = parts;
  const figuresOf = (section: FigureSource['section']): readonly Html[] =>
    parts.drawn
      .filter(({ source }) => source.section === section)
      .map(({ source, figure }) =>
        figure === null ? absentFigure(source.title, source.absent) : figureBlock(figure, parts.withPng),
      );
  return shell({
    title: `${displayName(model.results.manifest.suite)}: synthetic EHR scored`,
    lead: whatWasRun(model),
    sections: [
      ['verdicts', 'Verdicts'],
      ['summary', 'Summary'],
      ['families', 'Metrics'],
      ['hospitals', 'Hospitals'],
      ['training', 'Training'],
      ['privacy', 'Privacy'],
      ['methods', 'Methods'],
      ['manifest', 'Manifest'],
    ],
    body: [
      verdictSection(model),
      summarySection(model),
      figuresOf('summary'),
      markup`<section id="families">
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
      `,
      methodSection(model),
      manifestSection(model),
    ],
    footer: markup`Made with fedehr-bench. Scores with all digits are in <code>scores.json</code> of the run folder.`,
    pageFigures: parts.pageFigures,
    libraries: parts.libraries,
  });
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
