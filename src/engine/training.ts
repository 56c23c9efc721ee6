import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { adamScalars, adamUpdate } from './adam.js';
import type {
  Arrays,
  EngineOptions,
  OptimiserState,
  Shape,
  Tensors,
  TrainingDefinition,
  TrainingStep,
} from './contract.js';
import { namedTensors } from './parameters.js';
import { openProgram } from './program.js';

const STATE = ['parameters', 'firstMoment', 'secondMoment'] as const;
const SCALARS = ['stepSize', 'guard', 'decay'] as const;
const RESERVED: readonly string[] = [
  ...STATE,
  ...SCALARS,
  'anchor',
  'correction',
  'gradientSum',
  'trainable',
];

/** A loss with its gradient with respect to the flat parameter vector, and the monitors and arrays that came with it. */
export function lossAndGradient(
  definition: TrainingDefinition,
  parameters: Tensor,
  batch: Tensors,
): { readonly monitors: Record<string, Tensor>; readonly gradient: Tensor } {
  let kept: Record<string, Tensor> = {};
  const { grad } = tf.valueAndGrad((flat: Tensor) => {
    const results = definition.loss(namedTensors(definition.layout, flat), batch);
    kept = Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tf.keep(tensor)]));
    return tf.reshape(results.loss, []);
  })(parameters);
  const monitors: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(kept)) {
    if (tensor.size !== 1 && definition.arrays?.includes(name) !== true)
      throw new Error(`monitor ${name} is not a scalar but [${tensor.shape.join(', ')}]`);
    // tf.valueAndGrad releases what the loss made, so the monitors were kept and are handed over to the caller's scope.
    monitors[name] = tf.clone(tensor);
    tensor.dispose();
  }
  return { monitors, gradient: grad };
}

interface Vectors {
  parameters: Float32Array;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
  gradientSum?: Float32Array;
}

/**
 * Makes loss, gradient and Adam update one compiled step that owns the parameters. Two sets of state vectors take
 * turns as input and output, so nothing is copied between updates.
 */
