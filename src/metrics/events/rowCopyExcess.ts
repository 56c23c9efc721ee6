import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { resampledStays } from '../resampledStays.js';
import { convertedFormDefinition } from './convertedForm.js';
import { noEvents, withoutEvents } from './eventSides.js';
import { eventView } from './eventView.js';
import { rowTexts } from './rowTexts.js';

const descriptor: MetricDescriptor = {
  id: 'events.row_copy_excess',
  version: 1,
  family: 'events',
  title: 'Copied event rows',
  explanation:
    'Share of synthetic event rows that occur word for word in the training events, minus the share that occur in equally many fresh stays: above 0 means that rows were memorised.',
  definition: `Share of synthetic rows whose table and cells (time and ids left out) equal those of a training row, minus the same share for holdout rows; equal numbers of training and holdout stays at every hospital. Short rows with common items coincide by chance: the holdout takes that away. detail has both shares. Interval: ± 1.96 standard errors of a bootstrap over the synthetic patients; the real rows are given. ${convertedFormDefinition}`,
  misuse:
    '0 is no proof of privacy: whole stays can be recognised without one copied row (events.mia_auroc).',
  source: 'This project.',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when there is no synthetic row.`,
  variants: { full: [{ mode: 'strict' }], privacy: [{ mode: 'strict' }] },
  headline: false,
  bounds: 'reference-cohorts',
  ceilingFrom: 'reference',
};

export const rowCopyExcess = defineMetric(descriptor, 'attack', (inputs, _, random) => {
  const { train, holdout, synthetic, resamples } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const [members, nonMembers, generated] = [train, holdout, synthetic].map((cohort) =>
    eventView(cohort, train),
  );
  if (!members || !nonMembers || !generated) return noEvents(inputs, n);
  const [known, fresh] = [new Set(rowTexts(members).flat()), new Set(rowTexts(nonMembers).flat())];
  const [rows, inTrain, inHoldout] = [0, 1, 2].map(() => new Uint32Array(synthetic.size));
  rowTexts(generated).forEach((texts, k) => {
    texts.forEach((text, row) => {
      const stay = generated.tables[k]!.stay[row]!;
      rows![stay]!++;
      if (known.has(text)) inTrain![stay]!++;
      if (fresh.has(text)) inHoldout![stay]!++;
    });
  });
  const share = (counts: Uint32Array, weights: ArrayLike<number> | null): number | null => {
    let [hit, all] = [0, 0];
    for (let stay = 0; stay < counts.length; stay++) {
      const weight = weights === null ? 1 : weights[stay]!;
      hit += weight * counts[stay]!;
      all += weight * rows![stay]!;
    }
    return all === 0 ? null : hit / all;
  };
  const excess = (weights: ArrayLike<number> | null): number | null => {
    const [copied, chance] = [share(inTrain!, weights), share(inHoldout!, weights)];
    return copied === null || chance === null ? null : copied - chance;
  };
  const value = excess(null);
  if (value === null) return undefinedResult('no-events: the synthetic cohort has no event', n);
  const draws = resampledStays(synthetic, resamples, bootstrapSeed(random));
  const error = bootstrapStandardError(draws.map(excess));
  return okResult(value, error === null ? null : normalInterval(value, error, descriptor.range), n, {
    inTrain: share(inTrain!, null),
    inHoldout: share(inHoldout!, null),
  });
});
