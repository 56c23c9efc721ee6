import type { Arrays, Shape } from './contract.js';

/** The array given for an input, checked against its declared shape. */
export function checkedInput(inputs: Arrays, name: string, shape: Shape): Float32Array {
  const array = inputs[name];
  if (array === undefined) {
    throw new Error(`step input ${name} is missing; given: ${Object.keys(inputs).join(', ')}`);
  }
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (array.length !== size) {
    throw new Error(
      `step input ${name}: expected ${size} values for [${shape.join(', ')}], found ${array.length}`,
    );
  }
  return array;
}
