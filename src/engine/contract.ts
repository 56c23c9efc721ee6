import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What runs a step: `onnx` traces it into one ONNX graph for onnxruntime-node; `tensorflow` runs it eagerly on
 * @tensorflow/tfjs-node (optional dependency), `cpu` on @tensorflow/tfjs-backend-cpu (the reference), and `wasm` on
 * @tensorflow/tfjs-backend-wasm, which is a development dependency and only tests the eager path.
 */
export type EngineName = 'onnx' | 'tensorflow' | 'cpu' | 'wasm';

export type Shape = readonly number[];
export type Tensors = Readonly<Record<string, Tensor>>;
export type Arrays = Readonly<Record<string, Float32Array>>;

/** A pure function on tensors; all inputs and outputs are float32 and have fixed shapes. */
export type Step = (inputs: Tensors) => Tensors;

export interface EngineOptions {
  readonly engine: EngineName;
  /** Threads of one session; 1 by default, since parallelism comes from running jobs side by side. */
  readonly threads?: number;
}

/** A step made ready to run. Inputs and outputs are row-major arrays of the declared shapes. */
export interface CompiledStep {
  /** Outputs named in `into` are written to those arrays; the others come back in fresh ones. */
  run(inputs: Arrays, into?: Arrays): Promise<Record<string, Float32Array>>;
  /** Releases native memory; the step must not run afterwards. */
  dispose(): Promise<void>;
}

/** How a step is repeated within one run. */
export interface Repetition {
  /** Inputs that are also outputs: what one time gives, the next takes. */
  readonly state: readonly string[];
  /** Inputs that differ from time to time. Their arrays hold one after the other, as do those of outputs that are no state. */
  readonly each: readonly string[];
}

/** A step made ready to run on some engine. */
export interface Program {
  /**
   * Runs the step. Outputs named in `into` are written to those arrays; the others come back in fresh ones. The arrays
   * of `inputs` and `into` must not be touched before the promise resolves.
   * @param times how often a repeated step runs; 1 where left out
   */
  run(inputs: Arrays, into?: Arrays, times?: number): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** One named parameter tensor inside the flat vector. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  /** Start values: `zeros`, `ones`, or uniform in ±1/√fanIn as torch.nn.Linear and torch.nn.GRU draw them. */
  readonly initial: 'zeros' | 'ones' | { readonly fanIn: number };
}

/** Named tensors over one flat Float32Array. */
export interface ParameterLayout {
  readonly specs: readonly (ParameterSpec & { readonly offset: number; readonly size: number })[];
  /** Length of the flat vector. */
  readonly size: number;
}

/** Adam's state beside the parameters it belongs to. All three vectors have the layout's size. */
export interface OptimiserState {
  readonly parameters: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** Updates done so far; enters the bias correction. */
  readonly updates: number;
}

/** Adam (Kingma & Ba 2015, with torch.optim.Adam's placement of ε and L2 weight decay), inside the compiled step. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** L2 penalty added to the gradient; 0 by default. */
  readonly weightDecay?: number;
  /**
   * Decoupled weight decay of AdamW (Loshchilov & Hutter 2019): every update also takes learning rate × this share off the
   * parameters, as torch.optim.AdamW does. Off by default.
   */
  readonly decoupledDecay?: number;
  /** Global gradient-norm clip; none by default. */
  readonly clipNorm?: number;
  /** FedProx: adds μ·(θ − anchor) to the gradient; the anchor is set with `anchor()`. None by default. */
  readonly proximal?: number;
  /** Parameters can be frozen one by one with `trainable()`; by default all are trained. */
  readonly freezable?: boolean;
  /**
   * SCAFFOLD: adds the vector set with `control()` to the gradient, before the norm is clipped, and keeps the mean of the
   * gradients of the loss itself. Off by default.
   */
  readonly controlled?: boolean;
}

export interface TrainingDefinition {
  readonly layout: ParameterLayout;
  /** Batch inputs by name, with fixed shapes; padded rows carry weight 0. */
  readonly batch: Readonly<Record<string, Shape>>;
  /** Scalar `loss` plus any scalar monitors, from parameters by name and the batch. */
  readonly loss: (parameters: Tensors, batch: Tensors) => Tensors & { readonly loss: Tensor };
  readonly adam?: AdamOptions;
  /**
   * Results of `loss` that are arrays instead of monitors, by name, e.g. statistics of the batch that are kept outside the
   * parameters. None by default.
   */
  readonly arrays?: readonly string[];
}

/** A compiled training step that owns parameters and moments. */
export interface TrainingStep {
  /** Copies a state in. */
  load(state: OptimiserState): void;
  /** Copies the FedProx anchor in; an error when the definition has no proximal term. */
  anchor(parameters: Float32Array): void;
  /** Copies the correction of the gradient in and forgets the mean gradient; an error when the definition is not controlled. */
  control(correction: Float32Array): void;
  /** Mean over the updates since `control()` of the loss's own gradient, without correction and proximal term. */
  meanGradient(): Float32Array;
  /** Copies in which parameters are trained: 1, or 0 = frozen; an error when the definition is not freezable. */
  trainable(flags: Float32Array): void;
  /** One update. Returns loss, `gradientNorm` (before clipping) and the monitors. */
  run(batch: Arrays, learningRate: number): Promise<Record<string, number>>;
  /**
   * `count` updates, the same as `run` one after the other, but in one call to the engine.
   *
   * @param batches every array holds those of the batches one after the other
   * @returns loss, `gradientNorm` and the monitors of every update, overwritten by the next call
   */
  runSeries(batches: Arrays, learningRate: number, count: number): Promise<Record<string, Float32Array>>;
  /** The definition's `arrays` of the latest update, or of every one of the latest series, overwritten by the next. */
  arrays(): Arrays;
  /** The present parameters themselves, to be read before the next update; not a copy. */
  parameters(): Float32Array;
  /** Copies the state out. */
  state(): OptimiserState;
  dispose(): Promise<void>;
}
