// What ten thousand jobs on two hundred hospitals cost besides the training itself: real plan, queue, store, event file; the trainings
// and scorings only wait and write files of a likely size.
//   node scripts/simulateScale.mjs [jobs, default 10000] [hospitals, default 200] [milliseconds of a job, default 20]
// Needs a build (npm run build) and redis-server; everything it makes is deleted.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Queue } from 'bullmq';

import { EventLog } from '../dist/run/eventLog.js';
import { runPlan } from '../dist/run/jobGraph.js';
import { productVersions } from '../dist/run/manifest.js';
import { openStore } from '../dist/run/openStore.js';
import { planSuite } from '../dist/run/planSuite.js';
import { Progress } from '../dist/run/progress.js';
import { parseQueueAddress } from '../dist/run/queue/queueAddress.js';
import { connectionTo, QUEUE_PREFIX } from '../dist/run/queue/queueConnection.js';
import { queueNameOf } from '../dist/run/queue/queuedJob.js';
import { QueueRunner } from '../dist/run/queue/queueRunner.js';
import { QueueWorker } from '../dist/run/queue/queueWorker.js';
import { TimeSpent } from '../dist/run/timeSpent.js';
import { readSuite } from '../dist/suite/readSuite.js';
import { hasRedis, RedisOnLoopback } from './redisOnLoopback.mjs';
import { stubPool } from './stubPool.mjs';

const WORKERS = 2;
const AT_ONCE = 8;

async function stubWorker([url, storeFolder, name, hospitals, milliseconds]) {
  const stop = new AbortController();
  process.once('message', () => stop.abort());
  const store = openStore(storeFolder);
  let begin = process.cpuUsage();
  await QueueWorker.drain({
    ...{ address: parseQueueAddress(url), store, name, concurrency: AT_ONCE, lostAfter: 60, idleExit: null },
    permissions: { external: false, data: [] },
    pool: stubPool(store, Number(hospitals), Number(milliseconds)),
    signal: stop.signal,
    note: (text) => {
      if (!text.includes('waits for jobs')) return;
      begin = process.cpuUsage();
      process.send('ready');
    },
  });
  const { user, system } = process.cpuUsage(begin);
  process.send({ cpu: (user + system) / 1e6 });
  process.disconnect();
}

/** Counts and times what the run asks of the store. */
function watched(store) {
  const seen = { finds: 0, seconds: 0 };
  return {
    seen,
    store: new Proxy(store, {
      get(target, name) {
        if (name !== 'find')
          return typeof target[name] === 'function' ? target[name].bind(target) : target[name];
        return async (key) => {
          const begin = performance.now();
          try {
            return await target.find(key);
          } finally {
            seen.finds++;
            seen.seconds += (performance.now() - begin) / 1000;
          }
        };
      },
    }),
  };
}

