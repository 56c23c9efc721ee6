import { aggregationWeights } from './aggregationWeights.js';
import { autocorrelation } from './autocorrelation.js';
import { correlations } from './correlations.js';
import type { FigureSource } from './figure.js';
import { hospitals } from './hospitals.js';
import { membershipRoc } from './membershipRoc.js';
import { pareto } from './pareto.js';
import { quantiles } from './quantiles.js';
import { scoreBars } from './scoreBars.js';
import { trainingLoss } from './trainingLoss.js';
import { utility } from './utility.js';

/** Every figure of a report, in the order of the page. */
export const figureTable: readonly FigureSource[] = [
  scoreBars,
  quantiles,
  autocorrelation,
  correlations,
  utility,
  hospitals,
  trainingLoss,
  pareto,
  aggregationWeights,
  membershipRoc,
];
