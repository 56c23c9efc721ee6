/** An array type that memory can be kept for. */
export type Numbers = Float32Array | Float64Array | Uint32Array | Uint16Array | Uint8Array;

interface NumbersOf<T extends Numbers> {
  new (length: number): T;
  new (buffer: ArrayBuffer, from: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** Larger arrays are not kept from call to call: what a cohort of a hundred thousand stays needs should not stay beside what comes next. */
const LARGEST_KEPT = 8 * 2 ** 20;

/** Everything that is kept in this thread. */
const kept = new Set<{ release(): void }>();

/** Gives all memory that is kept for passing arrays up; it is made again when needed. */
export function releaseScratch(): void {
  for (const scratch of kept) scratch.release();
}

/**
 * Memory for an array that does not outlive a call, kept from call to call: V8 collects whenever some 64 MB of fresh arrays were made, and
 * clearing fresh memory costs more than what is often done with it.
 */
export class Scratch<T extends Numbers> {
  #buffer: ArrayBuffer | null = null;

  constructor(private readonly type: NumbersOf<T>) {
    kept.add(this);
  }

  /**
   * An array with anything in it. It is the caller's until the same place asks again, so it must not be returned, kept, or held while control is
   * given away (await, callback).
   */
  take(length: number): T {
    const bytes = length * this.type.BYTES_PER_ELEMENT;
    if (bytes > LARGEST_KEPT) return new this.type(length);
    if (this.#buffer === null || this.#buffer.byteLength < bytes)
      this.#buffer = new ArrayBuffer(Math.min(LARGEST_KEPT, Math.ceil(1.25 * bytes)));
    return new this.type(this.#buffer, 0, length);
  }

  release(): void {
    this.#buffer = null;
  }
}

/** Larger arrays are not lent but made anew. */
const LARGEST_LENT = 64 * 2 ** 20;

/** As `Scratch`, for computations that wait in between: who asks while the memory is lent gets fresh one. */
export class LentScratch<T extends Numbers> {
  #idle: ArrayBuffer | null = null;

  constructor(private readonly type: NumbersOf<T>) {
    kept.add(this);
  }

  /** What `use` resolves to; it gets an array with anything in it, which it must not keep. */
  async lend<R>(length: number, use: (array: T) => Promise<R>): Promise<R> {
    const bytes = length * this.type.BYTES_PER_ELEMENT;
    if (bytes > LARGEST_LENT) return use(new this.type(length));
    const idle = this.#idle;
    this.#idle = null;
    const buffer = idle !== null && idle.byteLength >= bytes ? idle : new ArrayBuffer(bytes);
    try {
      return await use(new this.type(buffer, 0, length));
    } finally {
      this.#idle = buffer;
    }
  }

  release(): void {
    this.#idle = null;
  }
}
