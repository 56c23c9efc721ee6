import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import type { Dataset } from './dataset.js';
import { eicuDemoDataset, mimic3DemoDataset } from './demos/demoDatasets.js';
import { eicuDemoEventsDataset, mimic4DemoDataset } from './demos/eventDemoDatasets.js';
import { physionet2012 } from './physionet2012Dataset.js';
import { physionet2019 } from './physionet2019Dataset.js';

/** Every dataset that ships with the product. */
export const datasets: readonly Dataset[] = [
  physionet2019,
  physionet2012,
  eicuDemoDataset,
  eicuDemoEventsDataset,
  mimic3DemoDataset,
  mimic4DemoDataset,
];

/**
 * A dataset by id.
 *
 * @param place where the id stands, e.g. `datasets[0].id`
 * @throws InputError with the likely meaning of an unknown id
 */
export function datasetById(id: string, place?: string): Dataset {
  const dataset = datasets.find((one) => one.id === id);
  if (dataset === undefined)
    throw new InputError({
      ...(place === undefined ? {} : { place }),
      expected: 'a dataset that ships with the product',
      found: `"${id}"`,
      remedy: didYouMean(
        id,
        datasets.map((one) => one.id),
      ),
    });
  return dataset;
}
