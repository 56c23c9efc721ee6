import type { MetricDescriptor, ScoreRow } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';
import { belongsTo, gains, headlineKey, metricKey, pairScores } from './pairedScores.js';
import { generatorName, type Generator } from './generator.js';
import { judge, SIGNIFICANCE, type Judgement } from './judge.js';
import { PRIMARY_METRICS } from './primary.js';

/** The generators that the hypotheses speak of. */
export interface Cast {
  readonly candidate: Generator;
  readonly centralized: Generator;
  readonly fedavg: Generator;
  /** One-stage federated averaging on observations; null when the run has none. */
  readonly endToEnd: Generator | null;
}

const MEMBERSHIP = { metric: 'privacy.mia_distance_auroc', margin: 0.02, most: 0.55 } as const;
const ADVERSARIAL = { metric: 'privacy.nnaa', margin: 0.02 } as const;

/**
 * A direct federated model has collapsed with less latent variance or less prevalence R² than this. R² is no evidence where
 * fresh real patients stay below it as well: with one or two binary features there is next to nothing to explain.
 */
const COLLAPSE = { varianceRatio: 0.2, prevalenceR2: 0.5 } as const;

export type Outcome = 'holds' | 'fails' | 'inconclusive' | 'not tested';

/** One line of evidence: a judged metric, or a fact. */
export interface Evidence {
  readonly what: string;
  readonly judgement: Judgement | null;
  readonly fact: string | null;
}

export interface HypothesisResult {
  readonly dataset: string;
  readonly id: 'H1' | 'H2' | 'H3' | 'H4';
  readonly claim: string;
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
}

/** The judgement of one metric's headline variant, pooled over hospitals; pairs are seeds. */
function judged(
  rows: readonly ScoreRow[],
  descriptors: readonly MetricDescriptor[],
  metric: string,
  margin: number | null,
  [candidate, baseline]: readonly [Generator, Generator],
): Evidence {
  const descriptor = descriptors.find(({ id }) => id === metric);
  if (descriptor === undefined) throw new RangeError(`no metric ${metric}`);
  const headline = headlineKey(descriptor);
  const own = rows.filter((row) => row.site === 'pooled' && metricKey(row) === headline);
  const [scores] = pairScores(own, candidate, baseline);
  return {
    what: `${descriptor.title} against ${generatorName(baseline)}`,
    judgement: judge(scores === undefined ? [] : gains(scores, descriptor), margin),
    fact: null,
  };
}

const beyond = ({ interval, margin }: Judgement): boolean =>
  interval !== null && margin !== null && (interval.low > margin || interval.high < -margin);

/** All must be equivalent; one that surely differs by more than its margin is enough to fail. */
function equivalence(evidence: readonly Evidence[]): Outcome {
  const judgements = evidence.flatMap(({ judgement }) => judgement ?? []);
  if (judgements.every(({ verdict }) => verdict === 'equivalent')) return 'holds';
  return judgements.some(beyond) ? 'fails' : 'inconclusive';
}

function superiority(evidence: readonly Evidence[]): Outcome {
  const judgements = evidence.flatMap(({ judgement }) => judgement ?? []);
  const surelyNotBetter = ({ p, gain, interval }: Judgement): boolean =>
    (p !== null && p < SIGNIFICANCE && gain !== null && gain < 0) ||
    (interval !== null && interval.high <= 0);
  if (judgements.every(({ p, gain }) => p !== null && p < SIGNIFICANCE && gain !== null && gain > 0))
    return 'holds';
  return judgements.some(surelyNotBetter) ? 'fails' : 'inconclusive';
}

function privacy(
  rows: readonly ScoreRow[],
  descriptors: readonly MetricDescriptor[],
  { candidate, centralized }: Cast,
): Pick<HypothesisResult, 'outcome' | 'evidence'> {
  const against = judged(rows, descriptors, MEMBERSHIP.metric, MEMBERSHIP.margin, [candidate, centralized]);
  const nearest = judged(rows, descriptors, ADVERSARIAL.metric, ADVERSARIAL.margin, [candidate, centralized]);
  const values = rows.flatMap((row) =>
    row.site === 'pooled' && row.metric === MEMBERSHIP.metric && belongsTo(row, candidate)
      ? (row.value ?? [])
      : [],
  );
  const largest = Math.max(...values);
  const evidence = [
    against,
    nearest,
    {
      what: 'largest membership AUROC over seeds',
      judgement: null,
      fact: values.length === 0 ? 'no value' : `${largest.toFixed(3)} (at most ${MEMBERSHIP.most})`,
    },
  ];
  if (values.length === 0) return { outcome: 'not tested', evidence };
  if (largest > MEMBERSHIP.most) return { outcome: 'fails', evidence };
  return { outcome: equivalence([against, nearest]), evidence };
}

