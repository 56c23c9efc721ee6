import { countedUnit, printedStays } from '../disclosure.js';
import type { ReportModel } from '../model.js';
import { displayName } from '../names.js';
import { formatCount } from '../numbers.js';
import type { Score } from '../scores.js';

/** `480 holdout patients pooled`, of every dataset, with how many hospitals have curves of their own. */
export function realNumbers(model: ReportModel, part: 'train' | 'holdout'): string {
  const { datasets } = model.results.manifest;
  return datasets
    .map((dataset) => {
      const counts = dataset.hospitals.map((hospital) => hospital[part]);
      const known = counts.filter((count) => count !== null);
      const total =
        dataset.patients?.[part] ??
        (known.length === counts.length ? known.reduce((sum, count) => sum + count, 0) : null);
      const range =
        known.length < 2
          ? ''
          : `, ${formatCount(Math.min(...known))} to ${formatCount(Math.max(...known))} at a hospital`;
      const name = datasets.length > 1 ? `${displayName(dataset.id)}: ` : '';
      return `${name}${formatCount(total)} ${part} ${countedUnit(dataset)} pooled${range}`;
    })
    .join('; ');
}

/** `from 1,440 to 2,880 stays, synthetic and real, behind a value`. */
export function scoreNumbers(model: ReportModel, scores: readonly Score[]): string {
  const valued = scores.filter((score) => score.value !== null).sort((a, b) => a.n - b.n);
  const [least, most] = [valued[0], valued.at(-1)];
  if (least === undefined || most === undefined) return 'no value';
  const [low, high] = [least, most].map((score) =>
    printedStays(model.results.manifest, score.place, score.n),
  );
  return low === high
    ? `${low} stays, synthetic and real, behind every value`
    : `from ${low} to ${high} stays, synthetic and real, behind a value`;
}

/** `2 seeds`. */
export function seedNumbers(model: ReportModel): string {
  const { seeds } = model.results.manifest;
  return `${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`;
}
