import { displayName } from '../names.js';
import { formatValue, groupThousands } from '../numbers.js';
import type { ReportModel } from '../model.js';
import { attackPower } from '../power.js';
import { markup, type Html } from './html.js';

/** What the privacy scores can and cannot show. */
export function privacyPreamble(model: ReportModel): Html {
  const { manifest } = model.results;
  const several = manifest.datasets.length > 1;
  const rows = attackPower(manifest);
  return markup`<div class="note">
      <p>
        <b>No differential privacy guarantee is given.</b> Nothing here proves that a cohort may be released.
      </p>
    </div>
    <h3>Threat model</h3>
    <ul>
      <li>
        The attacker sees the synthetic cohort and a list of candidate patients with their complete records,
        and wants to know who of them was in the training cohort (membership).
      </li>
      <li>
        The attacker sees neither the generator, its parameters, nor what hospitals sent during training; a
        curious server sees more than this attacker.
      </li>
      <li>
        Members are training patients, non-members are holdout patients, equal in number; 0.5 is guessing,
        <code>copy</code> shows what a full leak looks like and <code>holdout</code> what none looks like.
      </li>
      <li>
        DCR share and duplicates are <b>copy checks</b>, not privacy verdicts: data that pass them can still
        leak.
      </li>
      <li>
        Averages can hide a few patients at high risk, and a pooled value can hide one small hospital that
        leaks.
      </li>
    </ul>
    <h3>What the attack could have found</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Power of the membership attack">
      <table>
        <caption>
          Standard error of the AUROC when nothing leaks, √((m + n + 1) / (12·m·n)), with m members and n = m
          non-members as counted in the split
        </caption>
        <thead>
          <tr>
            <th scope="col">site</th>
            <th scope="col">members</th>
            <th scope="col">standard error</th>
            <th scope="col">noise at 95 % below</th>
            <th scope="col">found with 80 % power from</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              markup`<tr>
                <th scope="row">
                  ${several ? `${displayName(row.dataset)} · ` : ''}${displayName(row.site)}
                </th>
                <td>${groupThousands(row.members)}</td>
                <td>${formatValue(row.standardError)}</td>
                <td>${formatValue(row.noise)}</td>
                <td>${formatValue(row.detectable)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div> `;
}
