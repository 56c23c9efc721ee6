import { elementwiseKernels } from './elementwise.js';
import type { KernelTable } from './kernel.js';
import { matrixKernels } from './matrix.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';

/** Every tfjs kernel that the onnx engine translates, by tfjs name. */
export const traceKernels: KernelTable = {
  ...elementwiseKernels,
  ...matrixKernels,
  ...reductionKernels,
  ...shapeKernels,
};
