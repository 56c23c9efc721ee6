/**
 * What aggregation rules make of a hospital that answers wrongly: short trainings of the two-stage generator on simulated stays of six
 * hospitals, one of which has a fault in every round of both stages, and the resulting quality against fresh stays. Writes README.md into the
 * folder.
 *
 *   node scripts/faultyFederation.mjs [--stays 1500] [--rounds 6] [--seed 0] [--rules id,id] [--out reports/faulty-federation]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { splitCohort } from '../dist/cohort/split.js';
import { resolveDataset } from '../dist/datasets/resolveDataset.js';
import { random } from '../dist/engine/random.js';
import { aggregationRules } from '../dist/federation/aggregation/index.js';
import { HospitalUnavailable } from '../dist/federation/hospitalUnavailable.js';
import { TrainingFailure } from '../dist/federation/trainingFailure.js';
import { metricsOf } from '../dist/metrics/index.js';
import { scoreCohort } from '../dist/metrics/scoreCohort.js';
import { trainGenerator } from '../dist/trainers/generator/federatedGenerator.js';
import { generatorParameters } from '../dist/trainers/generator/parameters.js';

const { values: options } = parseArgs({
  options: {
    stays: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '6' },
    seed: { type: 'string', default: '0' },
    rules: { type: 'string', default: 'fedavg,scaffold,trimmed-mean,coordinate-median,distribution-aware' },
    out: { type: 'string', default: join('reports', 'faulty-federation') },
  },
});
const [stays, rounds, seed] = [options.stays, options.rounds, options.seed].map(Number);
const SCORES = ['marginal.ks', 'pairwise.correlation_gap', 'temporal.acf_gap'];
const DROPOUT = 0.3;
const SCALE = 10;
const TRAINING = ['trainAutoencoder', 'trainTcvae'];

const simulation = { hospitals: 6, patients: stays, drugs: 6 };
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

/** A door whose answers to training go through `change(request, reply, round, kind)`. */
const changing = (change) => (door) =>
  door.id === faulty
    ? {
        ...door,
        answers: {
          ...door.answers,
          ...Object.fromEntries(
            TRAINING.map((kind) => [
              kind,
              async (request) => change(request, await door.answers[kind](request), kind),
            ]),
          ),
        },
      }
    : door;
const moved = (factor) => (request, reply) => ({
  ...reply,
  parameters: reply.parameters.map(
    (value, i) => request.parameters[i] + factor * (value - request.parameters[i]),
  ),
});

const FAULTS = {
  none: () => undefined,
  [`every hospital absent in ${100 * DROPOUT} % of rounds`]: () => (door) => ({
    ...door,
    answers: {
      ...door.answers,
      ...Object.fromEntries(
        TRAINING.map((kind) => [
          kind,
          (request) => {
            if (random(seed, 'dropout', kind, door.id, request.round).uniform() < DROPOUT)
              throw new HospitalUnavailable('dropped out');
            return door.answers[kind](request);
          },
        ]),
      ),
    },
  }),
  'straggler: sends its update of the round before': () => {
    const late = {};
    return changing((_, reply, kind) => {
      const before = late[kind] ?? reply;
      late[kind] = { ...reply, parameters: reply.parameters.slice() };
      return { ...reply, parameters: before.parameters };
    });
  },
  'not a number': () =>
    changing((_, reply) => ({ ...reply, parameters: reply.parameters.map(() => Number.NaN) })),
  [`update scaled by ${SCALE}`]: () => changing(moved(SCALE)),
  'sign flipped': () => changing(moved(-1)),
};
const RULES = options.rules.split(',');
const ruleOf = (id) => aggregationRules[id]({ options: {} });
const parameters = generatorParameters.parse({
  preprocessing: { bins: 64, passes: 2, conditionBins: 2 },
  autoencoder: { rounds, localEpochs: 2, localPretraining: 0, batch: 128, latents: 8, hidden: 32 },
  tcvae: {
    rounds,
    localEpochs: 2,
    batch: 64,
    z: 4,
    hidden: 16,
    mixture: 2,
    decoderUnits: 16,
    valueUnits: 16,
  },
  sampling: { calibrationStays: 200 },
  initialisation: 'shared',
  alarms: { collapse: 'warn', divergence: 'warn' },
});

async function quality(rule, standIn) {
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
    const synthetic = await generator.synthesise(wanted, seed);
    const scored = await scoreCohort(split, synthetic, null, {
      selections: metricsOf(SCORES),
      resamples: 10,
      label: null,
      seed: 0,
      sites: ['pooled'],
    });
    return {
      scores: SCORES.map((id) => {
        const found = scored.find(({ metric, parameters: own }) => metric === id && own.against !== 'train');
        return found?.result.state === 'ok' ? found.result.value : null;
      }),
      warnings,
    };
  } catch (error) {
    if (error instanceof TrainingFailure) return { stopped: error.message, warnings };
    throw error;
  } finally {
    await generator?.dispose();
  }
}

const printed = ({ scores, stopped, warnings }) =>
  stopped === undefined
    ? `${scores.map((value) => (value === null ? '–' : value.toFixed(3))).join(' / ')}${warnings.length > 0 ? ' ⚠' : ''}`
    : 'stopped';
const lines = [];
const notes = new Set();
const command = `node scripts/faultyFederation.mjs --stays ${stays} --rounds ${rounds} --seed ${seed} --rules ${RULES.join(',')}`;
async function report() {
  await mkdir(options.out, { recursive: true });
  await writeFile(
    join(options.out, 'README.md'),
    `# Faulty federation

What aggregation rules make of a hospital that answers wrongly in every round of both stages. Six simulated hospitals with ${trainStays.join(', ')}
training stays; the faulty one is ${faulty} (${wanted[faulty]} stays), the second in size. ${rounds} + ${rounds} rounds of two local epochs, one seed: short trainings that
show what a fault does, not how good a rule is. Cells are ${SCORES.map((id) => `\`${id}\``).join(' / ')}, pooled, against the holdout; lower is better.

| fault | ${RULES.join(' | ')} |
| --- | ${RULES.map(() => '---').join(' | ')} |
${lines.join('\n')}

${[...notes].map((note) => `- ${note}`).join('\n')}

With \`distribution-aware\`, stage one is averaged by stays. Hospitals are asked in turn and rounds are synchronous: a hospital that is merely slow holds
up its round and changes nothing, so the straggler here is one whose answers come a round late.

\`\`\`sh
npm run build --silent && ${command}
\`\`\`
`,
  );
}

for (const [fault, make] of Object.entries(FAULTS)) {
  const cells = [];
  for (const rule of RULES) {
    const outcome = await quality(rule, make());
    if (outcome.stopped !== undefined) notes.add(`stopped: ${outcome.stopped}`);
    for (const warning of outcome.warnings) notes.add(`⚠ ${rule}, ${fault}: ${warning}`);
    cells.push(printed(outcome));
    process.stderr.write(`${fault} · ${rule}: ${cells.at(-1)}\n`);
  }
  lines.push(`| ${fault} | ${cells.join(' | ')} |`);
  await report();
}
