/**
 * What aggregation rules make of a hospital that answers wrongly: trainings of the two-stage generator on simulated stays of six hospitals, one
 * of which has a fault in every round of both stages, and how near the synthetic stays come to real ones. Writes README.md into the folder; what
 * somebody wrote there under “## Reading” stays.
 *
 *   node scripts/faultyFederation.mjs [--stays 2000] [--rounds 24] [--seeds 0,1] [--rules id,id] [--out reports/faulty-federation]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { splitCohort } from '../dist/cohort/split.js';
import { resolveDataset } from '../dist/datasets/resolveDataset.js';
import { random } from '../dist/engine/random.js';
import { aggregationRules } from '../dist/federation/aggregation/index.js';
import { TrainingFailure } from '../dist/federation/trainingFailure.js';
import { metricsOf } from '../dist/metrics/selection.js';
import { scoreCohort } from '../dist/metrics/scoreCohort.js';
import { trainGenerator } from '../dist/trainers/generator/federatedGenerator.js';
import { generatorParameters } from '../dist/trainers/generator/parameters.js';
import { independentMarginals } from '../dist/trainers/references/independentMarginals.js';
import { faultsOf } from './faulty/faultsOf.mjs';
import { mean, spread } from './meanAndSpread.mjs';

const { values: options } = parseArgs({
  options: {
    stays: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '24' },
    seeds: { type: 'string', default: '0,1' },
    rules: { type: 'string', default: 'fedavg,scaffold,trimmed-mean,coordinate-median,distribution-aware' },
    out: { type: 'string', default: join('reports', 'faulty-federation') },
  },
});
const [stays, rounds] = [options.stays, options.rounds].map(Number);
const seeds = options.seeds.split(',').map(Number);
/**
 * Dependence between features, dependence over time, and both as a classifier sees them. One-dimensional distributions would show nothing: the server
 * corrects them from released histograms after the training.
 */
const SCORES = ['pairwise.correlation_gap', 'temporal.acf_gap', 'joint.discriminator_auroc'];
/** A rule that loses more than so many points of its own fault-free share does not survive a fault. */
const TOLERANCE = 10;

const simulation = { hospitals: 6, patients: stays, drugs: 3, steps: 12 };
const split = splitCohort(
  await (await resolveDataset('simulated', simulation)).load(),
  { train: 0.5, holdout: 0.3, reference: 0.2, by: 'patient', seed: 0 },
  0,
);
const trainStays = split.train.hospitals.map(
  (_, index) => split.train.hospital.filter((own) => own === index).length,
);
const wanted = Object.fromEntries(split.train.hospitals.map((id, index) => [id, trainStays[index]]));
/** Second in size: large enough to matter, too small to rule alone. */
const faulty = split.train.hospitals[trainStays.indexOf([...trainStays].sort((a, b) => b - a)[1])];

const FAULTS = faultsOf(faulty);
const RULES = options.rules.split(',');
const ruleOf = (id) => aggregationRules[id]({ options: {} });
const parameters = generatorParameters.parse({
  autoencoder: { rounds: Math.ceil(rounds / 4), batch: 128, latents: 8, hidden: 32, learningRate: 5e-3 },
  tcvae: {
    rounds,
    batch: 32,
    learningRate: 1e-2,
    z: 4,
    hidden: 32,
    mixture: 2,
    decoderUnits: 64,
    valueUnits: 64,
  },
  sampling: { calibrationStays: 200 },
  initialisation: 'shared',
  alarms: { collapse: 'warn', divergence: 'warn' },
});

/** The scores of a cohort against the holdout. */
async function scoresOf(synthetic) {
  const scored = await scoreCohort(split, synthetic, null, {
    selections: metricsOf(SCORES),
    resamples: 10,
    label: null,
    seed: 0,
    sites: ['pooled'],
  });
  return SCORES.map((id) => {
    const found = scored.find(({ metric, parameters: own }) => metric === id && own.against !== 'train');
    return found?.result.state === 'ok' ? found.result.value : null;
  });
}
const floor = await scoresOf(independentMarginals(split.train, random(0, 'floor')));
const ceiling = await scoresOf(split.train);
/** How far scores are from those of independent marginals (0) to those of real stays (100), the mean over the scores. */
const shareOf = (scores) =>
  scores.some((value) => value === null)
    ? null
    : scores.reduce((sum, value, i) => sum + (100 * (floor[i] - value)) / (floor[i] - ceiling[i]), 0) /
      scores.length;

async function outcomeOf(rule, seed, standIn) {
  const warnings = [];
  let generator;
  try {
    generator = await trainGenerator(
      {
        id: rule,
        version: 1,
        participants: 'hospitals',
        parameters,
        // Matching works on neurons; stage one uses the same plain rule as stage two where that rule reads no latents.
        stageOneRule: () => ruleOf(rule === 'distribution-aware' ? 'fedavg' : rule),
        stageTwoRule: ruleOf(rule),
        ...(standIn === undefined ? {} : { standIn }),
      },
      {
        train: split.train,
        reference: split.reference,
        parameters: {},
        seed,
        engine: 'onnx',
        emit: (event) => event.kind === 'warning' && warnings.push(event.message),
      },
    );
    const scores = await scoresOf(await generator.synthesise(wanted, seed));
    return { scores, share: shareOf(scores), warnings };
  } catch (error) {
    if (error instanceof TrainingFailure) return { stopped: error.message, warnings };
    throw error;
  } finally {
    await generator?.dispose();
  }
}

/** Outcomes of all seeds by fault, then rule. */
const table = new Map();
const sharesOf = (fault, rule) =>
  (table.get(fault)?.get(rule) ?? []).flatMap(({ share }) => (typeof share === 'number' ? [share] : []));