function collapse(
  results: Pick<RunResults, 'rows' | 'training' | 'failures'>,
  dataset: string,
  endToEnd: Generator | null,
): Pick<HypothesisResult, 'outcome' | 'evidence'> {
  if (endToEnd === null) return { outcome: 'not tested', evidence: [] };
  const ofIt = <T extends Generator & { readonly dataset: string }>(keys: readonly T[]): T[] =>
    keys.filter((key) => key.dataset === dataset && belongsTo(key, endToEnd));
  const failed = ofIt(results.failures);
  const prevalenceRows = ofIt(results.rows).filter(
    (row) =>
      row.site === 'pooled' &&
      row.metric === 'marginal.prevalence_r2' &&
      row.parameters['against'] !== 'train',
  );
  const reachable = prevalenceRows.filter(({ ceiling }) => (ceiling ?? 1) >= COLLAPSE.prevalenceR2);
  const prevalences = reachable.flatMap(({ value }) => value ?? []);
  const outOfReach = prevalenceRows.length > 0 && reachable.length === 0;
  const ratios = ofIt(results.training).flatMap(({ ledger }) => ledger.stageTwo?.varianceRatio ?? []);
  const fact = (what: string, values: readonly number[], least: number): Evidence => ({
    what,
    judgement: null,
    fact:
      values.length === 0
        ? 'no value'
        : `${Math.min(...values).toFixed(3)} over ${values.length} seeds (collapse below ${least})`,
  });
  const evidence = [
    { what: 'seeds that failed', judgement: null, fact: String(failed.length) },
    outOfReach
      ? {
          what: 'smallest prevalence R²',
          judgement: null,
          fact: `no evidence: fresh real patients do not reach ${COLLAPSE.prevalenceR2} either`,
        }
      : fact('smallest prevalence R²', prevalences, COLLAPSE.prevalenceR2),
    fact('smallest ratio of drawn to real variance', ratios, COLLAPSE.varianceRatio),
  ];
  if (failed.length + prevalences.length + ratios.length === 0) return { outcome: 'not tested', evidence };
  const collapsed =
    failed.length > 0 ||
    prevalences.some((value) => value < COLLAPSE.prevalenceR2) ||
    ratios.some((value) => value < COLLAPSE.varianceRatio);
  return { outcome: collapsed ? 'holds' : 'fails', evidence };
}

/**
 * The four testable claims that the abstract of FedEHR-Gen (arXiv 2605.27892) makes, on every dataset of a run: H1 as good as
 * centralized training, H2 better than FedAvg on every primary metric (an intersection–union test, so no further correction),
 * H3 membership risk no worse than centralized (the attack and nearest-neighbour adversarial accuracy), H4 direct federated training collapses. Pairs are seeds; margins and thresholds
 * are choices of this project.
 */
export function judgeHypotheses(
  results: Pick<RunResults, 'manifest' | 'rows' | 'training' | 'failures'>,
  descriptors: readonly MetricDescriptor[],
  cast: Cast,
): HypothesisResult[] {
  return results.manifest.datasets.flatMap(({ id: dataset }): HypothesisResult[] => {
    const rows = results.rows.filter((row) => row.dataset === dataset);
    const against = (baseline: Generator): Evidence[] =>
      PRIMARY_METRICS.map(({ metric, margin }) =>
        judged(rows, descriptors, metric, margin, [cast.candidate, baseline]),
      );
    const withCentralized = against(cast.centralized);
    const withFedavg = against(cast.fedavg);
    const candidate = generatorName(cast.candidate);
    return [
      {
        dataset,
        id: 'H1',
        claim: `${candidate} is as good as ${generatorName(cast.centralized)} on every primary metric`,
        outcome: equivalence(withCentralized),
        evidence: withCentralized,
      },
      {
        dataset,
        id: 'H2',
        claim: `${candidate} is better than ${generatorName(cast.fedavg)} on every primary metric`,
        outcome: superiority(withFedavg),
        evidence: withFedavg,
      },
      {
        dataset,
        id: 'H3',
        claim: `membership risk of ${candidate} is no other than that of ${generatorName(cast.centralized)}, and small`,
        ...privacy(rows, descriptors, cast),
      },
      {
        dataset,
        id: 'H4',
        claim: 'direct federated training without stage one collapses or diverges',
        ...collapse(results, dataset, cast.endToEnd),
      },
    ];
  });
}
