import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { withGradient } from './customGradient.js';
import { parameter } from './layers.js';
import { gruGradient, gruNext, type GruGradient, type GruRecord } from './gruCell.js';
import { perStep, together } from './stepRows.js';

/** What enters a GRU besides its state, for all steps at once, biases of the inputs and of the gates' state included. */
export interface GruInputs {
  /** Reset and update gates, r before u. [T·B, 2h] */
  readonly gates: Tensor;
  /** [T·B, h] */
  readonly candidate: Tensor;
  /** State before the first step. [B, h] */
  readonly start: Tensor;
}

/** Parameters `<name>_gates_…` and `<name>_candidate_…`, started as torch.nn.GRU starts them. */
export function gruSpecs(
  name: string,
  inputs: Readonly<Record<string, number>>,
  hidden: number,
): ParameterSpec[] {
  return [['gates', 2 * hidden] as const, ['candidate', hidden] as const].flatMap(([part, outputs]) => {
    const spec = (ending: string, shape: readonly number[]): ParameterSpec => ({
      name: `${name}_${part}_${ending}`,
      shape,
      initial: { fanIn: hidden },
    });
    return [
      ...Object.entries(inputs).map(([input, extent]) => spec(`${input}_w`, [extent, outputs])),
      spec('state_w', [hidden, outputs]),
      spec('input_b', [outputs]),
      spec('state_b', [outputs]),
    ];
  });
}

/**
 * Shares of inputs x [rows, extent] in gates and candidate, biases included: [rows, 2h] and [rows, h].
 *
 * @param inputs by the names that `gruSpecs` got
 */
export function gruShares(
  parameters: Tensors,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
): { readonly gates: Tensor; readonly candidate: Tensor } {
  const p = (ending: string): Tensor => parameter(parameters, `${name}_${ending}`);
  const share = (part: string, bias: Tensor): Tensor =>
    Object.entries(inputs).reduce<Tensor>(
      (sum, [input, x]) => tf.add(tf.matMul(x, p(`${part}_${input}_w`)), sum),
      bias,
    );
  return {
    gates: share('gates', tf.add(p('gates_input_b'), p('gates_state_b'))),
    candidate: share('candidate', p('candidate_input_b')),
  };
}

/**
 * States of a GRU after every step [T·B, h]. Its gradient is back-propagation through time written out, so that every weight's
 * gradient is one matrix product over all steps.
 */
export function gru(parameters: Tensors, name: string, steps: number, inputs: GruInputs): Tensor {
  const weights = [
    parameter(parameters, `${name}_gates_state_w`),
    parameter(parameters, `${name}_candidate_state_w`),
    parameter(parameters, `${name}_candidate_state_b`),
  ] as const;
  return withGradient(
    [inputs.gates, inputs.candidate, inputs.start, ...weights],
    () => {
      const records = forward(steps, inputs, weights);
      return {
        value: together(records.map(({ next }) => next)),
        saved: [...weights, ...records.flatMap(packed)],
      };
    },
    (dy, saved) => {
      const [gatesState, candidateState] = [saved[0]!, saved[1]!];
      return backward(unpacked(saved.slice(weights.length)), perStep(dy, steps), gatesState, candidateState);
    },
  );
}

interface StepRecord extends GruRecord {
  /** Before the step. */
  readonly state: Tensor;
}

const packed = ({ state, reset, update, fromState, candidate, gap }: StepRecord): Tensor[] => [
  state,
  reset,
  update,
  fromState,
  candidate,
  gap,
];

function unpacked(saved: readonly Tensor[]): StepRecord[] {
  const fields = 6;
  return Array.from({ length: saved.length / fields }, (_, t) => {
    const [state, reset, update, fromState, candidate, gap] = saved.slice(t * fields, (t + 1) * fields);
    return {
      state: state!,
      reset: reset!,
      update: update!,
      fromState: fromState!,
      candidate: candidate!,
      gap: gap!,
    };
  });
}

function forward(
  steps: number,
  inputs: GruInputs,
  [gatesState, candidateState, candidateStateBias]: readonly [Tensor, Tensor, Tensor],
): (StepRecord & { readonly next: Tensor })[] {
  const gates = perStep(inputs.gates, steps);
  const candidates = perStep(inputs.candidate, steps);
  const records: (StepRecord & { readonly next: Tensor })[] = [];
  let state = inputs.start;
  for (let t = 0; t < steps; t++) {
    const record = gruNext(
      state,
      tf.add(tf.matMul(state, gatesState), gates[t]!),
      tf.add(tf.matMul(state, candidateState), candidateStateBias),
      (resetState) => tf.add(candidates[t]!, resetState),
    );
    records.push({ ...record, state });
    state = record.next;
  }
  return records;
}

function backward(
  records: readonly StepRecord[],
  outer: readonly Tensor[],
  gatesState: Tensor,
  candidateState: Tensor,
): Tensor[] {
  const gradients: GruGradient[] = [];
  let forState: Tensor | undefined;
  for (let t = records.length - 1; t >= 0; t--) {
    const record = records[t]!;
    const next = forState === undefined ? outer[t]! : tf.add(forState, outer[t]!);
    const gradient = gruGradient(next, record);
    gradients[t] = gradient;
    forState = tf.add(
      tf.mul(next, record.update),
      tf.add(
        tf.matMul(gradient.gates, gatesState, false, true),
        tf.matMul(gradient.fromState, candidateState, false, true),
      ),
    );
  }
  const all = (field: keyof GruGradient): Tensor => together(gradients.map((one) => one[field]));
  const states = together(records.map(({ state }) => state));
  const [gates, fromState] = [all('gates'), all('fromState')];
  return [
    gates,
    all('candidate'),
    forState!,
    tf.matMul(states, gates, true, false),
    tf.matMul(states, fromState, true, false),
    tf.sum(fromState, 0),
  ];
}
