import { matMul, mul, type Tensor2D } from '@tensorflow/tfjs-core';
import { compileStep } from '../engine/compile.js';
import type { Step } from '../engine/contract.js';
import { solveSymmetric } from './cholesky.js';

export interface LogisticModel {
  readonly intercept: number;
  readonly weights: Float64Array;
}

/**
 * L2-penalised logistic regression: minimises Σ log(1 + exp(−y·η)) + λ/2·‖w‖², the intercept unpenalised (the
 * objective of scikit-learn with C = 1/λ), by Newton's method with step halving. The curvature Xᵀ·diag(p(1−p))·X comes from
 * the engine in float32; gradient and objective are float64, so the optimum is exact and only the path is rounded.
 *
 * @param design [rows · columns] row-major, finite
 * @param outcome [rows] 0 or 1, both present
 */
export async function fitLogistic(
  design: Float64Array,
  columns: number,
  outcome: Uint8Array,
  lambda: number,
): Promise<LogisticModel> {
  const rows = outcome.length;
  const size = columns + 1; // the intercept is last
  const matrix = withIntercept(design, rows, columns);
  const curvature = await compileStep(
    weightedGram,
    { matrix: [rows, size], weight: [rows, 1] },
    { engine: 'onnx' },
  );
  try {
    const hessian = new Float64Array(size * size);
    let curved: Record<string, Float32Array> = {};
    let reached = penalisedLoss(design, columns, outcome, lambda, new Float64Array(size));
    for (let iteration = 0; iteration < 50; iteration++) {
      const { gradient, weight } = slopes(design, columns, outcome, lambda, reached);
      if (gradient.every((slope) => Math.abs(slope) < 1e-9 * rows)) break;
      curved = await curvature.run({ matrix, weight }, curved);
      if (curved['gram'] === undefined) throw new Error('the curvature step gave no matrix');
      hessian.set(curved['gram']);
      for (let j = 0; j < columns; j++) hessian[j * size + j]! += lambda;
      const step = solveSymmetric(hessian, size, gradient);
      const next = downhill(reached, step, (trial) => penalisedLoss(design, columns, outcome, lambda, trial));
      if (next === null) break;
      reached = next;
    }
    const { parameters } = reached;
    return { intercept: parameters[columns]!, weights: parameters.slice(0, columns) };
  } finally {
    await curvature.dispose();
  }
}

const weightedGram: Step = ({ matrix, weight }) => ({
  gram: matMul(matrix as Tensor2D, mul(matrix as Tensor2D, weight as Tensor2D), true, false),
});

function withIntercept(design: Float64Array, rows: number, columns: number): Float32Array {
  const matrix = new Float32Array(rows * (columns + 1));
  for (let i = 0; i < rows; i++) {
    matrix.set(design.subarray(i * columns, (i + 1) * columns), i * (columns + 1));
    matrix[i * (columns + 1) + columns] = 1;
  }
  return matrix;
}

/** A point of the path and what the objective is there. */
interface Reached {
  readonly parameters: Float64Array;
  /** [rows] linear predictor */
  readonly eta: Float64Array;
  readonly objective: number;
}

/** Gradient of the objective and the curvature p(1−p) of every row. */
function slopes(
  design: Float64Array,
  columns: number,
  outcome: Uint8Array,
  lambda: number,
  { parameters, eta }: Reached,
): { readonly gradient: Float64Array; readonly weight: Float32Array } {
  const gradient = new Float64Array(columns + 1);
  const weight = new Float32Array(outcome.length);
  const residual = new Float64Array(outcome.length);
  for (let i = 0; i < outcome.length; i++) {
    const p = 1 / (1 + Math.exp(-eta[i]!));
    weight[i] = Math.max(p * (1 - p), 1e-10);
    residual[i] = p - outcome[i]!;
    gradient[columns]! += residual[i]!;
  }
  addRows(design, columns, residual, gradient);
  for (let j = 0; j < columns; j++) gradient[j]! += lambda * parameters[j]!;
  return { gradient, weight };
}

/** Adds every row as often as `times` says; four rows a pass spare memory traffic. */
function addRows(design: Float64Array, columns: number, times: Float64Array, into: Float64Array): void {
  let i = 0;
  for (; i + 3 < times.length; i += 4) {
    const a = i * columns;
    const b = a + columns;
    const c = b + columns;
    const d = c + columns;
    const timesA = times[i]!;
    const timesB = times[i + 1]!;
    const timesC = times[i + 2]!;
    const timesD = times[i + 3]!;
    for (let j = 0; j < columns; j++)
      into[j]! +=
        timesA * design[a + j]! +
        timesB * design[b + j]! +
        (timesC * design[c + j]! + timesD * design[d + j]!);
  }
  for (; i < times.length; i++)
    for (let j = 0; j < columns; j++) into[j]! += times[i]! * design[i * columns + j]!;
}

/** The longest of the halved steps that does not raise the objective; null when none is left. */
function downhill(
  { parameters, objective }: Reached,
  step: Float64Array,
  loss: (trial: Float64Array) => Reached,
): Reached | null {
  for (let factor = 1; factor > 1e-8; factor /= 2) {
    const trial = new Float64Array(parameters.length);
    for (let j = 0; j < trial.length; j++) trial[j] = parameters[j]! - factor * step[j]!;
    const reached = loss(trial);
    if (reached.objective <= objective) return reached;
  }
  return null;
}

/** Linear predictor η of every row; monotone in the probability, without its rounding to 0 and 1. */
export function linearPredictor(model: LogisticModel, design: Float64Array): Float64Array {
  const columns = model.weights.length;
  const rows = columns === 0 ? 0 : design.length / columns;
  return Float64Array.from(
    { length: rows },
    (_, i) => model.intercept + rowProduct(design, i * columns, model.weights, columns),
  );
}

/** Product of the design row that begins at `from` with the first `columns` numbers; four sums side by side. */
function rowProduct(design: Float64Array, from: number, numbers: Float64Array, columns: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (; j + 3 < columns; j += 4) {
    s0 += design[from + j]! * numbers[j]!;
    s1 += design[from + j + 1]! * numbers[j + 1]!;
    s2 += design[from + j + 2]! * numbers[j + 2]!;
    s3 += design[from + j + 3]! * numbers[j + 3]!;
  }
  for (; j < columns; j++) s0 += design[from + j]! * numbers[j]!;
  return s0 + s1 + (s2 + s3);
}

function penalisedLoss(
  design: Float64Array,
  columns: number,
  outcome: Uint8Array,
  lambda: number,
  parameters: Float64Array,
): Reached {
  const eta = new Float64Array(outcome.length);
  let loss = 0;
  for (let j = 0; j < columns; j++) loss += (lambda / 2) * parameters[j]! * parameters[j]!;
  for (let i = 0; i < outcome.length; i++) {
    eta[i] = parameters[columns]! + rowProduct(design, i * columns, parameters, columns);
    const margin = outcome[i] === 1 ? eta[i]! : -eta[i]!;
    loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
  }
  return { parameters, eta, objective: loss };
}