const survives = (fault, rule) =>
  sharesOf(fault, rule).length === seeds.length &&
  mean(sharesOf(fault, rule)) >= mean(sharesOf('none', rule)) - TOLERANCE;

function cell(fault, rule, text) {
  const outcomes = table.get(fault)?.get(rule);
  if (outcomes === undefined) return '';
  const stopped = outcomes.filter((outcome) => outcome.stopped !== undefined).length;
  if (stopped === outcomes.length) return '**stopped**';
  const ended = outcomes.filter((outcome) => outcome.stopped === undefined);
  return `${text(ended)}${stopped > 0 ? `, ${stopped} of ${outcomes.length} **stopped**` : ''}`;
}
const shareCell = (fault, rule) =>
  cell(fault, rule, (ended) => {
    const shares = ended.flatMap(({ share }) => (share === null ? [] : [share]));
    const text = shares.length === 0 ? 'no score' : spread(shares, 0);
    const warned = ended.some(({ warnings }) => warnings.length > 0) ? ' ⚠' : '';
    return fault === 'none' || survives(fault, rule) ? `${text}${warned}` : `**${text}**${warned}`;
  });
const scoreCell = (fault, rule) =>
  cell(fault, rule, (ended) =>
    SCORES.map((_, i) => {
      const values = ended.flatMap(({ scores }) => (scores[i] === null ? [] : [scores[i]]));
      return values.length === 0 ? '–' : mean(values).toFixed(3);
    }).join(' / '),
  );

/** What the table says, fault by fault. */
function reading() {
  const named = (rules) => rules.map((rule) => `\`${rule}\``).join(', ');
  return [...table.keys()]
    .filter((fault) => fault !== 'none')
    .map((fault) => {
      const done = RULES.filter((rule) => table.get(fault).has(rule));
      const stopped = done.filter((rule) =>
        table
          .get(fault)
          .get(rule)
          .every((one) => one.stopped !== undefined),
      );
      const survivors = done.filter((rule) => survives(fault, rule));
      const failed = done.filter((rule) => !survivors.includes(rule) && !stopped.includes(rule));
      const parts = [
        [survivors, survivors.length === done.length ? 'every rule survives' : `${named(survivors)} survive`],
        [failed, `${named(failed)} ${failed.length === 1 ? 'fails' : 'fail'}`],
        [stopped, `the training of ${named(stopped)} is stopped with the reason below`],
      ];
      return `- **${fault}**: ${parts.flatMap(([rules, text]) => (rules.length > 0 ? [text] : [])).join('; ')}.`;
    })
    .join('\n');
}

const notes = new Set();
const command = `node scripts/faultyFederation.mjs --stays ${stays} --rounds ${rounds} --seeds ${seeds.join(',')} --rules ${RULES.join(',')}`;
const rowsOf = (text) =>
  [...table.keys()]
    .map((fault) => `| ${fault} | ${RULES.map((rule) => text(fault, rule)).join(' | ')} |`)
    .join('\n');
const readme = join(options.out, 'README.md');
const written = await readFile(readme, 'utf8').catch(() => '');
const byHand = written.includes('\n## Reading') ? written.slice(written.indexOf('\n## Reading')) : '';
const head = `| fault | ${RULES.join(' | ')} |\n| --- | ${RULES.map(() => '---').join(' | ')} |`;
async function report() {
  await mkdir(options.out, { recursive: true });
  await writeFile(
    readme,
    `# Faulty federation

What aggregation rules make of a hospital that answers wrongly in every round of both stages. Six simulated hospitals with ${trainStays.join(', ')}
training stays of ${split.train.schema.steps} hours and ${split.train.schema.features.length} features; the faulty one is ${faulty} (${wanted[faulty]} stays), the second in size. ${parameters.autoencoder.rounds} + ${rounds} rounds of two local
epochs, seeds ${seeds.join(' and ')}.

Cells: how far the synthetic stays come from independent marginals of real ones (0) to real stays (100), the mean over
${SCORES.map((id) => `\`${id}\``).join(', ')}, pooled, against the holdout; mean ± standard deviation over the
seeds. Below 0: worse than marginals. **Bold**: more than ${TOLERANCE} points below the same rule without a fault. ⚠: the training warned.

${head}
${rowsOf(shareCell)}

${reading()}

The scores themselves, ${SCORES.map((id) => `\`${id}\``).join(' / ')} (lower is better; marginals ${floor.map((value) => value.toFixed(3)).join(' / ')},
real stays ${ceiling.map((value) => value.toFixed(3)).join(' / ')}), means over the seeds:

${head}
${rowsOf(scoreCell)}

${[...notes].map((note) => `- ${note}`).join('\n')}

With \`distribution-aware\`, stage one is averaged by stays. Hospitals are asked in turn and rounds are synchronous: a hospital that is merely slow holds
up its round and changes nothing, so the straggler here is one whose answers come a round late. One-dimensional distributions are not in the table: the server
corrects them from released histograms after the training, whatever the model has learnt.

Made by \`${command}\` after \`npm run build\`.
${byHand}`,
  );
}

for (const [fault, make] of Object.entries(FAULTS)) {
  table.set(fault, new Map());
  for (const rule of RULES) {
    const outcomes = [];
    for (const seed of seeds) {
      const outcome = await outcomeOf(rule, seed, make(seed));
      if (outcome.stopped !== undefined) notes.add(`stopped: ${outcome.stopped}`);
      for (const warning of outcome.warnings) notes.add(`⚠ ${rule}, ${fault}: ${warning}`);
      outcomes.push(outcome);
    }
    table.get(fault).set(rule, outcomes);
    process.stderr.write(`${fault} · ${rule}: ${shareCell(fault, rule)} (${scoreCell(fault, rule)})\n`);
    await report();
  }
}
