import type { ReportModel } from '../model.js';
import { displayName } from '../names.js';
import { formatMegabytes, formatValue, groupThousands } from '../numbers.js';
import type { RoundEvent } from '../../trainers/contract.js';
import { markup, type Html } from './html.js';

/** What training cost and what crossed the line between hospitals and server. */
export function trainingSection(model: ReportModel): Html {
  const records = model.results.training.flatMap((record) => {
    const subject = model.subjects.find(
      (item) => item.trainer === record.trainer && item.variant === record.variant,
    );
    return subject === undefined ? [] : [{ record, subject }];
  });
  if (records.length === 0) return markup`<p class="muted">The run holds no training records.</p>`;
  return markup`<p>
      Bytes count parameters, moments and counts that crossed the line between hospitals and server; patients’
      rows never cross it. An external program is given the rows of all hospitals, and nobody counts. The variance ratio is that of drawn against real latents (near 0 after a collapse); the divergence
      of posterior and prior, in nats, is given for the first, the middle and the last time step. Seconds depend on the machine.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Training cost">
      <table class="sortable">
        <thead>
          <tr>
            ${['generator', 'seed', 'MB up', 'MB down', 'synchronisations', 'epochs', 'variance ratio', 'divergence per step', 'seconds'].map((name) => markup`<th scope="col"><button type="button">${name}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${records.map(
            ({ record, subject }) =>
              markup`<tr>
                <th scope="row" data-value="${subject.label}">${subject.label}</th>
                <td data-value="${record.seed}">${record.seed}</td>
                ${[record.ledger.bytesUp, record.ledger.bytesDown].map(
                  (bytes) =>
                    markup`<td data-value="${bytes ?? ''}">${bytes === null ? '–' : formatMegabytes(bytes)}</td> `,
                )}
                <td data-value="${record.ledger.synchronisations ?? ''}">
                  ${record.ledger.synchronisations === null ? '–' : groupThousands(record.ledger.synchronisations)}
                </td>
                <td>
                  ${Object.entries(record.ledger.epochs)
                    .map(([stage, epochs]) => `${displayName(stage)} ${epochs}`)
                    .join(', ')}
                </td>
                <td data-value="${record.ledger.stageTwo?.varianceRatio ?? ''}">
                  ${record.ledger.stageTwo === undefined ? '–' : formatValue(record.ledger.stageTwo.varianceRatio)}
                </td>
                <td>${divergenceText(record.ledger.stageTwo?.divergencePerStep ?? [])}</td>
                <td data-value="${record.seconds}">${record.seconds.toFixed(1)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <h3>Monitors and effective weights</h3>
    <p>
      First and last round of each stage. A weight is a hospital’s effective share of the average; moved
      neurons are the share of hidden units that matching assigned to another position.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Monitors">
      <table class="left">
        <thead>
          <tr>
            <th scope="col">generator</th>
            <th scope="col">seed</th>
            <th scope="col">stage</th>
            <th scope="col">loss</th>
            <th scope="col">weights, last round</th>
            <th scope="col">monitors, first → last round</th>
          </tr>
        </thead>
        <tbody>
          ${records.flatMap(({ record, subject }) =>
            [...new Set(record.ledger.rounds.map((round) => round.stage))].map((stage) => {
              const rounds = record.ledger.rounds.filter((round) => round.stage === stage);
              const first = rounds[0]!;
              const last = rounds.at(-1)!;
              return markup`<tr>
                <th scope="row">${subject.label}</th>
                <td>${record.seed}</td>
                <td>${displayName(stage)}</td>
                <td>${formatValue(first.loss)} → ${formatValue(last.loss)}</td>
                <td>${weightsText(last)}</td>
                <td>${monitorsText(first, last)}</td>
              </tr> `;
            }),
          )}
        </tbody>
      </table>
    </div> `;
}

function divergenceText(perStep: readonly (number | null)[]): string {
  const steps = [...new Set([0, Math.floor((perStep.length - 1) / 2), perStep.length - 1])];
  if (perStep.length === 0) return '–';
  return steps
    .map((t) => {
      const divergence = perStep[t] ?? null;
      return divergence === null ? 'withheld' : formatValue(divergence);
    })
    .join(' · ');
}

const listed = 6;

function weightsText(round: RoundEvent): string {
  const weights = Object.entries(round.weights ?? {});
  if (weights.length === 0) return 'nothing is aggregated';
  const shown = weights
    .slice(0, listed)
    .map(([hospital, weight]) => `${displayName(hospital)} ${formatValue(weight)}`);
  return weights.length > listed
    ? `${shown.join(', ')} and ${weights.length - listed} more`
    : shown.join(', ');
}

function monitorsText(first: RoundEvent, last: RoundEvent): string {
  const names = Object.keys(last.monitors ?? {});
  if (names.length === 0) return '–';
  return names
    .map((name) => {
      const start = first.monitors?.[name];
      const end = last.monitors![name]!;
      return `${displayName(name)} ${start === undefined ? '' : `${formatValue(start)} → `}${formatValue(end)}`;
    })
    .join(', ');
}
