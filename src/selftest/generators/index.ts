import { flipped } from './flippedCells.js';
import type { LadderGenerator } from './generator.js';
import { half } from './halfCopy.js';
import { imputed } from './imputedCells.js';
import { oneLabel, permuted } from './labels.js';
import { marginals } from './marginals.js';
import { collapse } from './meanCollapse.js';
import { oneHospital } from './oneHospital.js';
import { rareDropped } from './rareCodesDropped.js';
import { shuffled } from './shuffledHours.js';
import { empty, onePatient } from './tooFew.js';
import { copy, fresh } from './unchanged.js';

const rungs = [
  copy,
  fresh,
  flipped,
  half,
  marginals,
  shuffled,
  permuted,
  collapse,
  rareDropped,
  oneHospital,
  imputed,
  empty,
  onePatient,
  oneLabel,
] as const;

export type GeneratorId = (typeof rungs)[number]['id'];

/** Every rung of the ladder, in the order of the grid. */
export const ladder: readonly LadderGenerator<GeneratorId>[] = rungs;
