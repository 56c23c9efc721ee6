// What can be wrong with a hospital's answers while a federation trains.
import { random } from '../../dist/engine/random.js';
import { HospitalUnavailable } from '../../dist/federation/hospitalUnavailable.js';

const DROPOUT = 0.3;
const SCALE = 10;
const TRAINING = ['trainAutoencoder', 'trainTcvae'];

/** A door that answers to training with `answer(request, kind)`. */
const answering = (door, answer) => ({
  ...door,
  answers: {
    ...door.answers,
    ...Object.fromEntries(TRAINING.map((kind) => [kind, (request) => answer(request, kind)])),
  },
});
/** A door whose answers to training go through `change(request, reply, kind)`. */
const changing = (faulty, change) => (door) =>
  door.id === faulty
    ? answering(door, async (request, kind) => change(request, await door.answers[kind](request), kind))
    : door;
const moved = (factor) => (request, reply) => ({
  ...reply,
  parameters: reply.parameters.map(
    (value, i) => request.parameters[i] + factor * (value - request.parameters[i]),
  ),
});

/**
 * Faults by name, each a function of the seed that gives what the training takes as `standIn`: a change of the door of a hospital, or nothing.
 *
 * @param {string} faulty the hospital that answers wrongly, where it is only one
 */
export const faultsOf = (faulty) => ({
  none: () => undefined,
  [`every hospital absent in ${100 * DROPOUT} % of rounds`]: (seed) => (door) =>
    answering(door, (request, kind) => {
      if (random(seed, 'dropout', kind, door.id, request.round).uniform() < DROPOUT)
        throw new HospitalUnavailable('dropped out');
      return door.answers[kind](request);
    }),
  'straggler: sends its update of the round before': () => {
    const late = {};
    return changing(faulty, (_, reply, kind) => {
      const before = late[kind] ?? reply;
      late[kind] = { ...reply, parameters: reply.parameters.slice() };
      return { ...reply, parameters: before.parameters };
    });
  },
  'not a number': () =>
    changing(faulty, (_, reply) => ({ ...reply, parameters: reply.parameters.map(() => Number.NaN) })),
  [`update scaled by ${SCALE}`]: () => changing(faulty, moved(SCALE)),
  'sign flipped': () => changing(faulty, moved(-1)),
});
