// What a second worker of a queue adds: equal trainings of the size of the demo, one worker against two, and, without any queue, one process
// against two that share the same jobs. Called by queueFaults.mjs --throughput.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';

import { parseQueueAddress } from '../dist/run/queue/queueAddress.js';
import { runSuite } from '../dist/run/runSuite.js';
import { readSuite } from '../dist/suite/readSuite.js';
import { eventsOf, program, Workers } from './queueWorkers.mjs';
import { RedisOnLoopback } from './redisOnLoopback.mjs';

/** Even, so that two workers get equal halves. */
const EQUAL_JOBS = 4;

const METRICS = ['marginal.ks', 'marginal.missing_rate'];

/** The demo's dataset, split and training, of one trainer that trains on one lane, with few metrics. */
function equalJobs() {
  const demo = parse(readFileSync(new URL('../suites/quick.yaml', import.meta.url), 'utf8'), { merge: true });
  const trainers = demo.trainers.filter(({ id }) => id === 'centralized');
  return stringify({
    ...demo,
    name: 'throughput',
    trainers,
    references: [],
    metrics: METRICS,
    resamples: 10,
  });
}

/** A run without a queue in a process of its own, as what the machine itself allows. */
async function localProcess(file, folder, name, seeds) {
  const child = spawn(
    process.execPath,
    [
      '--single-threaded-gc',
      ...[program, 'run', file, '--quiet', '--workers', '1', '--seeds', seeds.join(',')],
      ...['--out', path.join(folder, name), '--store', path.join(folder, `store-${name}`)],
    ],
    { stdio: 'ignore' },
  );
  await once(child, 'close');
  const events = eventsOf(path.join(folder, name));
  const started = events.filter(({ kind, job }) => kind === 'job-started' && job.startsWith('train'));
  const finished = events.filter(({ kind }) => kind === 'job-finished');
  return [Date.parse(started[0].time), Date.parse(finished.at(-1).time)];
}

const span = (times) =>
  (Math.max(...times.map(([, end]) => end)) - Math.min(...times.map(([begin]) => begin))) / 1000;

/** Processor seconds of processes so far, with all their threads; not known beyond Linux. */
function processorSeconds(pids) {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

/** One run of all jobs by `count` workers that have trained once: its seconds of clock and of processor, and those of the workers alone. */
async function queuedRun(count, { file, folder, seeds, redis, suite }) {
  const store = path.join(folder, `store-${count}`);
  const workers = new Workers(redis, store);
  const options = {
    ...{ file, engine: 'onnx', workers: 1, hospitalWorkers: 1, quiet: true, store },
    queue: { address: parseQueueAddress(redis.url), priority: 5, note: () => undefined },
    signal: new AbortController().signal,
  };
  try {
    await workers.add(count);
    // Makes what all jobs need (floors and ceilings), and lets every worker compile its JavaScript, before anything is measured.
    await runSuite(suite, {
      ...options,
      out: path.join(folder, `warm-${count}`),
      seeds: seeds.slice(0, count).map((i) => 100 + i),
    });
    const linux = process.platform === 'linux';
    const measured = () => ({
      clock: performance.now() / 1000,
      workers: linux ? processorSeconds(workers.pids) : Number.NaN,
      all: linux ? processorSeconds([...workers.pids, process.pid, redis.pid]) : Number.NaN,
    });
    const before = measured();
    await runSuite(suite, { ...options, out: path.join(folder, `equal-${count}`), seeds });
    const after = measured();
    return Object.fromEntries(Object.keys(after).map((what) => [what, after[what] - before[what]]));
  } finally {
    await workers.end();
  }
}

/** Prints the comparison as a table, and what bounds the gain. */
export async function throughput(folder) {
  const file = path.join(folder, 'equal.yaml');
  writeFileSync(file, equalJobs());
  const suite = await readSuite(file);
  const seeds = Array.from({ length: EQUAL_JOBS }, (_, i) => i);
  const redis = await RedisOnLoopback.start();
  const queued = {};
  try {
    for (const count of [1, 2]) queued[count] = await queuedRun(count, { file, folder, seeds, redis, suite });
  } finally {
    await redis.remove();
  }
  const half = EQUAL_JOBS / 2;
  const alone = span([await localProcess(file, folder, 'alone', seeds)]);
  const both = span(
    await Promise.all([
      localProcess(file, folder, 'first', seeds.slice(0, half)),
      localProcess(file, folder, 'second', seeds.slice(half)),
    ]),
  );
  const training = (...names) => {
    const seconds = names
      .flatMap((name) => eventsOf(path.join(folder, name)))
      .filter(({ kind, job }) => kind === 'job-finished' && job.startsWith('train'))
      .map((event) => event.seconds);
    return seconds.reduce((sum, one) => sum + one, 0) / seconds.length;
  };
  console.log(
    `| ${EQUAL_JOBS} equal trainings and their scores | one, s | two, s | gain | a training beside none, s | beside another, s |`,
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  const row = (name, ...cells) =>
    console.log(`| ${name} | ${cells.map((cell) => cell.toFixed(2)).join(' | ')} |`);
  const clocks = [queued[1].clock, queued[2].clock];
  row('workers of a queue', ...clocks, clocks[0] / clocks[1], training('equal-1'), training('equal-2'));
  row('processes without a queue', alone, both, alone / both, training('alone'), training('first', 'second'));
  console.log('');
  for (const count of [1, 2])
    console.log(
      `${count} of the workers: ${(queued[count].workers / queued[count].clock).toFixed(2)} s of processor in a second of clock, ${(queued[count].all / queued[count].clock).toFixed(2)} with run and Redis; ${queued[count].all.toFixed(1)} s in all`,
    );
  const cores = availableParallelism();
  console.log(
    `${cores} cores allow ${(cores / (queued[1].all / queued[1].clock)).toFixed(2)} times the work of one worker`,
  );
}
