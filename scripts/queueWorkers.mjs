// Workers of a queue in processes of their own, and what a run's folder says: for the scripts that measure queues.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** A job goes to another worker after so many seconds without a sign of life. */
const LOST_AFTER = 3;

export class Workers {
  constructor(redis, store) {
    Object.assign(this, { redis, store, all: new Map(), made: 0 });
  }

  async add(count) {
    const waiting = Array.from({ length: count }, () => {
      const name = `worker-${++this.made}`;
      const child = spawn(
        process.execPath,
        [
          '--single-threaded-gc',
          ...[program, 'worker', '--queue', this.redis.url, '--store', this.store],
          ...['--name', name, '--lost-after', String(LOST_AFTER)],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      this.all.set(name, child);
      return new Promise((resolve, reject) => {
        child.stderr.setEncoding('utf8').on('data', (text) => {
          if (process.env.VERBOSE) process.stderr.write(`${name} ${text}`);
          if (text.includes('waits for jobs')) resolve();
        });
        child.once('close', () => reject(new Error(`${name} ended`)));
      });
    });
    await Promise.all(waiting);
  }

  async kill(name) {
    const child = this.all.get(name);
    this.all.delete(name);
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  /** Process ids of those that run. */
  get pids() {
    return [...this.all.values()].map(({ pid }) => pid);
  }

  signal(name, signal) {
    this.all.get(name).kill(signal);
  }

  async end() {
    for (const name of [...this.all.keys()]) await this.kill(name);
  }
}

export const textOf = (out, name) => {
  try {
    return readFileSync(path.join(out, name), 'utf8');
  } catch {
    return '';
  }
};
export const eventsOf = (out) =>
  textOf(out, 'events.jsonl')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
