/** How long some work took. */
export interface Took {
  /** Wall-clock seconds. */
  readonly wall: number;
  /** Processor seconds of all threads: on a machine that other work shares, nearer to the wall-clock of an idle one. */
  readonly processor: number;
}

export async function stopwatch(work: () => unknown): Promise<Took> {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { wall: (performance.now() - begin) / 1000, processor: (user + system) / 1e6 };
}
