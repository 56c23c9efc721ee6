import { wilsonInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, undefinedResult } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';

const descriptor: MetricDescriptor = {
  id: 'events.acceptance_rate',
  version: 1,
  family: 'events',
  title: 'Accepted stays',
  explanation:
    'Share of the drawn stays (or of the drawn events) that passed the generator’s own verification: 1 means that every one did; the rest were thrown away and drawn again.',
  definition:
    'What passed over what was drawn, as the synthetic cohort’s provenance records them (`verification`; RawMed: grammar, columns, ranges, vocabulary, order of times). of=stays: whole stays. of=events: single events, the more telling number where a generator draws refused events of a stay again, after which nearly every stay passes. `detail`: rejected stays by reason, how many stays were wanted and kept, and the shares of the real training events that lost a column to the length of their text and of its tokens that are unknown. Interval: Wilson, each stay or event by itself. No bounds: real cohorts are not drawn.',
  misuse:
    'Strictness of the rules, not only quality: with few training stays ranges of single items reject real unseen stays as well. A low rate also means that the released stays are selected, short ones above all.',
  source:
    'RawMed, verification of generated stays (arXiv 2507.06996, which does not report the rate); as a score: this project.',
  direction: 'higher',
  ideal: 1,
  range: [0, 1],
  needs: ['synthetic'],
  undefinedWhen:
    'The generator verifies nothing, or its cohort does not say what was drawn (`not-verified`).',
  variants: { full: [{ of: 'stays' }, { of: 'events' }], paper: [{ of: 'stays' }] },
  pooledOnly: true,
  headline: false,
  bounds: 'none',
};

export const acceptanceRate = defineMetric(descriptor, 'copies', ({ synthetic }, parameters) => {
  const of = choiceParameter(parameters, 'of', ['stays', 'events']);
  const record = synthetic.schema.provenance.verification;
  const counted = of === 'stays' ? record : record?.events;
  if (record === undefined || counted === undefined || counted.drawn === 0)
    return undefinedResult(
      'not-verified: the cohort does not say what its generator threw away',
      synthetic.size,
    );
  const { drawn, accepted } = counted;
  const { low, high } = wilsonInterval(accepted, drawn);
  return { state: 'ok', value: accepted / drawn, ciLow: low, ciHigh: high, n: drawn, detail: { ...record } };
});
