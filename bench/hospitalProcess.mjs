// One hospital that trains in a process of its own: told "stage one" or "stage two" it trains a round of that stage and says "done".
import { firstSteps } from '../dist/cohort/firstSteps.js';
import { subsamplePatients } from '../dist/cohort/subsample.js';
import { resolveDataset } from '../dist/datasets/resolveDataset.js';
import { federate } from '../dist/federation/channel.js';
import { CommunicationLedger } from '../dist/federation/ledger.js';
import { compileModels } from '../dist/trainers/generator/generatorModels.js';
import { openLanes } from '../dist/trainers/generator/hospitalLanes.js';
import { handOverLatents } from '../dist/trainers/generator/latentHandover.js';
import { generatorParameters } from '../dist/trainers/generator/parameters.js';
import { participantsOf } from '../dist/trainers/generator/participants.js';
import { agreePreprocessing } from '../dist/trainers/generator/preprocessing.js';

const [hospital, stays] = process.argv.slice(2);
const dataset = await resolveDataset('physionet2019');
const train = firstSteps(subsamplePatients(await dataset.load(), Number(stays), 0), 24);
const parameters = generatorParameters.parse({});
const plan = {
  hospitals: train.hospitals,
  parameters,
  terms: { autoencoder: {}, tcvae: {} },
  engine: 'onnx',
  seed: 0,
};
const models = await compileModels(train.schema, plan);
const own = participantsOf(train, 'hospitals').slice(Number(hospital), Number(hospital) + 1);
const { doors } = await openLanes(own, plan, Promise.resolve(models), 1);
const federation = federate(doors, new CommunicationLedger());
await agreePreprocessing(federation, train.schema, train.hospitals, parameters.preprocessing);
const request = (size) => ({
  round: 1,
  epochs: 2,
  learningRate: 1e-3,
  parameters: new Float32Array(size).fill(0.01),
  resetMoments: true,
  control: null,
});
const stageOne = request(models.autoencoder.layout.size);
const stageTwo = { ...request(models.tcvae.layout.size), beta: 1 };
const rounds = {
  'stage one': () => federation.askAll('trainAutoencoder', stageOne),
  'stage two': () => federation.askAll('trainTcvae', stageTwo),
};
await rounds['stage one']();
await handOverLatents(federation, stageOne.parameters, false);
await rounds['stage two']();
process.on('message', async (stage) => {
  await rounds[stage]();
  process.send('done');
});
process.send('done');
