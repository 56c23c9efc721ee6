import type { Repetition } from '../contract.js';
import { integer, type GraphFile, type NamedValue } from './graph.js';

/** Extent of what differs from time to time: how many times a run repeats the step. */
const TIMES = 'times';

/**
 * The graph that repeats a step: an ONNX Scan whose body is the step. onnxruntime lets two buffers take turns as the state between the times,
 * hands the body slices of what differs from time to time, and only the last state leaves the session: the binding for Node copies whatever
 * leaves into fresh memory, even where it is given an array to write to.
 *
 * @param step its inputs `name` and outputs `out name` are those of the repeated graph too
 */
export function repeated(step: GraphFile, { state, each }: Repetition): GraphFile {
  const at = (name: string): string => `one ${name}`;
  const stacked = ({ name, type, shape }: NamedValue): NamedValue => ({
    name,
    type,
    shape: [TIMES, ...shape],
  });
  const named = (from: readonly NamedValue[], names: readonly string[]): readonly NamedValue[] =>
    names.flatMap((name) => from.filter((value) => value.name === name));
  const isState = ({ name }: NamedValue): boolean => state.some((one) => name === `out ${one}`);
  const states = named(step.inputs, state);
  if (states.length < state.length) throw new Error('a repeated step reads every part of its state');
  const scanned = named(step.inputs, each);
  const fixed = step.inputs.filter((value) => !states.includes(value) && !scanned.includes(value));
  const outputs = [
    ...named(
      step.outputs,
      state.map((name) => `out ${name}`),
    ),
    ...step.outputs.filter((output) => !isState(output)),
  ];
  const moving = [...states, ...scanned];
  const inside = new Map([...moving, ...outputs].map(({ name }) => [name, at(name)]));
  const rename = (name: string): string => inside.get(name) ?? name;
  const renamed = (value: NamedValue): NamedValue => ({ ...value, name: rename(value.name) });
  const body: GraphFile = {
    name: 'one time',
    nodes: step.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    constants: step.constants,
    inputs: moving.map(renamed),
    outputs: outputs.map(renamed),
  };
  return {
    name: 'repeated',
    nodes: [
      {
        name: 'repeat',
        operator: 'Scan',
        domain: '',
        inputs: moving.map(({ name }) => name),
        outputs: outputs.map(({ name }) => name),
        attributes: {
          body: { kind: 'graph', value: body },
          num_scan_inputs: integer(scanned.length),
        },
      },
    ],
    constants: [],
    inputs: [...states, ...scanned.map(stacked), ...fixed],
    outputs: outputs.map((output) => (isState(output) ? output : stacked(output))),
  };
}
