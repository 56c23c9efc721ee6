/**
 * Says whether a thread is inside native code, in memory that another thread shares. A thread that is ended in the middle of a native call takes
 * the whole process down; whoever wants to end it forbids new calls, waits for the one that runs, and ends it then.
 */
export class NativeCalls {
  /** [calls that run, not 0 = no new ones] */
  readonly #state: Int32Array;

  /** @param shared two Int32 */
  constructor(readonly shared: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#state = new Int32Array(shared);
  }

  /** Runs a native call; throws instead when no new ones may start. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    Atomics.add(this.#state, 0, 1);
    try {
      if (Atomics.load(this.#state, 1) !== 0) throw new Error('the computation is being stopped');
      return await call();
    } finally {
      Atomics.sub(this.#state, 0, 1);
    }
  }

  /** From now on no new call starts. */
  forbid(): void {
    Atomics.store(this.#state, 1, 1);
  }

  get running(): boolean {
    return Atomics.load(this.#state, 0) > 0;
  }
}

let calls = new NativeCalls();

/** Native calls of this thread are from now on told in `shared`. */
export function tellNativeCalls(shared: SharedArrayBuffer): void {
  calls = new NativeCalls(shared);
}

/** Runs a call of a native library that works outside of this thread's JavaScript. */
export function nativeCall<T>(call: () => Promise<T>): Promise<T> {
  return calls.run(call);
}
