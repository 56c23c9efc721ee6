import type { Shape } from '../contract.js';

export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'graph'; readonly value: GraphFile };

export type Attributes = Readonly<Record<string, Attribute>>;

/** One ONNX operator. The default domain is `''`; `com.microsoft` holds onnxruntime's own operators. */
export interface Node {
  readonly name: string;
  readonly operator: string;
  readonly domain: '' | 'com.microsoft';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Constant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

export interface ValueType {
  readonly type: ElementType;
  readonly shape: Shape;
}

/** An input or output. Traced steps have no float64; a model made by hand may. A word is an extent that each run says anew. */
export interface NamedValue {
  readonly name: string;
  readonly type: ElementType | 'float64';
  readonly shape: readonly (number | string)[];
}

/** A finished graph, ready to be encoded. */
export interface GraphFile {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
}

/** A run of row-major elements that are exactly another value of the graph. */
interface Segment {
  readonly value: string;
  readonly size: number;
}

export interface EmitOptions {
  readonly attributes?: Attributes;
  readonly domain?: '' | 'com.microsoft';
}

export const integer = (value: number): Attribute => ({ kind: 'int', value });
export const real = (value: number): Attribute => ({ kind: 'float', value });
export const word = (value: string): Attribute => ({ kind: 'text', value });
export const integers = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);

/**
 * A graph while it is being traced. Equal operators on equal inputs are emitted once, equal constants are stored
 * once, and reshapes and leading-axis splits see through what made their input, so that stacking and unstacking cost
 * nothing.
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly types = new Map<string, ValueType>();
  private readonly known = new Map<string, readonly string[]>();
  private readonly knownConstants = new Map<string, string>();
  private readonly sourceOfReshape = new Map<string, string>();
  private readonly segments = new Map<string, readonly Segment[]>();
  private count = 0;

  /** Declares a graph input. */
  input(name: string, type: ValueType): string {
    this.types.set(name, type);
    return name;
  }

  type(name: string): ValueType {
    const type = this.types.get(name);
    if (type === undefined) throw new Error(`graph value ${name} is not defined`);
    return type;
  }

  /** Adds an operator with one output, or finds the equal one that is there already. */
  emit(operator: string, inputs: readonly string[], output: ValueType, options: EmitOptions = {}): string {
    return this.emitMany(operator, inputs, [output], options)[0]!;
  }

  emitMany(
    operator: string,
    inputs: readonly string[],
    outputs: readonly ValueType[],
    options: EmitOptions = {},
  ): readonly string[] {
    const attributes = options.attributes ?? {};
    const domain = options.domain ?? '';
    const key = JSON.stringify([operator, domain, inputs, attributes, outputs.length]);
    const equal = this.known.get(key);
    if (equal !== undefined) return equal;
    const name = `${operator}_${this.count++}`;
    const names = outputs.length === 1 ? [name] : outputs.map((_, i) => `${name}:${i}`);
    names.forEach((value, i) => this.types.set(value, outputs[i]!));
    this.nodes.push({ name, operator, domain, inputs, outputs: names, attributes });
    this.known.set(key, names);
    return names;
  }

  constant(type: ElementType, shape: Shape, bytes: Uint8Array): string {
    const key = `${type}[${shape.join()}]${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
    const equal = this.knownConstants.get(key);
    if (equal !== undefined) return equal;
    const name = `constant_${this.count++}`;
    this.constants.push({ name, type, shape, bytes: bytes.slice() });
    this.types.set(name, { type, shape });
    this.knownConstants.set(key, name);
    return name;
  }

  scalar(value: number, type: 'float32' | 'int32' | 'bool' = 'float32'): string {
    const values =
      type === 'float32'
        ? Float32Array.of(value)
        : type === 'int32'
          ? Int32Array.of(value)
          : Uint8Array.of(value);
    return this.constant(type, [], new Uint8Array(values.buffer));
  }

  /** A list of int64, as operators take axes, shapes and split sizes. */
  list(values: readonly number[]): string {
    return this.constant('int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  fill(value: string, shape: Shape): string {
    const { type } = this.type(value);
    return shape.length === 0 ? value : this.emit('Expand', [value, this.list(shape)], { type, shape });
  }

  reshape(value: string, shape: Shape): string {
    const source = this.sourceOfReshape.get(value) ?? value;
    const { type, shape: from } = this.type(source);
    if (from.length === shape.length && from.every((extent, axis) => extent === shape[axis])) return source;
    const reshaped = this.emit('Reshape', [source, this.list(shape)], { type, shape });
    this.sourceOfReshape.set(reshaped, source);
    const segments = this.segments.get(source);
    if (segments !== undefined) this.segments.set(reshaped, segments);
    return reshaped;
  }

  concat(values: readonly string[], axis: number): string {
    if (values.length === 1) return values[0]!;
    const types = values.map((value) => this.type(value));
    const shape = [...types[0]!.shape];
    shape[axis] = types.reduce((extent, type) => extent + type.shape[axis]!, 0);
    const joined = this.emit(
      'Concat',
      values,
      { type: types[0]!.type, shape },
      { attributes: { axis: integer(axis) } },
    );
    if (shape.slice(0, axis).every((extent) => extent === 1)) {
      this.segments.set(
        joined,
        values.map((value, i) => ({ value, size: sizeOf(types[i]!.shape) })),
      );
    }
    return joined;
  }

  /** Cuts a value along an axis; pieces that were concatenated before are handed back as they were. */
  split(value: string, sizes: readonly number[], axis: number): readonly string[] {
    const { type, shape } = this.type(value);
    const shapes = sizes.map((size) => shape.map((extent, i) => (i === axis ? size : extent)));
    const pieces = this.joinedFrom(value, shapes, axis);
    if (pieces !== undefined) return pieces;
    if (sizes.length === 1) return [value];
    return this.emitMany(
      'Split',
      [value, this.list(sizes)],
      shapes.map((piece) => ({ type, shape: piece })),
      { attributes: { axis: integer(axis) } },
    );
  }

  private joinedFrom(value: string, shapes: readonly Shape[], axis: number): string[] | undefined {
    const segments = this.segments.get(value);
    const { shape } = this.type(value);
    if (segments === undefined || !shape.slice(0, axis).every((extent) => extent === 1)) return undefined;
    if (segments.length !== shapes.length) return undefined;
    if (!segments.every((segment, i) => segment.size === sizeOf(shapes[i]!))) return undefined;
    return segments.map((segment, i) => this.reshape(segment.value, shapes[i]!));
  }
}