/** Processor seconds of another process. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function main() {
  const [jobs, hospitals, milliseconds] = [10_000, 200, 20].map((usual, i) =>
    Number(process.argv[2 + i] ?? usual),
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'fedehr-scale-'));
  const redis = await RedisOnLoopback.start();
  const workers = [];
  let watch;
  try {
    const file = path.join(folder, 'scale.yaml');
    writeFileSync(
      file,
      `name: scale
datasets: [{ id: simulated, parameters: { hospitals: ${hospitals}, patients: ${hospitals * 100} } }]
trainers: [{ id: fedehr-gen }]
references: []
`,
    );
    const seeds = Array.from({ length: Math.floor(jobs / 2) }, (_, i) => i);
    const planning = performance.now();
    const plan = await planSuite(await readSuite(file), { file, engine: 'onnx', seeds });
    const all = [...plan.bounds, ...plan.training, ...plan.scoring];
    const planned = (performance.now() - planning) / 1000;
    const address = parseQueueAddress(redis.url);
    const storeFolder = path.join(folder, 'store');
    const versions = productVersions();
    const plain = openStore(storeFolder);
    await plain.requireReachable();
    const queue = new Queue(queueNameOf(await plain.identity(), versions), {
      ...{ connection: connectionTo(address), prefix: QUEUE_PREFIX },
    });
    const client = await queue.getBackend().client;
    const memory = async () => Number(/used_memory:(\d+)/.exec(await client.info())[1]) / 1e6;
    const empty = await memory();
    const log = new EventLog(path.join(folder, 'events.jsonl'));

    async function run() {
      const { store, seen } = watched(openStore(storeFolder));
      const runner = await QueueRunner.open({
        address,
        store,
        versions,
        priority: 5,
        note: (text) => console.error(text),
      });
      const begin = performance.now();
      const [cpu, redisCpu] = [process.cpuUsage(), cpuOf(redis.pid)];
      const progress = new Progress(all, { quiet: true, stream: process.stderr });
      const outcomes = await runPlan(plan, {
        runner,
        log,
        progress,
        time: new TimeSpent(),
        versions,
        onEnd: () => Promise.resolve(),
      });
      const wall = (performance.now() - begin) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      const done = [...outcomes.values()].filter(({ state }) => state === 'done').length;
      const redisSeconds = cpuOf(redis.pid) - redisCpu;
      await runner.close();
      return { wall, done, seen, runCpu: (user + system) / 1e6, redisCpu: redisSeconds };
    }

    const cells = [storeFolder].flatMap((text) => [redis.url, text]);
    for (let i = 0; i < WORKERS; i++) {
      const child = fork(fileURLToPath(import.meta.url), [
        '--stub-worker',
        ...[...cells, `stub-${i}`, String(hospitals), String(milliseconds)],
      ]);
      workers.push(child);
    }
    await Promise.all(workers.map((child) => once(child, 'message')));
    let [most, most_waiting] = [0, 0];
    watch = setInterval(async () => {
      const counts = await queue.getJobCounts('prioritized', 'waiting');
      const waiting = counts.prioritized + counts.waiting;
      most_waiting = Math.max(most_waiting, waiting);
      most = Math.max(most, await memory());
    }, 500);
    const first = await run();
    clearInterval(watch);
    const left = await memory();
    const workerCpu = await Promise.all(
      workers.map(async (child) => {
        const told = once(child, 'message');
        child.send('stop');
        return (await told)[0].cpu;
      }),
    );
    workers.length = 0;
    const second = await run();
    log.close();
    await queue.close();
    const each = (seconds) => `${((1000 * seconds) / all.length).toFixed(2)} ms`;
    const ideal = (all.length * milliseconds) / 1000 / (WORKERS * AT_ONCE);
    const rows = [
      ['jobs, hospitals', `${all.length}, ${hospitals}`],
      ['jobs done, first run / second run', `${first.done} / ${second.done}`],
      ['planning', `${planned.toFixed(1)} s`],
      ['wall clock; of it stub work', `${first.wall.toFixed(1)} s; ${ideal.toFixed(1)} s`],
      ['wall clock a job beyond stub work', each(first.wall - ideal)],
      ['processor time a job: run process', each(first.runCpu)],
      ['processor time a job: Redis', each(first.redisCpu)],
      ['processor time a job: scheduler (run and Redis)', each(first.runCpu + first.redisCpu)],
      [
        'processor time a job: worker, with writing and checksums',
        each(workerCpu.reduce((a, b) => a + b, 0)),
      ],
      [
        'Redis memory: empty / most / after',
        `${empty.toFixed(1)} / ${most.toFixed(1)} / ${left.toFixed(1)} MB`,
      ],
      ['waiting jobs, most', String(most_waiting)],
      ['store lookups a job by the run', (first.seen.finds / all.length).toFixed(2)],
      [
        'resumed: store lookups, s, ms a job',
        `${second.seen.finds}, ${second.wall.toFixed(1)}, ${each(second.wall)}`,
      ],
      ['events.jsonl', `${(statSync(path.join(folder, 'events.jsonl')).size / 1e6).toFixed(0)} MB`],
    ];
    console.log('| what | measured |\n| --- | --- |');
    for (const [what, value] of rows) console.log(`| ${what} | ${value} |`);
    if (first.done !== all.length || second.done !== all.length) process.exitCode = 1;
  } finally {
    clearInterval(watch);
    for (const child of workers) child.kill('SIGKILL');
    await redis.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === '--stub-worker') await stubWorker(process.argv.slice(3));
else if (hasRedis) await main();
else {
  console.error('redis-server is not installed (Debian: apt-get install redis-server): nothing was measured');
  process.exitCode = 2;
}
