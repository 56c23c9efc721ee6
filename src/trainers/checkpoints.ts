/**
 * Where a training keeps its state between rounds, so that one that was killed goes on where it stood. The state holds parameters,
 * optimiser moments, the ledger, the events of past rounds and where a stream stands that outlasts a round, never rows; a stream that is
 * named by its round needs no state. A training that goes on from a checkpoint ends with the same bytes as one that was never interrupted.
 */
export interface Checkpoints {
  /**
   * What an interrupted training of the same job kept last; undefined when it kept nothing whole.
   *
   * @param part of the training, for trainers that train several models one after the other
   */
  load(part: string): Promise<unknown>;
  /**
   * Replaces what was kept of a part, whole or not at all. Skipped where the last write is so recent that writing again would cost more
   * than it saves: then `state` is not called.
   */
  save(part: string, state: () => Promise<unknown>): Promise<void>;
}

/** Parts of a training under a name of their own. */
export const partOf = (checkpoints: Checkpoints, name: string): Checkpoints => ({
  load: (part) => checkpoints.load(`${name}-${part}`),
  save: (part, state) => checkpoints.save(`${name}-${part}`, state),
});
