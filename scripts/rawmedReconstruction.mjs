// What stage one of RawMed alone keeps of real events: events of training and of fresh patients go through the autoencoders of a finished run of
// suites/rawmed-s.yaml (text → codes → text), and every numeric column is compared with itself before, in Markdown.
//   node scripts/rawmedReconstruction.mjs <run folder> [--suite suites/rawmed-s.yaml] [--variants default,vq]
// KS: statistic between the column before and after, 0 is best; a number that does not come back counts 1 / all. Needs a build.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleRankCorrelation } from 'simple-statistics';
import { selectEvents } from '../dist/cohort/events/selectEvents.js';
import { withoutEvents } from '../dist/cohort/events/withoutEvents.js';
import { selectStays } from '../dist/cohort/select.js';
import { metricsOf } from '../dist/metrics/selection.js';
import { scoreCohort } from '../dist/metrics/scoreCohort.js';
import { planSuite } from '../dist/run/planSuite.js';
import { preparedSplit } from '../dist/run/preparedSplit.js';
import { readSuite } from '../dist/suite/readSuite.js';
import { readRawmed } from '../dist/trainers/rawmed/rawmedFiles.js';
import { openedText } from '../dist/trainers/rawmed/rawmedModel.js';
import { stayTexts } from '../dist/trainers/rawmed/stayTexts.js';
import { addedEvents, trainingText } from '../dist/trainers/rawmed/trainingText.js';
import { decodedEvents, encodedEvents } from '../dist/trainers/rawmed/training/eventAutoencoderCodes.js';
import { eventParser } from '../dist/trainers/rawmed/text/decodeEvent.js';
import { assembleEvents } from '../dist/trainers/rawmed/verification/assembleEvents.js';
import { eventVerifier } from '../dist/trainers/rawmed/verification/verifyEvent.js';
import { readNumber } from '../dist/trainers/rawmed/verification/readNumber.js';
import { mean } from './meanAndSpread.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string', default: join('suites', 'rawmed-s.yaml') },
    variants: { type: 'string', default: 'default,vq' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: node scripts/rawmedReconstruction.mjs <run folder>');
const MOST_PATIENTS_SUPPRESSED = 10;

const plan = await planSuite(await readSuite(options.suite), { file: options.suite, engine: 'onnx' });
const split = await preparedSplit(plan.bounds[0].dataset);
const { train, holdout } = split;

/** Largest distance of two empirical distribution functions; `before` and `after` sorted, what is missing of `after` counts as below all. */
function distance(before, after) {
  const [n, missing] = [before.length, before.length - after.length];
  let [largest, at] = [missing / n, 0];
  const values = [...new Set([...before, ...after])].sort((a, b) => a - b);
  let below = 0;
  for (const value of values) {
    while (below < n && before[below] <= value) below++;
    while (at < after.length && after[at] <= value) at++;
    largest = Math.max(largest, Math.abs(below / n - (missing + at) / n));
  }
  return largest;
}

const ascending = (values) => Float64Array.from(values).sort();

async function throughStageOne(model, cohort) {
  const opened = openedText(model);
  const { events, stays } = trainingText(cohort, model.parameters);
  const { length } = model.parameters.text;
  const texts = stayTexts(events, stays, opened.tokeniser, length, opened.time);
  const { distinct } = texts;
  const { parameters, running, codebook } = model.autoencoder;
  const state = { optimiser: { parameters }, running, codebook };
  const engine = { engine: 'onnx' };
  const codes = await encodedEvents(opened.autoencoder, state, distinct, engine);
  const back = await decodedEvents(opened.autoencoder, state, codes, engine);
  const parse = eventParser(model.tables, opened.tokeniser);
  const verify = eventVerifier(model.rules);
  const part = (ids, row) => ids.subarray(row * length, (row + 1) * length);
  let [all, whole, passed] = [0, 0, 0];
  const columns = new Map();
  const rows = [];
  const verdicts = [];
  for (let row = 0; row < distinct.count; row++) {
    const weight = distinct.weight[row];
    const before = parse(part(distinct.tokens, row), part(distinct.types, row));
    const after = parse(part(back.tokens, row), part(back.types, row));
    all += weight;
    const used = part(distinct.tokens, row).filter((id) => id !== 0).length;
    if (
      part(distinct.tokens, row)
        .subarray(0, used)
        .every((id, i) => id === back.tokens[row * length + i])
    )
      whole += weight;
    const verdict = 'rejected' in after ? after : verify(after);
    verdicts.push(verdict);
    if (!('rejected' in verdict)) passed += weight;
    const values = {};
    for (const { column, value } of before.cells) {
      const table = model.tables[before.table];
      const number = readNumber(value);
      if (
        number === null ||
        !table.columns.some(({ name, kind }) => kind === 'continuous' && name === column)
      )
        continue;
      const name = `${table.name}.${column}`;
      values[name] = number;
      const found = columns.get(name) ?? { before: [], after: [] };
      columns.set(name, found);
      const same =
        'rejected' in after || after.table !== before.table
          ? undefined
          : after.cells.find((cell) => cell.column === column);
      const again = same === undefined ? null : readNumber(same.value);
      for (let copy = 0; copy < weight; copy++) {
        found.before.push(number);
        if (again !== null) found.after.push(again);
      }
    }
    for (let copy = 0; copy < weight; copy++) rows.push(values);
  }
  return {
    whole: whole / all,
    passed: passed / all,
    columns,
    rows,
    iCde: await iCdeOf(model, cohort, events, stays, texts, verdicts),
  };
}

/** I-CDE (top 50, all) against fresh patients of a cohort whose events went through stage one; what the verification refuses is left out. */
async function iCdeOf(model, cohort, events, stays, texts, verdicts) {
  const added = addedEvents(model.parameters);
  const { minute, start } = selectEvents(events, stays);
  const drafts = stays.map((_, stay) => {
    const own = [];
    for (let event = start[stay] + added; event < start[stay + 1]; event++) {
      const verdict = verdicts[texts.distinct.rowOf[event]];
      if (!('rejected' in verdict) && verdict.table >= added)
        own.push({ ...verdict, table: verdict.table - added, minute: minute[event] });
    }
    return own;
  });
  const rest = withoutEvents(cohort);
  const kept = {
    ...selectStays(rest, Int32Array.from(stays)),
    events: assembleEvents({ tables: model.source.tables, grid: model.source.grid }, drafts),
  };
  const scored = await scoreCohort(
    split,
    kept,
    null,
    { selections: metricsOf(['events.i_cde']), resamples: 10, label: null, seed: 0 },
    () => {},
  );
  const pooled = scored.filter(
    ({ site, parameters: { against, mode } }) =>
      site === 'pooled' && against === 'holdout' && mode === 'strict',
  );
  return Object.fromEntries(pooled.map(({ parameters, result }) => [parameters.items, result.value]));
}

/** The largest rank correlation of a column with another one of its rows, and with which. */
function strongest(name, rows) {
  const own = rows.filter((row) => name in row);
  let best = 0;
  for (const other of new Set(own.flatMap(Object.keys))) {
    if (other === name) continue;
    const both = own.filter((row) => other in row);
    if (both.length < own.length / 10 || both.length < 30) continue;
    const x = both.map((row) => row[name]);
    const y = both.map((row) => row[other]);
    if (new Set(x).size < 2 || new Set(y).size < 2) continue;
    best = Math.max(best, Math.abs(sampleRankCorrelation(x, y)));
  }
  return best;
}

const variants = options.variants.split(',');
const models = new Map();
for (const variant of variants) {
  const root = join(folder, 'models', 'rawmed', variant);
  for (const seed of (await readdir(root)).sort()) {
    const at = join(root, seed);
    const files = { 'weights.bin': await readFile(join(at, 'weights.bin')) };
    const model = await readRawmed(JSON.parse(await readFile(join(at, 'model.json'), 'utf8')), files, at);
    models.set(variant, [...(models.get(variant) ?? []), model]);
  }
}
/** Mean over seeds, and the seeds. */
const shown = (values) =>
  `${mean(values).toFixed(3)}${values.length > 1 ? ` (${values.map((value) => value.toFixed(3)).join(', ')})` : ''}`;
const line = (cells) => `| ${cells.join(' | ')} |`;

for (const [title, cohort] of [
  ['Training patients', train],
  ['Fresh patients', holdout],
]) {
  const found = new Map();
  for (const [variant, own] of models) {
    const all = [];
    for (const model of own) all.push(await throughStageOne(model, cohort));
    found.set(variant, all);
  }
  const row = (label, of) =>
    line([...label, ...variants.map((variant) => shown(found.get(variant).map(of)))]);
  console.log(`## ${title}\n`);
  console.log(line(['', ...variants]) + `\n| --- |${' ---: |'.repeat(variants.length)}`);
  console.log(row(['events whole ↑'], ({ whole }) => whole));
  console.log(row(['events that pass the verification ↑'], ({ passed }) => passed));
  if (cohort === train) {
    console.log(row(['I-CDE of what passes, top 50 ↓'], ({ iCde }) => iCde.top50));
    console.log(row(['I-CDE of what passes, all ↓'], ({ iCde }) => iCde.all));
  }
  console.log(
    `\n${line(['column', 'largest rank correlation with another', ...variants.map((variant) => `KS ↓ ${variant}`)])}`,
  );
  console.log(`| --- | ---: |${' ---: |'.repeat(variants.length)}`);
  const [{ columns, rows }] = found.get(variants[0]);
  const strengths = [...columns.keys()].map((name) => [name, strongest(name, rows)]);
  for (const [name, strength] of strengths.sort(([, a], [, b]) => a - b)) {
    if (columns.get(name).before.length <= MOST_PATIENTS_SUPPRESSED) continue;
    const kept = ({ columns: own }) =>
      distance(ascending(own.get(name).before), ascending(own.get(name).after));
    console.log(row([name, strength.toFixed(2)], kept));
  }
  console.log('');
}
