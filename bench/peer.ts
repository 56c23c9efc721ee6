import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('peers/torch_train.py', import.meta.url));

/** The first Python that has PyTorch, or `undefined`. */
export function pythonWithTorch(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
}

/** Median milliseconds a step of one case of the peer, on one thread. */
export function peerMilliseconds(python: string, peer: string, steps: number): number {
  const run = spawnSync(python, [SCRIPT, '--threads', '1', '--steps', String(steps), '--cases', peer], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${SCRIPT} --cases ${peer} failed:\n${run.stderr}`);
  const result: unknown = JSON.parse(run.stdout);
  if (typeof result === 'object' && result !== null && 'ms_per_step' in result)
    return Number(result.ms_per_step);
  throw new Error(`${SCRIPT} --cases ${peer} printed no ms_per_step`);
}