export async function compileTraining(
  definition: TrainingDefinition,
  options: EngineOptions,
): Promise<TrainingStep> {
  const { layout, batch: batchShapes, adam = {} } = definition;
  for (const name of Object.keys(batchShapes)) {
    if (RESERVED.includes(name))
      throw new Error(`the batch input name ${name} is reserved for the optimiser`);
  }
  const flat: Shape = [layout.size];
  const decoupled = adam.decoupledDecay !== undefined;
  const usedScalars = SCALARS.filter((name) => name !== 'decay' || decoupled);
  const arrayNames = definition.arrays ?? [];
  const proximal = adam.proximal !== undefined;
  const controlled = adam.controlled === true;
  const shapes: Record<string, Shape> = {
    ...Object.fromEntries(STATE.map((name) => [name, flat])),
    ...Object.fromEntries(usedScalars.map((name) => [name, []])),
    ...(proximal ? { anchor: flat } : {}),
    ...(controlled ? { correction: flat, gradientSum: flat } : {}),
    ...(adam.freezable === true ? { trainable: flat } : {}),
    ...batchShapes,
  };
  const program = await openProgram(
    (inputs) => {
      const state = {
        parameters: inputs['parameters']!,
        firstMoment: inputs['firstMoment']!,
        secondMoment: inputs['secondMoment']!,
      };
      const batch = Object.fromEntries(Object.keys(batchShapes).map((name) => [name, inputs[name]!]));
      const { monitors, gradient } = lossAndGradient(definition, state.parameters, batch);
      const scalars = {
        stepSize: inputs['stepSize']!,
        guard: inputs['guard']!,
        ...(decoupled ? { decay: inputs['decay']! } : {}),
      };
      const corrected = controlled ? tf.add(gradient, inputs['correction']!) : gradient;
      return {
        ...monitors,
        ...adamUpdate(state, corrected, scalars, adam, inputs['anchor'], inputs['trainable']),
        ...(controlled ? { gradientSum: tf.add(inputs['gradientSum']!, gradient) } : {}),
      };
    },
    shapes,
    options,
    {
      state: [...STATE, ...(controlled ? ['gradientSum'] : [])],
      each: [...usedScalars, ...Object.keys(batchShapes)],
    },
  );

  const vectors = (): Vectors => ({
    parameters: new Float32Array(layout.size),
    firstMoment: new Float32Array(layout.size),
    secondMoment: new Float32Array(layout.size),
    ...(controlled ? { gradientSum: new Float32Array(layout.size) } : {}),
  });
  let current = vectors();
  let next = vectors();
  let updates = 0;
  let updatesAtControl = 0;
  const anchor = proximal ? new Float32Array(layout.size) : undefined;
  const correction = controlled ? new Float32Array(layout.size) : undefined;
  const trainable = adam.freezable === true ? new Float32Array(layout.size).fill(1) : undefined;
  let scalars: Record<string, Float32Array> = {};
  let outputs: Record<string, Float32Array> = {};
  let length = 0;
  const expectSize = (what: string, array: Float32Array): void => {
    if (array.length !== layout.size) {
      throw new Error(`${what}: expected ${layout.size} values, found ${array.length}`);
    }
  };
  async function series(
    batches: Arrays,
    learningRate: number,
    count: number,
  ): Promise<Record<string, Float32Array>> {
    if (!Number.isInteger(count) || count < 1)
      throw new Error(`a series has at least one update, found ${count}`);
    if (count !== length) {
      scalars = Object.fromEntries(usedScalars.map((name) => [name, new Float32Array(count)]));
      outputs = {};
      length = count;
    }
    for (let at = 0; at < count; at++) {
      const ofUpdate = adamScalars(adam, updates + at + 1, learningRate);
      for (const name of usedScalars) scalars[name]![at] = ofUpdate[name];
    }
    const inputs: Arrays = {
      ...batches,
      ...current,
      ...scalars,
      ...(anchor === undefined ? {} : { anchor }),
      ...(correction === undefined ? {} : { correction }),
      ...(trainable === undefined ? {} : { trainable }),
    };
    const results = await program.run(inputs, { ...outputs, ...next }, count);
    [current, next] = [next, current];
    updates += count;
    outputs = Object.fromEntries(Object.entries(results).filter(([name]) => !RESERVED.includes(name)));
    return Object.fromEntries(Object.entries(outputs).filter(([name]) => !arrayNames.includes(name)));
  }
  return {
    load(state) {
      for (const name of STATE) {
        expectSize(name, state[name]);
        current[name].set(state[name]);
      }
      updates = state.updates;
    },
    anchor(parameters) {
      if (anchor === undefined) throw new Error('this step has no proximal term, so it takes no anchor');
      expectSize('anchor', parameters);
      anchor.set(parameters);
    },
    control(values) {
      if (correction === undefined) throw new Error('this step corrects no gradients');
      expectSize('correction', values);
      correction.set(values);
      current.gradientSum?.fill(0);
      updatesAtControl = updates;
    },
    meanGradient() {
      const count = updates - updatesAtControl;
      if (current.gradientSum === undefined) throw new Error('this step corrects no gradients');
      return current.gradientSum.map((sum) => (count === 0 ? 0 : sum / count));
    },
    trainable(flags) {
      if (trainable === undefined) throw new Error('this step freezes no parameters');
      expectSize('trainable', flags);
      trainable.set(flags);
    },
    async run(batch, learningRate) {
      const monitors = await series(batch, learningRate, 1);
      return Object.fromEntries(Object.entries(monitors).map(([name, [value]]) => [name, value!]));
    },
    runSeries: series,
    arrays: () =>
      Object.fromEntries(
        arrayNames.flatMap((name) => (outputs[name] === undefined ? [] : [[name, outputs[name]]])),
      ),
    parameters: () => current.parameters,
    state: (): OptimiserState => ({
      parameters: current.parameters.slice(),
      firstMoment: current.firstMoment.slice(),
      secondMoment: current.secondMoment.slice(),
      updates,
    }),
    dispose: () => program.dispose(),
  };
}
