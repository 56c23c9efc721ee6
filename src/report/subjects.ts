import { z } from 'zod';
import type { GeneratorKey, RunManifest, RunResults } from '../run/contract.js';
import { distinctNames } from './names.js';

/** One generator as the report names and draws it, over all seeds and datasets. */
export interface Subject {
  readonly trainer: string;
  readonly variant: string;
  /** Printed name, distinct among subjects. */
  readonly label: string;
  readonly kind: 'generator' | 'reference';
}

/** One dataset at one site; `pooled` comes before the hospitals. */
export interface Place {
  readonly dataset: string;
  readonly site: string;
  readonly label: string;
}

/** Trainer name of the real holdout in figure data. */
export const realTrainer = 'real';

const referenceList = z.array(z.union([z.string(), z.object({ id: z.string() })]));

/** Ids of the reference generators that the suite names. */
export function referenceIds(manifest: RunManifest): ReadonlySet<string> {
  const parsed = referenceList.safeParse(manifest.config['references'] ?? []);
  return new Set(
    parsed.success ? parsed.data.map((item) => (typeof item === 'string' ? item : item.id)) : [],
  );
}

/** Trainers first, then references, each in the order in which the run names them. */
export function listSubjects(results: RunResults): readonly Subject[] {
  const references = referenceIds(results.manifest);
  const keys = new Map<string, GeneratorKey>();
  const everything: readonly GeneratorKey[] = [
    ...results.rows,
    ...results.training,
    ...results.figures,
    ...results.failures,
  ];
  for (const key of everything) {
    if (key.trainer !== realTrainer) keys.set(subjectKey(key), key);
  }
  const found = [...keys.values()];
  const variantsOf = (trainer: string): number => found.filter((key) => key.trainer === trainer).length;
  const plain = found.map((key) =>
    variantsOf(key.trainer) === 1 ? key.trainer : `${key.trainer} · ${key.variant}`,
  );
  const labels = distinctNames(plain);
  const subjects = found.map((key, index): Subject => ({
    trainer: key.trainer,
    variant: key.variant,
    label: labels.get(plain[index]!)!,
    kind: references.has(key.trainer) ? 'reference' : 'generator',
  }));
  return [
    ...subjects.filter((subject) => subject.kind === 'generator'),
    ...subjects.filter((subject) => subject.kind === 'reference'),
  ];
}

/** Every dataset × site with scores or figures: per dataset the pooled cohort, then its hospitals. */
export function listPlaces(results: RunResults): readonly Place[] {
  const datasets = results.manifest.datasets.map((dataset) => dataset.id);
  const sites = new Map<string, Set<string>>(datasets.map((dataset) => [dataset, new Set(['pooled'])]));
  for (const { id, hospitals } of results.manifest.datasets) {
    for (const hospital of hospitals) sites.get(id)!.add(hospital.id);
  }
  for (const row of [...results.rows, ...results.figures]) {
    const known = sites.get(row.dataset) ?? new Set(['pooled']);
    sites.set(row.dataset, known.add(row.site));
  }
  const plain = [...sites].flatMap(([dataset, names]) =>
    [...names].map((site) => ({ dataset, site, name: sites.size === 1 ? site : `${dataset} · ${site}` })),
  );
  const labels = distinctNames(plain.map((place) => place.name));
  return plain.map(({ dataset, site, name }) => ({ dataset, site, label: labels.get(name)! }));
}

/** Identity of a generator without its seed and dataset. */
export function subjectKey(key: { readonly trainer: string; readonly variant: string }): string {
  return JSON.stringify([key.trainer, key.variant]);
}

/** Identity of a dataset at a site. */
export function placeKey(key: { readonly dataset: string; readonly site: string }): string {
  return JSON.stringify([key.dataset, key.site]);
}
