/**
 * A module of the compiled program by its path below `dist/`: worker threads run that one, so whoever starts some must too.
 * `Module` is the type of the source that it was compiled from.
 */
export const compiled = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../dist/${path}`, import.meta.url).href)) as Module;
