import { generatorName } from '../compare/generator.js';
import { judgeHypotheses, type Cast } from '../compare/hypotheses.js';
import { PRIMARY_METRICS } from '../compare/primary.js';
import { summariseSeeds } from '../compare/seedSummary.js';
import { metricDescriptors } from '../metrics/index.js';
import { hypothesesMarkdown, seedSummaryMarkdown } from '../report/comparison.js';
import type { Runs } from './comparedRuns.js';

/** H1–H4 and the table of all generators, for people and for machines. */
export function judgedHypotheses(runs: Runs, cast: Cast): { text: string; document: unknown } {
  const present = new Set(runs.rows.map(({ metric }) => metric));
  const columns = metricDescriptors.filter(
    ({ id, headline }) =>
      present.has(id) && (headline || PRIMARY_METRICS.some(({ metric }) => metric === id)),
  );
  const hypotheses = judgeHypotheses(runs, metricDescriptors, cast);
  const summaries = summariseSeeds(runs, columns);
  return {
    text: [
      'Mean ± standard deviation over seeds, pooled over hospitals (in brackets: worst hospital)',
      '',
      seedSummaryMarkdown(summaries, columns),
      '### Hypotheses',
      '',
      hypothesesMarkdown(hypotheses),
    ].join('\n'),
    document: { candidate: generatorName(cast.candidate), hypotheses, summaries },
  };
}
