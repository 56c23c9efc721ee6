import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Graph, ValueType } from '../graph.js';
import type { TraceBackend } from '../traceBackend.js';

/** What one tfjs kernel does when it is traced: reads values by name, adds operators, returns value names. */
export type TraceKernel = (call: KernelCall) => string | readonly string[];

/** Kernels by tfjs kernel name. */
export type KernelTable = Readonly<Record<string, TraceKernel>>;

/** The arguments of one kernel call, checked while they are read. */
export class KernelCall {
  constructor(
    readonly kernel: string,
    private readonly inputs: NamedTensorInfoMap,
    private readonly attributes: NamedAttrMap,
    private readonly backend: TraceBackend,
  ) {}

  get graph(): Graph {
    return this.backend.graph;
  }

  private fault(what: string): Error {
    return new Error(`tfjs kernel ${this.kernel}: ${what}`);
  }

  /** Value name of a named input. */
  input(name: string): string {
    const tensor = this.inputs[name];
    if (tensor === undefined) throw this.fault(`input ${name} is missing`);
    return this.backend.nameOf(tensor);
  }

  /** Value name of a named input that may be absent. */
  optional(name: string): string | undefined {
    const tensor = this.inputs[name];
    return tensor === undefined ? undefined : this.backend.nameOf(tensor);
  }

  /** Value names of a kernel that takes a list of tensors. */
  list(): string[] {
    return Object.values(this.inputs)
      .filter((tensor): tensor is TensorInfo => tensor !== undefined)
      .map((tensor) => this.backend.nameOf(tensor));
  }

  type(value: string): ValueType {
    return this.graph.type(value);
  }

  /** The raw attribute; `undefined` when tfjs left it out. */
  attribute(name: string): NamedAttrMap[string] | null | undefined {
    return this.attributes[name];
  }

  number(name: string): number {
    const value = this.attributes[name];
    if (typeof value !== 'number') throw this.fault(`attribute ${name} is not a number`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.attribute(name);
    if (value === undefined || value === null) return false;
    if (typeof value !== 'boolean') throw this.fault(`attribute ${name} is not a boolean`);
    return value;
  }

  word(name: string): string {
    const value = this.attributes[name];
    if (typeof value !== 'string') throw this.fault(`attribute ${name} is not a string`);
    return value;
  }

  numbers(name: string): number[] {
    const value = this.attributes[name];
    if (!Array.isArray(value)) throw this.fault(`attribute ${name} is not a list`);
    return value.map((item) => {
      if (typeof item !== 'number') throw this.fault(`attribute ${name} holds something else than numbers`);
      return item;
    });
  }

  /** A list of pairs, as paddings are given. */
  pairs(name: string): [number, number][] {
    const value = this.attributes[name];
    if (!Array.isArray(value)) throw this.fault(`attribute ${name} is not a list`);
    return value.map((item) => {
      if (!Array.isArray(item)) throw this.fault(`attribute ${name} holds something else than pairs`);
      const [before, after] = item;
      if (typeof before !== 'number' || typeof after !== 'number') {
        throw this.fault(`attribute ${name} holds something else than pairs of numbers`);
      }
      return [before, after];
    });
  }
}
