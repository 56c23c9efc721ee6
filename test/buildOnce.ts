import { execFileSync } from 'node:child_process';

/** Tests of the real command run what users run: the compiled program. */
export default function buildOnce(): void {
  execFileSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
}
