/** A finished product. */
export interface Product {
  /** Where its files can be read on this machine. */
  readonly folder: string;
  /** What making it took, whoever made it. */
  readonly seconds: number;
  /** false: it has an `INCOMPLETE` file, and gives way to one that is made anew. */
  readonly complete: boolean;
}

/**
 * Products by content key: trained models, synthetic cohorts, scores. A product appears whole or not at all, and its files
 * are checked against its receipt whenever it is found: a damaged one is removed and made again, never trusted.
 */
export interface ProductStore {
  /** As `openStore` takes it: a folder, or `s3://…`. Holds no credentials. */
  readonly location: string;
  /** @throws InputError when the store cannot be used at all; makes an empty one */
  requireReachable(): Promise<void>;
  /** A finished, undamaged product, or undefined. A damaged one is removed. */
  find(key: string): Promise<Product | undefined>;
  /** Whether there is a complete product of this key; its checksums are not looked at and nothing is removed. */
  holds(key: string): Promise<boolean>;
  /**
   * Makes a product unless a complete one is there. `make` writes its files into the folder that it is given; a crash or an interrupt in
   * the middle leaves nothing under the key. Two writers of one key are harmless: the first complete one wins.
   *
   * @param earlierSeconds what interrupted attempts at the product took whose work `make` went on from; asked after it
   * @throws InputError where the product is not there and the store cannot be written
   */
  ensure(
    key: string,
    make: (folder: string) => Promise<void>,
    earlierSeconds?: () => number,
  ): Promise<Product & { readonly reused: boolean }>;
  /**
   * Removes what processes of this machine that no longer run left half-made.
   *
   * @param own also what this process left; only when none of its jobs runs
   */
  sweep(options: { readonly own: boolean }): Promise<void>;
  /** Tells this store from others, whatever name a machine knows it by; made on first use. */
  identity(): Promise<string>;
}
