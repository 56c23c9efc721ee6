import * as tf from '@tensorflow/tfjs-core';
import { onBackend } from '../backends.js';
import { registerGradients } from '../gradients.js';
import type { Repetition, Shape, Step } from '../contract.js';
import { Graph, type Constant, type GraphFile } from './graph.js';
import { KernelCall } from './kernels/kernel.js';
import { traceKernels } from './kernels/table.js';
import { encodeModel } from './protobuf.js';
import { repeated } from './repeated.js';
import { dropUnused, mergeAdditions, nameOutputs } from './simplify.js';
import { LARGEST_STORED_CONSTANT_BYTES, TRACE, TraceBackend } from './traceBackend.js';

/** A step as an ONNX model. */
export interface TracedStep {
  readonly model: Uint8Array;
  /** Inputs that the graph really reads; a step may ignore some of its own. */
  readonly inputs: readonly string[];
  readonly outputs: Readonly<Record<string, Shape>>;
  /** Constants too big to be stored in the model; fed at every run. All are float32. */
  readonly constants: readonly Constant[];
  /** Number of operators. */
  readonly size: number;
}

/** A step used a tfjs kernel that the onnx engine does not translate. */
export class UnknownKernelError extends Error {
  constructor(readonly kernel: string) {
    super(
      `the step uses the tfjs kernel "${kernel}", which the onnx engine does not translate. ` +
        `Write it with other operations, run the step with the engine cpu or tensorflow, or add the kernel to a table in src/engine/onnx/kernels`,
    );
    this.name = 'UnknownKernelError';
  }
}

let backend: TraceBackend | undefined;

/** Registers the tracing backend and its kernels once per process. */
function traceBackend(): TraceBackend {
  if (backend !== undefined) return backend;
  const created = new TraceBackend();
  // Priority 0 keeps tfjs from choosing the tracing backend by itself.
  tf.registerBackend(TRACE, () => created, 0);
  for (const [kernelName, kernel] of Object.entries(traceKernels)) {
    tf.registerKernel({
      kernelName,
      backendName: TRACE,
      kernelFunc: ({ inputs, attrs }) => {
        const result = kernel(new KernelCall(kernelName, inputs, attrs ?? {}, created));
        return typeof result === 'string'
          ? created.tensor(result)
          : result.map((name) => created.tensor(name));
      },
    });
  }
  backend = created;
  return created;
}

function explained(error: unknown): unknown {
  const kernel =
    error instanceof Error ? /Kernel '(\w+)' not registered/.exec(error.message)?.[1] : undefined;
  return kernel === undefined ? error : new UnknownKernelError(kernel);
}

/**
 * Runs the step once on the tracing backend and returns the operators it used as one ONNX model. Nothing of the trace
 * stays in tfjs.
 */
export async function trace(
  step: Step,
  inputs: Readonly<Record<string, Shape>>,
  repetition?: Repetition,
): Promise<TracedStep> {
  registerGradients();
  const recorder = traceBackend();
  return onBackend(TRACE, () => {
    const graph = new Graph();
    recorder.begin(graph);
    try {
      const outputs = tf.tidy(() => {
        const tensors = Object.fromEntries(
          Object.entries(inputs).map(([name, shape]) => [
            name,
            tf
              .engine()
              .makeTensorFromTensorInfo(
                recorder.tensor(graph.input(name, { type: 'float32', shape })),
                recorder,
              ),
          ]),
        );
        return Object.entries(step(tensors)).map(
          ([name, tensor]) => [`out ${name}`, recorder.nameOf(tensor)] as const,
        );
      });
      return finish(graph, inputs, outputs, repetition);
    } catch (error) {
      throw explained(error);
    } finally {
      recorder.begin(undefined);
    }
  });
}

function finish(
  graph: Graph,
  inputs: Readonly<Record<string, Shape>>,
  outputs: readonly (readonly [name: string, value: string])[],
  repetition: Repetition | undefined,
): TracedStep {
  const values = outputs.map(([, value]) => value);
  const needed = dropUnused(graph.nodes, values);
  const merged = mergeAdditions(graph, needed, new Set(values));
  const nodes = nameOutputs(graph, merged, outputs);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const constants = graph.constants.filter((constant) => read.has(constant.name));
  const isFed = (constant: Constant): boolean =>
    constant.type === 'float32' && constant.bytes.byteLength > LARGEST_STORED_CONSTANT_BYTES;
  const fed = constants.filter(isFed);
  const used = Object.keys(inputs).filter((name) => read.has(name));
  const whole: GraphFile = {
    name: 'step',
    nodes,
    constants: constants.filter((constant) => !isFed(constant)),
    inputs: [...used, ...fed.map((constant) => constant.name)].map((name) => ({ name, ...graph.type(name) })),
    outputs: outputs.map(([name]) => ({ name, ...graph.type(name) })),
  };
  return {
    model: encodeModel(repetition === undefined ? whole : repeated(whole, repetition)),
    inputs: used,
    outputs: Object.fromEntries(outputs.map(([name]) => [name.slice('out '.length), graph.type(name).shape])),
    constants: fed,
    size: nodes.length,
  };
}
