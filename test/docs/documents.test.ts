import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseCohortFile } from '../../src/cohort/cohortFile.js';
import { featureFile } from '../../src/datasets/ingest/featureSet.js';
import { simulationSchema } from '../../src/datasets/simulated/options.js';
import { eventSimulationSchema } from '../../src/datasets/simulatedEvents/world.js';
import { tableMappingSchema } from '../../src/datasets/table/tableMapping.js';
import { parseSuite } from '../../src/suite/readSuite.js';
import { trainerById } from '../../src/trainers/index.js';
import { allBlocks, documents, placeOf, repository } from './codeBlocks.js';

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

/** Languages of blocks that commands.test.ts runs; the others are checked here. */
const RUN = ['sh', 'console', 'python', 'js'];

/** The only reasons for which a block may stay unrun, with what such a block looks like. */
const REASONS: Readonly<Record<string, RegExp>> = {
  'needs credentialed data': /fedehr|cohorts/u,
  'needs a Redis server': /redis:/u,
  'needs a Slurm cluster': /#SBATCH/u,
  'needs Docker': /^services:|docker/mu,
  'needs a program of your own': /mine\.yaml/u,
  'takes an hour or more': /fedehr run suites|npm run bench/u,
};

const known: Readonly<Record<string, (text: string, place: string) => void>> = {
  yaml: checkYaml,
  json: checkJson,
  ts: () => undefined,
  text: () => undefined,
};

describe('code blocks of the documents', () => {
  it('has some in the README, the tutorials and CONTRIBUTING', () => {
    for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/tutorial-score-csv.md'])
      expect(allBlocks.filter((block) => block.document === document)).not.toEqual([]);
  });

  it.each(allBlocks.map((block) => [placeOf(block), block] as const))(
    '%s is held to something',
    (place, block) => {
      const { mark, language, text } = block;
      if (mark.kind === 'not-run') {
        expect(Object.keys(REASONS), place).toContain(mark.reason);
        expect(text, `${place}: not a block that ${mark.reason}`).toMatch(REASONS[mark.reason]!);
      } else if (mark.kind === 'run-by') {
        expect(existsSync(path.join(repository, mark.file)), `${place}: ${mark.file}`).toBe(true);
        expect(read(mark.file), place).toContain(mark.text);
      } else if (mark.kind === 'part-of') {
        for (const line of text.split('\n')) {
          const code = line.replace(/ {2}# .*$/u, '').trim();
          expect(read(mark.file).includes(code), `${place}: ${code}`).toBe(true);
        }
      } else if (mark.kind !== 'synopsis' && !RUN.includes(language)) {
        const check = known[language];
        if (check === undefined) throw new Error(`${place}: nothing tests a block in "${language}"`);
        check(text, place);
      }
    },
  );
});

describe('links of the documents', () => {
  it.each(documents)('%s points at files that exist', (document) => {
    for (const target of linksOf(read(document)))
      expect(existsSync(path.join(repository, path.dirname(document), target)), target).toBe(true);
  });
});

describe('the way of one value in docs/design.md', () => {
  const rows = [...read('docs/design.md').matchAll(/^\| [^|]+ \| `(\w+)` +\| `(src\/[\w/]+\.ts)` /gmu)];

  it('has its steps', () => expect(rows.length).toBeGreaterThan(15));

  it.each(rows.map(([, name, file]) => [name!, file!] as const))(
    'names %s, which %s exports',
    (name, file) => {
      expect(read(file)).toMatch(new RegExp(`^export (async )?(function|const|class) ${name}\\b`, 'mu'));
    },
  );
});

describe('parameters of the simulators in docs/datasets.md', () => {
  it.each([
    ['simulated', simulationSchema],
    ['simulated-events', eventSimulationSchema],
  ])('of %s are those that it takes, with their defaults and ranges', (id, schema) => {
    const [, table = ''] = read('docs/datasets.md').split(`**\`${id}\`**`);
    const rows = [...table.split('\n\n')[1]!.matchAll(/^\| `(\w+)` +\| (.+?) +\| (.+?) +\|/gmu)];
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    expect(rows.map(([, name]) => name)).toEqual([...Object.keys(properties), 'seed']);
    for (const [, name, preset, range] of rows.slice(0, -1)) {
      const property = properties[name!] as NumberSchema;
      if (property.default !== undefined)
        expect(JSON.parse(preset!.replaceAll('−', '-')), name).toEqual(property.default);
      if (property.minimum !== undefined || property.exclusiveMinimum !== undefined)
        expect(range, name).toMatch(new RegExp(`^${rangeOf(property)}( to \`steps\`)?$`, 'u'));
    }
  });
});

/** What JSON Schema says of a number. */
interface NumberSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** A range in the words of the tables. */
function rangeOf({ type, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: NumberSchema): string {
  const written = (value: number): string => value.toLocaleString('en-US').replace('-', '−');
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  return [
    type === 'integer' ? 'whole, ' : '',
    minimum === undefined ? `above ${written(exclusiveMinimum!)}` : `from ${written(minimum)}`,
    most === undefined ? '' : ` to ${written(most)}`,
    exclusiveMaximum === undefined ? '' : ` below ${written(exclusiveMaximum)}`,
  ].join('');
}

function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/gu)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/u.test(target));
}

/** A suite, a part of one, or one of the files that commands take; anything else is an error. */
function checkYaml(text: string, place: string): void {
  const document = parse(text) as Record<string, unknown>;
  if ('jobs' in document) checkWorkflow(document as unknown as Workflow, place);
  else if ('datasets' in document) checkSuite(text, place);
  else if ('trainers' in document)
    checkSuite(`name: part\ndatasets: [{ id: physionet2019 }]\nseeds: [0]\nmetrics: fast\n${text}`, place);
  else if (document['format'] === 'fedehr-table-mapping') tableMappingSchema.parse(document);
  else if ('concepts' in document) featureFile.parse(document);
  else throw new Error(`${place}: no kind of file that this product reads`);
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { uses?: string; run?: string }[] }>>;
}

/** A workflow for GitHub whose npm scripts exist. */
function checkWorkflow({ jobs }: Workflow, place: string): void {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses, place).toMatch(/^actions\/[a-z-]+@v\d+$/u);
    else
      for (const [, script] of run!.matchAll(/npm run ([\w:]+)/gu))
        expect(Object.keys(scripts), place).toContain(script);
  }
}

/** Trainers' parameters as `fedehr run` checks them before anything is trained. */
function checkSuite(text: string, place: string): void {
  const suite = parseSuite(text, place);
  for (const { id, parameters } of suite.trainers) trainerById(id, place).parameters.parse(parameters);
}

function checkJson(text: string, place: string): void {
  const document = JSON.parse(text) as Record<string, unknown>;
  if (document['format'] === 'fedehr-cohort')
    parseCohortFile(text.replaceAll('<sha256>', '0'.repeat(64)), place);
  else if ('metric' in document) expect(Object.keys(document), place).toEqual(SCORE_ROW);
  else throw new Error(`${place}: no kind of file that this product writes`);
}

/** The fields of a score row in the order of `scores.json`. */
const SCORE_ROW = [
  ...['suite', 'dataset', 'trainer', 'variant', 'seed', 'site', 'metric', 'metricVersion', 'parameters'],
  ...['value', 'ciLow', 'ciHigh', 'floor', 'ceiling', 'direction', 'n', 'state', 'reason', 'seconds', 'key'],
];
