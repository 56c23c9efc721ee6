import type { CohortDescription, LabelDescription } from '../description.js';
import { oneLine, printedShare } from '../printedText.js';
import {
  accent,
  drawn,
  figureConfig,
  hospitalNames,
  muted,
  schemaUrl,
  type DatasheetFigure,
} from './figure.js';

const mostHospitals = 40;

/** Prevalence of one label at each hospital with its interval; null when no hospital's may be printed. */
export function drawPrevalence(
  description: CohortDescription,
  label: LabelDescription,
  position: number,
): DatasheetFigure | null {
  const names = hospitalNames(description);
  const known = label.hospitals.flatMap(({ prevalence, interval }, k) =>
    prevalence === null || interval === null
      ? []
      : [
          {
            hospital: names[k]!,
            prevalence: drawn(prevalence),
            low: drawn(interval[0]),
            high: drawn(interval[1]),
            size: description.hospitals[k]!.patients ?? 0,
          },
        ],
  );
  if (known.length === 0) return null;
  const shown =
    known.length > mostHospitals ? [...known].sort((a, b) => b.size - a.size).slice(0, mostHospitals) : known;
  const left = label.hospitals.length - shown.length;
  const name = oneLine(label.name);
  const pooled = label.prevalence === null ? [] : [{ pooled: drawn(label.prevalence) }];
  return {
    id: `prevalence-${position + 1}`,
    title: `Prevalence of ${name} per hospital`,
    caption: `Share of stays with ${name} at each hospital and its 95 % Wilson interval; the dashed line is all hospitals together${label.prevalence === null ? '' : ` (${printedShare(label.prevalence)} %)`}.${left > 0 ? ` ${left} hospitals are not shown: withheld, or beyond the ${mostHospitals} largest.` : ''}`,
    spec: {
      $schema: schemaUrl,
      config: figureConfig,
      width: 460,
      height: { step: 22 },
      data: { values: shown },
      encoding: { y: { field: 'hospital', type: 'nominal', sort: null, title: null } },
      layer: [
        {
          data: { values: pooled },
          mark: { type: 'rule', strokeDash: [4, 3], color: muted },
          encoding: {
            x: { field: 'pooled', type: 'quantitative' },
            y: { value: 0 },
            y2: { value: { expr: 'height' } },
          },
        },
        {
          mark: { type: 'rule', color: accent, strokeWidth: 2 },
          encoding: {
            x: {
              field: 'low',
              type: 'quantitative',
              title: `share with ${name}`,
              scale: { zero: true, nice: true },
              axis: { format: '.0%' },
            },
            x2: { field: 'high' },
          },
        },
        {
          mark: { type: 'point', filled: true, size: 70, color: accent, opacity: 1 },
          encoding: { x: { field: 'prevalence', type: 'quantitative' } },
        },
      ],
    },
  };
}
