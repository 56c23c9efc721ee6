import type { CohortDescription } from '../description.js';
import { drawDivergence } from './divergence.js';
import type { DatasheetFigure } from './figure.js';
import { drawObservedByHospital } from './observedByHospital.js';
import { drawObservedByHour } from './observedByHour.js';
import { drawPatients } from './patients.js';
import { drawPrevalence } from './prevalence.js';

/** All figures of a datasheet, in order. */
export function datasheetFigures(description: CohortDescription): readonly DatasheetFigure[] {
  return [
    drawPatients(description),
    ...description.labels.map((label, position) => drawPrevalence(description, label, position)),
    drawObservedByHour(description),
    drawObservedByHospital(description),
    drawDivergence(description),
  ].filter((figure) => figure !== null);
}
