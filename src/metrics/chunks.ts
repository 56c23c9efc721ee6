const CHUNK = 2 ** 16;

/** A list of numbers that grows by pieces, so that growing never holds it twice. */
export class Chunks<T extends Uint32Array | Float64Array> {
  readonly #make: new (length: number) => T;
  #full: T[] = [];
  #last: T;
  #filled = 0;

  constructor(make: new (length: number) => T) {
    this.#make = make;
    this.#last = new make(1024);
  }

  get length(): number {
    return this.#full.length * CHUNK + this.#filled;
  }

  push(value: number): void {
    if (this.#filled === this.#last.length) this.#grow();
    this.#last[this.#filled++] = value;
  }

  /** All numbers in one array; the list is empty afterwards, each piece given up as soon as it is copied. */
  take<R extends Uint16Array | Uint32Array | Float64Array>(make: new (length: number) => R): R {
    const all = new make(this.length);
    let at = 0;
    for (let piece = this.#full.shift(); piece !== undefined; piece = this.#full.shift()) {
      all.set(piece, at);
      at += CHUNK;
    }
    all.set(this.#last.subarray(0, this.#filled), at);
    this.#last = new this.#make(0);
    this.#filled = 0;
    return all;
  }

  #grow(): void {
    if (this.#last.length < CHUNK) {
      const larger = new this.#make(Math.max(1024, this.#last.length * 4));
      larger.set(this.#last);
      this.#last = larger;
      return;
    }
    this.#full.push(this.#last);
    this.#last = new this.#make(CHUNK);
    this.#filled = 0;
  }
}
