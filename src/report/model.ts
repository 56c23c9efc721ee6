import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults, SiteFigures } from '../run/contract.js';
import { distinctNames } from './names.js';
import { endsOf, positionOf, type Ends, type Position } from './position.js';
import { gatherScores, parametersKey, type Score } from './scores.js';
import {
  listPlaces,
  listSubjects,
  placeKey,
  realTrainer,
  subjectKey,
  type Place,
  type Subject,
} from './subjects.js';

/** A run's results indexed for tables, sentences and figures. */
export interface ReportModel {
  readonly results: RunResults;
  readonly descriptors: readonly MetricDescriptor[];
  readonly headlines: readonly MetricDescriptor[];
  readonly subjects: readonly Subject[];
  readonly places: readonly Place[];
  /** Places whose curves are drawn: pooled and the largest hospitals of each dataset. */
  readonly profilePlaces: readonly Place[];
  readonly scores: readonly Score[];
  /** The headline score of a metric. */
  headline(place: Place, subject: Subject, metric: string): Score | undefined;
  /** Scores of all generators for the same metric, parameters and place. */
  siblings(score: Score): readonly Score[];
  ends(score: Score): Ends | null;
  position(score: Score): Position | null;
  /** Figure data of one generator at one place, lowest seed. */
  figures(place: Place, subject: Subject): SiteFigures | undefined;
  /** Figure data of the real holdout. */
  real(place: Place): SiteFigures | undefined;
  /** Printed feature names, distinct. */
  readonly featureLabels: ReadonlyMap<string, string>;
}

export function reportModel(results: RunResults, descriptors: readonly MetricDescriptor[]): ReportModel {
  const subjects = listSubjects(results);
  const places = listPlaces(results);
  const scores = gatherScores(results.rows, descriptors, subjects, places);
  const bySibling = new Map<string, Score[]>();
  const byHeadline = new Map<string, Score>();
  for (const score of scores) {
    const key = siblingKey(score);
    const siblings = bySibling.get(key);
    if (siblings === undefined) bySibling.set(key, [score]);
    else siblings.push(score);
    if (score.headline) byHeadline.set(headlineKey(score.place, score.subject, score.descriptor.id), score);
  }
  const siblings = (score: Score): readonly Score[] => bySibling.get(siblingKey(score)) ?? [];
  const figures = new Map<string, SiteFigures>();
  for (const figure of results.figures) {
    const key = figureKey(
      figure,
      figure.trainer === realTrainer ? { trainer: realTrainer, variant: '' } : figure,
    );
    const known = figures.get(key);
    if (known === undefined || figure.seed < known.seed) figures.set(key, figure);
  }
  const features = results.figures.flatMap((figure) => figure.profile.features);
  return {
    results,
    descriptors,
    headlines: descriptors.filter((descriptor) => descriptor.headline),
    subjects,
    places,
    profilePlaces: profilePlacesOf(results, places),
    scores,
    headline: (place, subject, metric) => byHeadline.get(headlineKey(place, subject, metric)),
    siblings,
    ends: (score) => endsOf(score, siblings(score)),
    position: (score) => positionOf(score, siblings(score)),
    figures: (place, subject) => figures.get(figureKey(place, subject)),
    real: (place) => figures.get(figureKey(place, { trainer: realTrainer, variant: '' })),
    featureLabels: distinctNames([...new Set(features)]),
  };
}

const drawnHospitals = 12;

/** Curves of hundreds of hospitals would make a page that no browser opens; scores are shown for all of them. */
function profilePlacesOf(results: RunResults, places: readonly Place[]): readonly Place[] {
  const drawn = new Set(
    results.manifest.datasets.flatMap(({ id, hospitals }) =>
      [...hospitals]
        .sort((a, b) => b.train - a.train)
        .slice(0, drawnHospitals)
        .map((hospital) => placeKey({ dataset: id, site: hospital.id })),
    ),
  );
  return places.filter((place) => place.site === 'pooled' || drawn.has(placeKey(place)));
}

const siblingKey = (score: Score): string =>
  `${placeKey(score.place)}\n${score.descriptor.id}\n${parametersKey(score.parameters)}`;

const headlineKey = (place: Place, subject: Subject, metric: string): string =>
  `${placeKey(place)}\n${subjectKey(subject)}\n${metric}`;

const figureKey = (
  place: { readonly dataset: string; readonly site: string },
  generator: { readonly trainer: string; readonly variant: string },
): string => `${placeKey(place)}\n${subjectKey(generator)}`;
