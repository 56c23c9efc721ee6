import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';

/*
 * Gradients of the kernels that steps use. tfjs-core keeps its own in modules that plain Node cannot load and registers
 * them only through the package that bundles all of tfjs with the browser backends, so they are stated here.
 */

type Gradients = Readonly<Record<string, () => Tensor>>;

const axisOf = (attributes: NamedAttrMap, rank: number): number => {
  const axis = attributes['axis'];
  if (typeof axis !== 'number') throw new Error('gradient: attribute axis is not a number');
  return axis < 0 ? axis + rank : axis;
};

const one = (dy: Tensor | Tensor[]): Tensor => {
  if (Array.isArray(dy)) throw new Error('gradient: one output expected');
  return dy;
};

/** tfjs hands a list over only where there is more than one output. */
const several = (dy: Tensor | Tensor[]): Tensor[] => (Array.isArray(dy) ? dy : [dy]);

/** Sums a gradient over the axes along which its operand was broadcast. */
function summedTo(gradient: Tensor, operand: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(operand.shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, operand.shape);
}

/** Puts reduced axes back with extent 1 and repeats the gradient along them. */
function spread(dy: Tensor, x: Tensor, attributes: NamedAttrMap): Tensor {
  // tfjs names the axes of Max differently from those of all other reductions.
  const axis = attributes['axis'] ?? attributes['reductionIndices'];
  const reduced =
    typeof axis === 'number' || Array.isArray(axis)
      ? tf.util.parseAxisParam(typeof axis === 'number' ? axis : axis.map(Number), x.shape)
      : x.shape.map((_, i) => i);
  const kept = x.shape.map((extent, i) => (reduced.includes(i) ? 1 : extent));
  return tf.mul(tf.reshape(dy, kept), tf.onesLike(x));
}

/** Gradient of y = f(x) from x. */
const fromInput = (
  kernelName: string,
  rule: (dy: Tensor, x: Tensor, attributes: NamedAttrMap) => Tensor,
): GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes): Gradients => ({ x: () => rule(one(dy), saved[0]!, attributes) }),
});

/** Gradient of y = f(x) from y. */
const fromOutput = (
  kernelName: string,
  rule: (dy: Tensor, y: Tensor) => Tensor,
  input = 'x',
): GradConfig => ({
  kernelName,
  outputsToSave: [true],
  gradFunc: (dy, saved): Gradients => ({ [input]: () => rule(one(dy), saved[0]!) }),
});

/** Gradients of y = f(a, b) with broadcasting. */
const fromOperands = (
  kernelName: string,
  rule: (dy: Tensor, a: Tensor, b: Tensor) => readonly [a: () => Tensor, b: () => Tensor],
): GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (gradient, saved): Gradients => {
    const [a, b] = [saved[0]!, saved[1]!];
    const [forA, forB] = rule(one(gradient), a, b);
    return { a: () => summedTo(forA(), a), b: () => summedTo(forB(), b) };
  },
});

const where = (condition: Tensor, dy: Tensor): Tensor => tf.mul(dy, tf.cast(condition, 'float32'));

const arithmetic: readonly GradConfig[] = [
  fromOperands('Add', (dy) => [() => dy, () => dy]),
  fromOperands('Sub', (dy) => [() => dy, () => tf.neg(dy)]),
  fromOperands('Multiply', (dy, a, b) => [() => tf.mul(dy, b), () => tf.mul(dy, a)]),
  fromOperands('RealDiv', (dy, a, b) => [
    () => tf.div(dy, b),
    () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ]),
  fromOperands('Maximum', (dy, a, b) => [
    () => where(tf.greaterEqual(a, b), dy),
    () => where(tf.less(a, b), dy),
  ]),
  fromOperands('Minimum', (dy, a, b) => [
    () => where(tf.lessEqual(a, b), dy),
    () => where(tf.greater(a, b), dy),
  ]),
  fromOperands('SquaredDifference', (dy, a, b) => {
    const slope = (): Tensor => tf.mul(dy, tf.mul(2, tf.sub(a, b)));
    return [slope, () => tf.neg(slope())];
  }),
  {
    kernelName: 'Pow',
    inputsToSave: ['a', 'b'],
    outputsToSave: [true],
    gradFunc: (dy, saved): Gradients => {
      const [a, b, y] = [saved[0]!, saved[1]!, saved[2]!];
      const positive = tf.greater(a, 0);
      return {
        a: () => summedTo(tf.mul(one(dy), tf.mul(b, tf.pow(a, tf.sub(b, 1)))), a),
        b: () => summedTo(tf.mul(one(dy), tf.mul(y, tf.where(positive, tf.log(a), tf.zerosLike(a)))), b),
      };
    },
  },
];

const functions: readonly GradConfig[] = [
  fromInput('Abs', (dy, x) => tf.mul(dy, tf.sign(x))),
  fromInput('Log', (dy, x) => tf.div(dy, x)),
  fromInput('Log1p', (dy, x) => tf.div(dy, tf.add(x, 1))),
  fromInput('Neg', (dy) => tf.neg(dy)),
  fromInput('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  fromInput('Square', (dy, x) => tf.mul(dy, tf.mul(2, x))),
  fromInput('Sign', (dy) => tf.zerosLike(dy)),
  fromInput('Step', (dy) => tf.zerosLike(dy)),
  {
    kernelName: 'ClipByValue',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved): Gradients => ({ x: () => where(tf.equal(saved[0]!, saved[1]!), one(dy)) }),
  },
  fromOutput('Exp', (dy, y) => tf.mul(dy, y)),
  fromOutput('Expm1', (dy, y) => tf.mul(dy, tf.add(y, 1))),
  fromOutput('Reciprocal', (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  // y > 0 exactly where x > 0; reading y lets the product, bias and ReLU before it become one operator.
  fromOutput('Relu', (dy, y) => tf.mul(dy, tf.step(y))),
  fromOutput('Rsqrt', (dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y))))),
  fromOutput('Sigmoid', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  fromOutput('Sqrt', (dy, y) => tf.div(dy, tf.mul(2, y))),
  fromOutput('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  fromOutput('LogSoftmax', (dy, y) => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.exp(y))), 'logits'),
  fromOutput(
    'Softmax',
    (dy, y) => {
      const weighted = tf.mul(dy, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y));
    },
    'logits',
  ),
];

