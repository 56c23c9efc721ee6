import { mkdir, writeFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { drawSvg } from '../src/datasets/describe/drawSvg.js';
import { libraryVersions, machine } from '../src/run/manifest.js';
import {
  keeps,
  type Bar,
  type BenchResult,
  type EngineResult,
  type GrowthResult,
  type TimeResult,
} from './results.js';

const schemaUrl = 'https://vega.github.io/schema/vega-lite/v6.json';

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;

function barText(bar: Bar | undefined, value: number, scale = 1): string {
  if (bar === undefined) return '';
  return `${bar.kind} ${bar.limit / scale}${keeps(bar, value) ? '' : ' **not met**'}`;
}

function timeRow({ name, milliseconds, of, share, ratio, bar, load }: TimeResult): string {
  const cells = [
    name,
    `${milliseconds.toPrecision(4)} ms (${of})`,
    share === undefined ? '' : `${percent(share.value)} of ${share.of}, ${share.work}`,
    ratio === undefined ? '' : `${ratio.value.toFixed(2)} to ${ratio.to}`,
    [barText(ratio?.bar, ratio?.value ?? 0), barText(bar, milliseconds)]
      .filter((text) => text !== '')
      .join('; '),
    load.toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

function growthRow({ name, over, unit, points, slope, bars, load }: GrowthResult): string {
  const cells = [
    name,
    over,
    points.map(({ x, y }) => `${x}: ${y.toPrecision(3)} ${unit}`).join(', '),
    slope.toFixed(2),
    bars.map((bar) => barText(bar, slope)).join('; '),
    load.toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A row for every model, a column for every engine. */
function engineTable(results: readonly EngineResult[]): string[] {
  if (results.length === 0) return [];
  const engines = [...new Set(results.map(({ engine }) => engine))];
  const models = [...new Set(results.map(({ model }) => model))];
  const cell = (model: string, engine: string): string => {
    const found = results.find((result) => result.model === model && result.engine === engine);
    return found === undefined ? '' : (found.milliseconds?.toPrecision(3) ?? found.reason ?? '');
  };
  const loads = results.map(({ load }) => load);
  return [
    '## Engines',
    '',
    `Milliseconds of one update by the clock, one update a call; every engine on one thread but tensorflow, which takes what it finds. Load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
    '',
    `| model | ${engines.join(' | ')} |`,
    `| --- |${engines.map(() => ' ---: |').join('')}`,
    ...models.map((model) => `| ${model} | ${engines.map((engine) => cell(model, engine)).join(' | ')} |`),
    '',
  ];
}

function growthFigure(curves: readonly GrowthResult[]): TopLevelSpec {
  return {
    $schema: schemaUrl,
    title: 'Time and memory by size, log–log',
    data: {
      values: curves.flatMap(({ suite, name, over, unit, points, slope }) =>
        points.map(({ x, y }) => ({
          panel: `${over} (${unit})`,
          work: `${suite}: ${name}, slope ${slope.toFixed(2)}`,
          x,
          y,
        })),
      ),
    },
    facet: { field: 'panel', type: 'nominal', title: null },
    columns: 2,
    spec: {
      width: 260,
      height: 200,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'x', type: 'quantitative', scale: { type: 'log' }, title: 'size' },
        y: { field: 'y', type: 'quantitative', scale: { type: 'log' }, title: 's or MB' },
        color: {
          field: 'work',
          type: 'nominal',
          title: null,
          legend: { orient: 'bottom', columns: 1, labelLimit: 600 },
        },
      },
    },
    resolve: { scale: { x: 'independent', y: 'independent' } },
  };
}

/** Ratios beside their bars; below 1 = faster than the peer, except where a gain is wanted. */
function ratioFigure(times: readonly TimeResult[]): TopLevelSpec {
  const values = times.flatMap(({ suite, name, ratio }) =>
    ratio === undefined
      ? []
      : [{ work: `${suite}: ${name} / ${ratio.to}`, ratio: ratio.value, bar: ratio.bar?.limit ?? null }],
  );
  const y = { field: 'work', type: 'nominal', title: null, sort: null, axis: { labelLimit: 520 } } as const;
  return {
    $schema: schemaUrl,
    title: 'Ratio to what is measured in turn; ticks are the bars',
    width: 320,
    data: { values },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: { y, x: { field: 'ratio', type: 'quantitative', title: 'ratio' } },
      },
      {
        transform: [{ filter: 'datum.bar !== null' }],
        mark: { type: 'tick', color: 'black', thickness: 2 },
        encoding: { y, x: { field: 'bar', type: 'quantitative' } },
      },
    ],
  };
}

/** Writes `README.md`, `results.json` and the figures of one whole run of the benchmarks on this machine. */
export async function writeBenchReport(
  results: readonly BenchResult[],
  folder: string,
  seconds: number,
): Promise<void> {
  const times = results.filter((result) => result.kind === 'time');
  const curves = results.filter((result) => result.kind === 'growth');
  const peaks = results.find((result) => result.kind === 'peaks');
  const { platform, processor, cores } = machine();
  const bars = [
    ...times.flatMap((one) => [
      ...(one.ratio?.bar === undefined ? [] : [keeps(one.ratio.bar, one.ratio.value)]),
      ...(one.bar === undefined ? [] : [keeps(one.bar, one.milliseconds)]),
    ]),
    ...curves.flatMap(({ bars: of, slope }) => of.map((bar) => keeps(bar, slope))),
  ];
  const figures = { growth: growthFigure(curves), ratios: ratioFigure(times) };
  const lines = [
    '# Benchmarks',
    '',
    `One run of \`npm run bench:report\`, ${(seconds / 60).toFixed(1)} minutes. ${bars.filter((kept) => kept).length} of ${bars.length} bars met.`,
    '',
    `Machine: ${processor}, ${cores} cores, ${platform}, ${(totalmem() / 2 ** 30).toFixed(0)} GB of memory (${(freemem() / 2 ** 30).toFixed(0)} free at the end).`,
    peaks === undefined
      ? ''
      : `Peaks of one thread: matrix product ${peaks.matmul.toFixed(0)} GFLOP/s in float32, memory ${(peaks.memory / 1e9).toFixed(1)} GB/s read and written.`,
    `Versions: ${Object.entries(libraryVersions())
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    'Load is the mean number of threads that wanted to run in the minute before; on two cores above 2 means that other work took part of the machine, and times by the clock are too long. Peers are measured in turn with ours.',
    '',
    ...[...new Set(times.map(({ suite }) => suite))].flatMap((suite) => [
      `## ${suite}`,
      '',
      '| what | time | share of the peak | ratio | bar | load |',
      '| --- | ---: | --- | --- | --- | ---: |',
      ...times.filter((one) => one.suite === suite).map(timeRow),
      '',
    ]),
    ...engineTable(results.filter((result) => result.kind === 'engine')),
    '## Growth',
    '',
    '| what | over | points | log–log slope | bar | load |',
    '| --- | --- | --- | ---: | --- | ---: |',
    ...curves.map(growthRow),
    '',
    ...Object.keys(figures).flatMap((name) => [`![${name}](${name}.svg)`, '']),
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), lines.join('\n'));
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  for (const [name, spec] of Object.entries(figures)) {
    await writeFile(join(folder, `${name}.vl.json`), `${JSON.stringify(spec)}\n`);
    await writeFile(join(folder, `${name}.svg`), await drawSvg(spec));
  }
}
