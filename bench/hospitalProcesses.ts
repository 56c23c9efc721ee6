import { fork, type ChildProcess } from 'node:child_process';

/** Resolves with the next answer of a process; an error when it ends without one. */
const answered = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (code: number | null): void =>
      reject(new Error(`a hospital's process ended with code ${code ?? 'none'}`));
    child.once('exit', failed);
    child.once('message', () => {
      child.off('exit', failed);
      resolve();
    });
  });

/**
 * Hospitals that train each in a process of its own and share nothing but the machine: what hospitals in threads of one process can
 * reach here at most.
 */
export class HospitalProcesses {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** @param stays of every hospital */
  static async open(count: number, stays: number): Promise<HospitalProcesses> {
    const children = Array.from({ length: count }, (_, hospital) =>
      fork(new URL('hospitalProcess.mjs', import.meta.url), [String(hospital), String(stays)], {
        execArgv: ['--single-threaded-gc'],
      }),
    );
    await Promise.all(children.map(answered));
    return new HospitalProcesses(children);
  }

  /** A round of a stage at every hospital, one after the other or all side by side. */
  async round(stage: 'stage one' | 'stage two', sideBySide: boolean): Promise<void> {
    const train = (child: ChildProcess): Promise<void> => {
      const answer = answered(child);
      child.send(stage);
      return answer;
    };
    if (sideBySide) await Promise.all(this.children.map(train));
    else for (const child of this.children) await train(child);
  }

  close(): void {
    for (const child of this.children) child.kill();
  }
}
