// A real Redis server for tests and measurements; see redisOnLoopback.d.mts.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true) ?? socket.destroy());
    socket.once('error', () => resolve(false));
  });

export class RedisOnLoopback {
  static async start(password = null) {
    const server = new RedisOnLoopback();
    server.port = await freePort();
    server.password = password;
    server.folder = await mkdtemp(join(tmpdir(), 'fedehr-redis-'));
    await server.up();
    return server;
  }

  get url() {
    return `redis://${this.password === null ? '' : `:${this.password}@`}127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.child?.pid;
  }

  async up() {
    const required = this.password === null ? [] : ['--requirepass', this.password];
    const kept = ['--dir', this.folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
    this.child = spawn(
      'redis-server',
      ['--port', String(this.port), '--bind', '127.0.0.1', ...kept, ...required],
      { stdio: 'ignore' },
    );
    while (!(await answers(this.port))) {
      if (this.child.exitCode !== null) throw new Error('redis-server ended at its start');
      await pause(20);
    }
  }

  async down(signal) {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }

  async remove() {
    await this.down('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
