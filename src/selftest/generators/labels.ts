import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { copyOf } from '../../trainers/references/copy.js';
import type { LadderGenerator } from './generator.js';

/** All labels of a stay go to another stay drawn at random: their frequencies stay, their meaning is lost. */
export function permutedLabels(cohort: Cohort, random: Random): Cohort {
  const width = cohort.schema.labels.length;
  const permuted = copyOf(cohort);
  random.permutation(cohort.size).forEach((from, to) => {
    for (let label = 0; label < width; label++) {
      permuted.labels[to * width + label] = cohort.labels[from * width + label]!;
      permuted.labelsObserved[to * width + label] = cohort.labelsObserved[from * width + label]!;
    }
  });
  return permuted;
}

/** Every stay gets 0, the first class, for all labels. */
function singleClass(cohort: Cohort): Cohort {
  return {
    ...copyOf(cohort),
    labels: new Float32Array(cohort.labels.length),
    labelsObserved: new Uint8Array(cohort.labels.length).fill(1),
  };
}

/** Train with labels that mean nothing any more: useless for prediction, faithful in everything else. */
export const permuted: LadderGenerator<'permuted'> = {
  id: 'permuted',
  title: 'train, labels permuted',
  make: ({ train }, random) => permutedLabels(train, random),
};

/** Train with one class of every label: no model can be trained on it. */
export const oneLabel: LadderGenerator<'oneLabel'> = {
  id: 'oneLabel',
  title: 'train, one class only',
  make: ({ train }) => singleClass(train),
};
