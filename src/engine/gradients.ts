import * as tf from '@tensorflow/tfjs-core';
import { arithmetic, functions } from './gradients/elementwise.js';
import { products, reductions } from './gradients/matrices.js';
import { shapes } from './gradients/shapes.js';

/*
 * Gradients of the kernels that steps use. tfjs-core keeps its own in modules that plain Node cannot load and registers
 * them only through the package that bundles all of tfjs with the browser backends, so they are stated here.
 */

let registered = false;

/** Registers the gradients with tfjs-core, once per process. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  for (const config of [...arithmetic, ...functions, ...reductions, ...shapes, ...products])
    tf.registerGradient(config);
}
