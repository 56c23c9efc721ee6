/** Variance of every latent over the rows that are added. */
export class LatentSpread {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #rows = 0;

  constructor(width: number) {
    this.#sums = new Float64Array(width);
    this.#squares = new Float64Array(width);
  }

  add(latents: Float32Array, row: number): void {
    this.#rows++;
    const width = this.#sums.length;
    for (let x = 0; x < width; x++) {
      const value = latents[row * width + x]!;
      this.#sums[x]! += value;
      this.#squares[x]! += value * value;
    }
  }

  meanVariance(): number {
    const rows = Math.max(this.#rows, 1);
    return this.#sums.reduce(
      (total, sum, x) => total + (this.#squares[x]! / rows - (sum / rows) ** 2) / this.#sums.length,
      0,
    );
  }
}
