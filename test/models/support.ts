import { compileStep } from '../../src/engine/compile.js';
import type {
  Arrays,
  CompiledStep,
  EngineName,
  Shape,
  TrainingDefinition,
} from '../../src/engine/contract.js';
import { lossAndGradient } from '../../src/engine/training.js';
import type { Random } from '../../src/engine/random.js';

export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);

/** A batch of normals, with 0/1 for inputs that are masks, bits or weights of rows. */
export function randomBatch(
  shapes: Readonly<Record<string, Shape>>,
  random: Random,
  bits: readonly string[],
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const values = new Float32Array(sizeOf(shape));
      return [
        name,
        bits.includes(name) ? values.map(() => (random.uniform() < 0.6 ? 1 : 0)) : random.fillNormal(values),
      ];
    }),
  );
}

/** Loss, monitors and gradient of a definition as one step. */
export const gradientStep = (definition: TrainingDefinition, engine: EngineName): Promise<CompiledStep> =>
  compileStep(
    ({ parameters, ...batch }) => {
      const { monitors, gradient } = lossAndGradient(definition, parameters!, batch);
      return { ...monitors, gradient };
    },
    { parameters: [definition.layout.size], ...definition.batch },
    { engine },
  );

/** Euclidean length of a − b over that of b. */
export function relativeDistance(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let length = 0;
  b.forEach((value, i) => {
    difference += (a[i]! - value) ** 2;
    length += value ** 2;
  });
  return Math.sqrt(difference / Math.max(length, 1e-30));
}

/**
 * Greatest error of the gradient along random directions, against fourth-order central differences of the loss, in
 * units of the gradient's length. Directions sum over all parameters, so float32 rounding of the loss stays small
 * beside the slope.
 */
export async function directionalError(
  step: CompiledStep,
  parameters: Float32Array,
  batch: Arrays,
  random: Random,
  directions: readonly Float32Array[] = [],
): Promise<number> {
  const { gradient } = await step.run({ ...batch, parameters });
  const length = Math.sqrt(gradient!.reduce((sum, g) => sum + g * g, 0));
  // The gradient's own direction has the greatest slope; the others look elsewhere.
  const along = [
    gradient!.map((g) => g / length),
    ...directions,
    ...Array.from({ length: 4 }, () => {
      const draw = random.fillNormal(new Float32Array(parameters.length));
      const mixed = draw.map((x, i) => x / Math.sqrt(parameters.length) + gradient![i]! / length);
      const norm = Math.sqrt(mixed.reduce((sum, x) => sum + x * x, 0));
      return mixed.map((x) => x / norm);
    }),
  ];
  const slopes = await slopesAlong(step, parameters, batch, along);
  return Math.max(
    ...along.map((direction, i) => {
      const expected = direction.reduce((sum, x, j) => sum + x * gradient![j]!, 0);
      return Math.abs(slopes[i]! - expected) / length;
    }),
  );
}

/** Slopes of the loss along directions of length 1, by fourth-order central differences. */
export async function slopesAlong(
  step: CompiledStep,
  parameters: Float32Array,
  batch: Arrays,
  directions: readonly Float32Array[],
): Promise<number[]> {
  // Small enough that few ReLUs switch in between, large enough for float32.
  const h = 3e-3;
  const slopes: number[] = [];
  for (const direction of directions) {
    const at = async (shift: number): Promise<number> => {
      const moved = parameters.map((x, i) => x + shift * direction[i]!);
      return (await step.run({ ...batch, parameters: moved }))['loss']![0]!;
    };
    slopes.push((8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h));
  }
  return slopes;
}
