import type { MetricDescriptor } from '../../metrics/contract.js';
import { printableManifest } from '../disclosure.js';
import type { ReportModel } from '../model.js';
import { displayText } from '../names.js';
import { undescribedMetrics } from '../scores.js';
import { familyTitles } from './familySection.js';
import { markup, metricAnchor, type Html } from './html.js';

const directions = {
  lower: 'lower is better',
  higher: 'higher is better',
  target: 'nearest to the ideal is best',
};

/** How everything was measured, with the definition of every metric. */
export function methodSection(model: ReportModel): Html {
  const unknown = undescribedMetrics(model.results.rows, model.descriptors);
  return markup`<section id="methods">
    <h2>Methods and limits</h2>
    <ul>
      <li>
        <b>Split.</b> Patients are split within each hospital into train (what generators see), holdout (what
        scores are taken against) and reference (fresh real patients); no patient is in two parts.
      </li>
      <li>
        <b>Ceiling and floor.</b> The ceiling is the same metric for fresh real patients of the same number,
        the floor for a generator with independent columns. A position of 0 % means as good as fresh real
        patients, 100 % as bad as no dependence. For privacy metrics the ends are fresh patients and a copy of
        the training patients. The ends are estimates too; their own uncertainty is not part of the intervals.
      </li>
      <li>
        <b>Intervals.</b> 95 %, patients resampled: sampling noise. Noise of training is the standard
        deviation over seeds, kept apart. With several seeds, value and interval ends are averaged over seeds.
        Where no interval is shown none is defined for that metric.
      </li>
      <li><b>Equal numbers.</b> Metrics that depend on the number of stays compare samples of equal size.</li>
      <li>
        <b>Reading.</b> “Cannot be told from fresh real patients” means that the interval reaches the ceiling
        at this size; it does not show equality. Several metrics are read at once without correction: a single
        striking one may be chance.
      </li>
      <li>
        <b>Curves.</b> Quantiles, autocorrelations, correlations and attack curves are of the lowest seed${model.profilePlaces.length < model.places.length ? ', for the pooled cohort and the largest hospitals only' : ''}.
      </li>
      <li>
        <b>Disclosure.</b> Only aggregates are shown. Counts of 1 to 10 real patients are withheld, with as many
        others as keep them from following from totals; where one is, stays behind scores are rounded to 50. No
        figure is drawn of real rows of a hospital with a withheld count. A quantile is the mean of neighbouring
        values of at least 11 patients with 11 patients beyond it, and no point stands for a patient. A
        synthetic cohort as large as the training cohort tells the number of training patients of each hospital,
        which is never under 11.
      </li>
    </ul>
    ${unknown.length === 0 ? null : markup`<div class="note"><p>Scores of unknown metrics are not shown: ${displayText(unknown.join(', '))}.</p></div>`}
    <h3>Definitions of all metrics</h3>
    ${definitions(model.descriptors)}
  </section> `;
}

/** Every definition, a part that opens and closes for each family; links into a closed one open it. */
export function definitions(descriptors: readonly MetricDescriptor[]): readonly (Html | null)[] {
  return Object.entries(familyTitles).map(([family, title]) => {
    const own = descriptors.filter((descriptor) => descriptor.family === family);
    return own.length === 0
      ? null
      : markup`<details class="family">
            <summary><h4>${title}</h4> <small>${own.length} ${own.length === 1 ? 'definition' : 'definitions'}</small></summary>
            <dl>${own.map(definition)}</dl>
          </details> `;
  });
}

function definition(descriptor: MetricDescriptor): Html {
  const [low, high] = descriptor.range;
  return markup`<dt id="${metricAnchor(descriptor.id)}">
      ${descriptor.title} <small><code>${descriptor.id}</code>, version ${descriptor.version}</small>
    </dt>
    <dd>
      <p>${descriptor.explanation}</p>
      <p>${descriptor.definition}</p>
      ${descriptor.misuse === undefined ? null : markup`<p><b>What a good value does not say.</b> ${descriptor.misuse}</p>`}
      <p class="muted">Source: ${descriptor.source}</p>
      <p class="muted">
        ${directions[descriptor.direction]}${descriptor.ideal === null ? '' : `, ideal ${descriptor.ideal}`};
        range ${low ?? '−∞'} to ${high ?? '∞'}; needs ${descriptor.needs.join(', ')}; undefined when:
        ${descriptor.undefinedWhen.replace(/\.$/u, '')}${descriptor.bounds === 'none' ? '; floor and ceiling make no sense for it' : ''}.
      </p>
      ${threatModelText(descriptor)}
    </dd> `;
}

function threatModelText({ threatModel }: MetricDescriptor): Html | null {
  if (threatModel === undefined) return null;
  const { knowledge, access, goal } = threatModel;
  return markup`<p class="muted">
    Threat model: the attacker holds ${knowledge}; access: ${access}; goal: ${goal}.
  </p>`;
}

/** How the run was made. */
export function manifestSection(model: ReportModel): Html {
  const { manifest } = model.results;
  return markup`<section id="manifest">
    <h2>Manifest</h2>
    ${manifest.datasets.map((dataset) => markup`<p><b>${displayText(dataset.title)}</b><br />Licence: ${displayText(dataset.licence)}<br />Citation: ${displayText(dataset.citation)}</p>`)}
    <details>
      <summary>Full manifest (small counts withheld)</summary>
      <pre tabindex="0">${JSON.stringify(printableManifest(manifest), null, 2)}</pre>
    </details>
  </section> `;
}
