import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';
import { hospitalRange } from './hospitalRange.js';
import { reportModel, type ReportModel } from './model.js';
import { displayName, displayText } from './names.js';
import { formatValue } from './numbers.js';
import { directionSign, escapeMarkdown, summaryMarkdown } from './summary.js';
import { countGaps, verdictsOf } from './verdicts.js';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/**
 * A run for a pull request: a sentence for each generator and what warns of it, the summary, the worst hospital beside the
 * pooled score, and how many scores have no value. Names are escaped.
 */
export function reportMarkdown(results: RunResults, descriptors: readonly MetricDescriptor[]): string {
  const model = reportModel(results, descriptors);
  const { without, all } = countGaps(model);
  return [
    `### ${escapeMarkdown(displayName(results.manifest.suite))}: synthetic EHR scored`,
    verdictsOf(model)
      .flatMap(({ subject, place, lead, warnings }) => [
        `- **${escapeMarkdown(subject.label)}** (${escapeMarkdown(place.label)}): ${escapeMarkdown(lead)}`,
        ...warnings.map((warning) => `  - ⚠ ${escapeMarkdown(warning)}`),
      ])
      .join('\n'),
    summaryMarkdown(results, descriptors).trimEnd(),
    ...worstTables(model),
    without === 0 ? `All ${all} scores have a value.` : `${without} of ${all} scores have no value.`,
    ...results.failures.map(
      ({ trainer, variant, seed, reason }) =>
        `Failed: ${escapeMarkdown(displayName(trainer))} · ${escapeMarkdown(displayName(variant))}, seed ${seed}: ${escapeMarkdown(displayText(reason))}`,
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function worstTables(model: ReportModel): readonly string[] {
  return model.places
    .filter(({ site }) => site === 'pooled')
    .flatMap((pooled) => {
      const rows = model.subjects
        .filter(({ kind }) => kind === 'generator')
        .flatMap((subject) =>
          model.headlines.flatMap((descriptor) => {
            const range = hospitalRange(model, pooled.dataset, subject, descriptor);
            const all = model.headline(pooled, subject, descriptor.id)?.value ?? null;
            if (range === null) return [];
            return [
              line([
                escapeMarkdown(subject.label),
                `${escapeMarkdown(descriptor.title)} ${directionSign(descriptor)}`,
                all === null ? '–' : formatValue(all),
                formatValue(range.worst.value),
                escapeMarkdown(range.worst.place.label),
              ]),
            ];
          }),
        );
      return rows.length === 0
        ? []
        : [
            [
              `<details><summary>Worst hospital beside the pooled score (${escapeMarkdown(pooled.label)})</summary>`,
              '',
              line(['generator', 'metric', 'pooled', 'worst', 'hospital']),
              line(['---', '---', '---:', '---:', '---']),
              ...rows,
              '',
              '</details>',
            ].join('\n'),
          ];
    });
}
