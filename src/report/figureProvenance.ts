import type { TopLevelSpec } from 'vega-lite';
import type { RunManifest } from '../run/contract.js';
import type { Figure } from './figures/figure.js';

/** A figure with its provenance written into the specification, as saved. */
export function withProvenance(spec: TopLevelSpec, figure: Figure, manifest: RunManifest): TopLevelSpec {
  return {
    ...spec,
    title: {
      text: figure.title,
      subtitle: wrapped(`${figure.description} n: ${figure.n}. Uncertainty: ${figure.uncertainty}.`),
      offset: 12,
    },
    description: figure.description,
    usermeta: {
      fedehr: {
        figure: figure.id,
        title: figure.title,
        n: figure.n,
        uncertainty: figure.uncertainty,
        suite: manifest.suite,
        seeds: [...manifest.seeds],
        engine: manifest.engine,
        versions: { ...manifest.versions },
        datasets: manifest.datasets.map((dataset) => ({
          id: dataset.id,
          licence: dataset.licence,
          citation: dataset.citation,
          sha256: { ...dataset.sha256 },
        })),
      },
    },
  };
}

/** Lines of at most 110 characters, broken at spaces. */
function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line.length + word.length > 109) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