const reductions: readonly GradConfig[] = [
  fromInput('Sum', (dy, x, attributes) => spread(dy, x, attributes)),
  fromInput('Mean', (dy, x, attributes) => tf.div(spread(dy, x, attributes), x.size / dy.size)),
  {
    kernelName: 'Max',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes): Gradients => ({
      x: () =>
        where(
          tf.equal(saved[0]!, spread(saved[1]!, saved[0]!, attributes)),
          spread(one(dy), saved[0]!, attributes),
        ),
    }),
  },
];

const shapes: readonly GradConfig[] = [
  fromInput('Cast', (dy) => dy),
  fromInput('Identity', (dy) => tf.cast(dy, 'float32')),
  fromInput('Reshape', (dy, x) => tf.reshape(dy, x.shape)),
  {
    kernelName: 'ExpandDims',
    inputsToSave: ['input'],
    gradFunc: (dy, saved): Gradients => ({ input: () => tf.reshape(one(dy), saved[0]!.shape) }),
  },
  {
    kernelName: 'Transpose',
    gradFunc: (dy, _, { perm }): Gradients => {
      if (!Array.isArray(perm)) throw new Error('gradient of Transpose: perm is not a list');
      return { x: () => tf.transpose(one(dy), tf.backend_util.getUndoAxesPermutation(perm.map(Number))) };
    },
  },
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const axis = axisOf(attributes, saved[0]!.rank);
      const sizes = saved.map((piece) => piece.shape[axis]!);
      const pieces = tf.split(one(dy), sizes, axis);
      return Object.fromEntries(pieces.map((piece, i) => [String(i), () => piece]));
    },
  },
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _, attributes): Gradients => ({
      x: () => tf.concat(several(dy), axisOf(attributes, several(dy)[0]!.rank)),
    }),
  },
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, _, attributes): Gradients => {
      const pieces = tf.unstack(one(dy), axisOf(attributes, one(dy).rank));
      return Object.fromEntries(pieces.map((piece, i) => [String(i), () => piece]));
    },
  },
  {
    kernelName: 'Unpack',
    gradFunc: (dy, _, attributes): Gradients => ({
      value: () => tf.stack(several(dy), axisOf(attributes, several(dy)[0]!.rank + 1)),
    }),
  },
  {
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc: (gradient, saved, attributes): Gradients => {
      const [x, indices] = [saved[0]!, saved[1]!];
      if (axisOf(attributes, x.rank) !== 0 || (attributes['batchDims'] ?? 0) !== 0)
        throw new Error('gradient of GatherV2: only rows of the first axis, without batch axes');
      return {
        x: () =>
          tf.scatterND(
            tf.reshape(indices, [-1, 1]),
            tf.reshape(one(gradient), [indices.size, ...x.shape.slice(1)]),
            x.shape,
          ),
        indices: () => tf.zerosLike(tf.cast(indices, 'float32')),
      };
    },
  },
  fromInput('Slice', (dy, x, { begin, size }) => {
    if (!Array.isArray(begin) || !Array.isArray(size)) throw new Error('gradient of Slice: no begin or size');
    return tf.pad(
      dy,
      x.shape.map(
        (extent, i) => [Number(begin[i]), extent - Number(begin[i]) - dy.shape[i]!] as [number, number],
      ),
    );
  }),
  fromInput('PadV2', (dy, x, { paddings }) => {
    if (!Array.isArray(paddings)) throw new Error('gradient of PadV2: no paddings');
    const begin = paddings.map((pair) => (Array.isArray(pair) ? Number(pair[0]) : 0));
    return tf.slice(dy, begin, x.shape);
  }),
  fromInput('Tile', (dy, x, { reps }) => {
    if (!Array.isArray(reps)) throw new Error('gradient of Tile: no reps');
    const counts = reps.map(Number);
    const interleaved = x.shape.flatMap((extent, i) => [counts[i]!, extent]);
    const summed = tf.sum(
      tf.reshape(dy, interleaved),
      x.shape.map((_, i) => 2 * i),
    );
    return tf.reshape(summed, x.shape);
  }),
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, saved): Gradients => ({
      condition: () => tf.zerosLike(tf.cast(saved[0]!, 'float32')),
      t: () => where(saved[0]!, one(dy)),
      e: () => where(tf.logicalNot(saved[0]!), one(dy)),
    }),
  },
];

const products: readonly GradConfig[] = [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (gradient, saved, { transposeA, transposeB }): Gradients => {
      const dy = one(gradient);
      const [a, b] = [saved[0]!, saved[1]!];
      const [left, right] = [transposeA === true, transposeB === true];
      return {
        a: () => (left ? tf.matMul(b, dy, right, true) : tf.matMul(dy, b, false, !right)),
        b: () => (right ? tf.matMul(dy, a, true, left) : tf.matMul(a, dy, !left, false)),
      };
    },
  },
];

let registered = false;

/** Registers the gradients with tfjs-core, once per process. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  for (const config of [...arithmetic, ...functions, ...reductions, ...shapes, ...products])
    tf.registerGradient(config);
}
