/** Weighted means of the scalars that training steps report. */
export class MeanMonitors {
  readonly #sums = new Map<string, number>();
  #weight = 0;

  add(values: Readonly<Record<string, number>>, weight: number): void {
    for (const [name, value] of Object.entries(values))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + weight * value);
    this.#weight += weight;
  }

  means(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#weight]));
  }
}
