import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import { CohortCache, cacheName } from '../cohortCache.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { resampledStays } from '../resampledStays.js';
import type { Cohort } from '../../cohort/types.js';
import { paperFormDefinition } from './convertedForm.js';
import { modeOf, noEvents, withoutEvents } from './eventSides.js';
import { eventView } from './eventView.js';
import { itemPlaces, itemSteps, MOST_ITEMS, MOST_STEPS, type ItemNames } from './itemSteps.js';
import {
  AVERAGED,
  EPOCHS,
  HIDDEN,
  LEARNING_RATE,
  microF1,
  nextItemCounts,
  THRESHOLD,
  type ItemCounts,
} from './nextItemForecaster.js';
import { RELEASED, releasedItemCounts } from './releasedForecaster.js';

const descriptor: MetricDescriptor = {
  id: 'events.next_event',
  version: 3,
  family: 'events',
  title: 'Next event, micro-F1',
  explanation:
    'How well a model that learned from synthetic stays foretells which events come next in real stays, over all tables together; the same model trained on real stays stands beside it as the ceiling.',
  definition: `Steps are the ten-minute bins with an event, a step is the set of its items (names prefixed by their table), the ${MOST_ITEMS} most frequent of the whole real train and the first ${MOST_STEPS} steps of a stay. A gated recurrent unit of ${HIDDEN} hidden units (in the place of the released LSTM of 128) reads the steps so far and foretells the items of the next one; times are no inputs. The biases of the items start at their log-odds in the foretold training steps (from a random start the score of a small cohort says how many updates it had). Bernoulli cross-entropy with item weights 1/ln(count + 1.1 + 1e-5) of mean 1 from the training stays, every step of a stay at weight 1/(steps − 1) (the expectation of the released random step); Adam ${LEARNING_RATE} and batches of 32 (released: 0.001 and 256, too few updates for small cohorts), ${EPOCHS} epochs; the forecaster is the mean of the parameters after each of the last ${AVERAGED} (released: the epoch with the best micro-F1 of one in five training stays, patience 10, which on small data is a matter of chance). Value: micro-F1 at threshold ${THRESHOLD} over all steps of the holdout stays. All synthetic stays are used. mode=paper, known flaws: the released LSTM (${RELEASED.hidden} hidden units, scaled from 128) from a random start, one random earlier step of every stay at each pass and one of every test stay, so that a score is one draw; batches of ${RELEASED.batch}, Adam ${RELEASED.learningRate}, at most ${RELEASED.epochs} epochs, the one with the best micro-F1 of a random fifth of the training stays (patience ${RELEASED.patience}): a small cohort gets so few updates that everything is named; items of equal names in several tables are one. Fixed in both modes: all synthetic stays are used (the released code dropped about a fifth by the row numbers of real ones), there is always a model, and nothing of earlier runs is read. Interval: ± 1.96 standard errors of a bootstrap over the test patients, model given. ${paperFormDefinition}`,
  misuse: 'Frequent items make a good score without any history: compare with the ceiling.',
  source:
    'RawMed/MTTSeval `evaluation/eval_next_event_predict.py` (arXiv 2507.06996); strict mode: this project.',
  direction: 'higher',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when no synthetic or no test stay has two steps.`,
  variants: { full: [{ mode: 'strict' }], paper: [{ mode: 'paper' }] },
  headline: false,
  bounds: 'reference-cohorts',
};

const cache = new CohortCache<Promise<readonly ItemCounts[]>>();

export const nextEvent = defineMetric(descriptor, 'arms', async (inputs, parameters, random) => {
  const mode = modeOf(parameters);
  const names: ItemNames = mode === 'paper' ? 'joined' : 'by-table';
  const { train, holdout, synthetic, resamples } = inputs;
  const whole = inputs.wholeTrain ?? train;
  const n = train.size + holdout.size + synthetic.size;
  const views = [whole, holdout, synthetic].map((cohort) => eventView(cohort, whole));
  const [items, test, generated] = views;
  if (!items || !test || !generated) return noEvents(inputs, n);
  const [seed, bootstrap] = [bootstrapSeed(random), bootstrapSeed(random)];
  const places = itemPlaces(items, names);
  const asked = itemSteps(test, places, names);
  const stepsOf = (cohort: Cohort): ReturnType<typeof itemSteps> =>
    itemSteps(eventView(cohort, whole)!, places, names);
  const usable = (courses: readonly (readonly Uint16Array[])[]): boolean =>
    courses.some((course) => course.length >= 2);
  if (!usable(stepsOf(synthetic)) || !usable(asked))
    return undefinedResult('no-steps: no synthetic or no test stay has two steps', n);
  const countsOf = (from: Cohort): Promise<readonly ItemCounts[]> =>
    cache.get(from, `${mode} ${seed} ${cacheName(whole)} ${cacheName(holdout)}`, () =>
      (mode === 'paper' ? releasedItemCounts : nextItemCounts)(stepsOf(from), asked, places.size, seed),
    );
  const counts = await countsOf(synthetic);
  const value = microF1(counts);
  if (value === null) return undefinedResult('no-steps: nothing to foretell in the test stays', n);
  const draws = resampledStays(holdout, resamples, bootstrap);
  const error = bootstrapStandardError(draws.map((draw) => microF1(counts, draw)));
  return okResult(value, error === null ? null : normalInterval(value, error, descriptor.range), n, {
    items: places.size,
    trainedOnReal: usable(stepsOf(train)) ? microF1(await countsOf(train)) : null,
  });
});
