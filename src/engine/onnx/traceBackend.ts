import { KernelBackend, type BackendValues, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Shape } from '../contract.js';
import { sizeOf, type ElementType, type Graph } from './graph.js';

type DataId = TensorInfo['dataId'];

/** The tfjs backend name under which the tracing kernels are registered. */
export const TRACE = 'onnx-trace';

/** Constants above this size are fed to the session instead of stored in the graph. */
export const LARGEST_STORED_CONSTANT_BYTES = 4096;

interface Held {
  readonly name: string;
  references: number;
}

export function elementType(dtype: string): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`the onnx engine has no tensors of type ${dtype}; use float32, int32 or bool`);
}

/** A tfjs backend whose tensors are names of graph values: kernels add operators instead of computing. */
export class TraceBackend extends KernelBackend {
  private readonly held = new Map<DataId, Held>();
  private current: Graph | undefined;

  get graph(): Graph {
    if (this.current === undefined)
      throw new Error('the tracing backend is only usable while a step is traced');
    return this.current;
  }

  /** Sets the graph that kernels write to; `undefined` ends the trace. */
  begin(graph: Graph | undefined): void {
    this.current = graph;
  }

  /** The graph value behind a tensor. */
  nameOf(tensor: TensorInfo): string {
    const held = this.held.get(tensor.dataId);
    if (held === undefined) {
      throw new Error(
        'a traced step may only use its own inputs and tensors that it makes; a tensor from outside was found',
      );
    }
    return held.name;
  }

  /** A tensor for a graph value. */
  tensor(name: string): TensorInfo {
    const { type, shape } = this.graph.type(name);
    const dataId = {};
    this.held.set(dataId, { name, references: 1 });
    return { dataId, shape: [...shape], dtype: dtypeOf(type) };
  }

  override write(values: BackendValues, shape: Shape, dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: Shape,
    dtype: DataType,
    references: number,
  ): void {
    this.held.set(dataId, { name: this.constantOf(values, shape, dtype), references });
  }

  private constantOf(values: BackendValues, shape: Shape, dtype: DataType): string {
    const type = elementType(dtype);
    const numbers = typedValues(values, type);
    const first = numbers[0] ?? 0;
    if (sizeOf(shape) > 1 && numbers.every((value) => value === first)) {
      return this.graph.fill(this.graph.scalar(first, type), shape);
    }
    return this.graph.constant(
      type,
      shape,
      new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
    );
  }

  override incRef(dataId: DataId): void {
    const held = this.held.get(dataId);
    if (held !== undefined) held.references++;
  }

  override refCount(dataId: DataId): number {
    return this.held.get(dataId)?.references ?? 0;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const held = this.held.get(dataId);
    if (held === undefined) return true;
    held.references--;
    if (!force && held.references > 0) return false;
    this.held.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.held.size;
  }

  override readSync(): BackendValues {
    throw new Error(
      'a traced step read a value: steps may not depend on values (dataSync, arraySync, data-dependent control flow)',
    );
  }

  override read(): Promise<BackendValues> {
    return Promise.resolve(this.readSync());
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }
}

function dtypeOf(type: ElementType): 'float32' | 'int32' | 'bool' {
  if (type === 'int64') throw new Error('int64 values are axes and shapes, never tensors of a step');
  return type;
}

function typedValues(
  values: BackendValues,
  type: 'float32' | 'int32' | 'bool',
): Float32Array | Int32Array | Uint8Array {
  const numbers: number[] = [];
  for (const value of values) {
    if (typeof value !== 'number') throw new Error('the onnx engine has no string tensors');
    numbers.push(value);
  }
  return type === 'float32'
    ? Float32Array.from(numbers)
    : type === 'int32'
      ? Int32Array.from(numbers)
      : Uint8Array.from(numbers);
}
