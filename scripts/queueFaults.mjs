// What a queue goes through: workers killed, Redis restarted, a job claimed twice. Every round is a run of its own (fresh seeds) whose
// scores.json must equal, byte for byte but for the seconds, that of a run without a queue; nothing may be lost and nothing made twice.
//   node scripts/queueFaults.mjs [rounds, default 20] [--only two,four,killed,restarted,twice]
//   node scripts/queueFaults.mjs --throughput: see queueThroughput.mjs
// Needs a build (npm run build) and redis-server; everything it makes is deleted. Twenty rounds take some minutes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { productVersions } from '../dist/run/manifest.js';
import { openStore } from '../dist/run/openStore.js';
import { planSuite } from '../dist/run/planSuite.js';
import { keyOf } from '../dist/run/plan.js';
import { parseQueueAddress } from '../dist/run/queue/queueAddress.js';
import { runSuite } from '../dist/run/runSuite.js';
import { readSuite } from '../dist/suite/readSuite.js';
import { throughput } from './queueThroughput.mjs';
import { eventsOf, textOf, Workers } from './queueWorkers.mjs';
import { hasRedis, RedisOnLoopback } from './redisOnLoopback.mjs';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const suiteText = (rounds) => `name: faults
datasets: [{ id: simulated, parameters: { hospitals: 2, patients: 240, drugs: 2, factors: 3, steps: 4 } }]
trainers:
  - id: centralized
    parameters:
      autoencoder: { rounds: ${rounds}, localEpochs: 1, hidden: 8, latents: 4 }
      tcvae: { rounds: ${2 * rounds}, localEpochs: 1, hidden: 8, z: 2, decoderUnits: 8, valueUnits: 8, mixture: 1 }
      sampling: { calibrationStays: 100 }
references: []
metrics: [marginal.ks, pairwise.correlation_gap]
resamples: 10
`;

const scoresOf = (out) => textOf(out, 'scores.json').replaceAll(/"seconds":[0-9.e-]+/g, '"seconds":0');

/** Worker that is in the middle of a training of this run: it has told of a round, and has not finished. */
async function busyWorker(out, ended) {
  while (!ended()) {
    const events = eventsOf(out);
    const running = events.filter(
      ({ kind, job }) =>
        kind === 'job-started' &&
        events.some((event) => event.kind === 'round' && event.job === job) &&
        !events.some((event) => event.kind === 'job-finished' && event.job === job),
    );
    if (running.length > 0) return running[0].worker;
    await pause(10);
  }
  return null;
}

/** What is done to a run while it goes; resolves to whether it was done in the middle of a job. */
const faults = {
  two: async () => true,
  four: async () => true,
  killed: async ({ workers, busy, chance }) => {
    const name = await busy();
    if (name === null) return false;
    await pause(chance * 150);
    await workers.kill(name);
    await workers.add(1);
    return true;
  },
  restarted: async ({ redis, busy, chance, round }) => {
    if ((await busy()) === null) return false;
    await pause(chance * 150);
    await redis.down(round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    await pause(1000 * chance);
    await redis.up();
    return true;
  },
  // A worker that is frozen longer than its lock lasts believes, when it goes on, that the job is still its own.
  twice: async ({ workers, busy, out }) => {
    const name = await busy();
    if (name === null) return false;
    workers.signal(name, 'SIGSTOP');
    const begin = Date.now();
    const takenOver = () =>
      eventsOf(out).some(({ kind, message }) => kind === 'warning' && /begun again/.test(message));
    while (!takenOver() && Date.now() - begin < 30_000) await pause(50);
    workers.signal(name, 'SIGCONT');
    return takenOver();
  },
};

async function faultRounds(kind, rounds, folder, suite, file) {
  const redis = await RedisOnLoopback.start('only-for-this');
  const store = path.join(folder, `store-${kind}`);
  const workers = new Workers(redis, store);
  const counts = { hit: 0, whole: 0, once: 0, equal: 0 };
  const begin = performance.now();
  const failures = [];
  try {
    await workers.add(kind === 'four' ? 4 : 2);
    for (let round = 0; round < rounds; round++) {
      const seeds = kind === 'four' ? [0, 1, 2, 3].map((i) => 4 * round + i) : [2 * round, 2 * round + 1];
      const shared = {
        ...{ file, engine: 'onnx', seeds, workers: 1, hospitalWorkers: 1, quiet: true },
        signal: new AbortController().signal,
      };
      const out = path.join(folder, `${kind}-${round}`);
      let over = false;
      const notes = [];
      const run = runSuite(suite, {
        ...shared,
        ...{ out, store },
        queue: { address: parseQueueAddress(redis.url), priority: 5, note: (text) => notes.push(text) },
      }).finally(() => (over = true));
      // A golden-ratio sequence spreads the moments evenly.
      const chance = (0.5 + round * 0.618034) % 1;
      const hit = faults[kind]({
        workers,
        redis,
        out,
        round,
        chance,
        busy: () => busyWorker(out, () => over),
      });
      const [results] = await Promise.all([run, hit]);
      const plan = await planSuite(suite, shared);
      const keys = [...plan.bounds, ...plan.training, ...plan.scoring].map((job) =>
        keyOf(job, productVersions()),
      );
      const finished = eventsOf(out).filter((event) => event.kind === 'job-finished');
      const kept = await Promise.all(keys.map((key) => openStore(store).find(key)));
      const local = path.join(folder, `local-${seeds[0]}-${seeds.length}`);
      await runSuite(suite, { ...shared, out: local, store: path.join(folder, 'store-local') });
      const rowKeys = results.rows.map(({ key }) => key);
      if (await hit) counts.hit++;
      if (results.failures.length === 0 && kept.every((product) => product !== undefined)) counts.whole++;
      else failures.push(`${kind} ${round}: ${JSON.stringify(results.failures)}`);
      if (
        finished.length === keys.length &&
        new Set(finished.map(({ key }) => key)).size === keys.length &&
        new Set(rowKeys).size === rowKeys.length
      )
        counts.once++;
      else failures.push(`${kind} ${round}: ${finished.length} jobs finished of ${keys.length}`);
      if (scoresOf(out) === scoresOf(local)) counts.equal++;
      else failures.push(`${kind} ${round}: other scores`);
      if (notes.join().includes('only-for-this')) failures.push(`${kind} ${round}: password in a note`);
      rmSync(out, { recursive: true });
    }
  } finally {
    await workers.end();
    await redis.remove();
  }
  return { kind, rounds, ...counts, seconds: Math.round((performance.now() - begin) / 1000), failures };
}

if (!hasRedis) {
  console.error('redis-server is not installed (Debian: apt-get install redis-server): nothing was tested');
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), 'fedehr-queue-faults-'));
try {
  if (process.argv.includes('--throughput')) await throughput(folder);
  else {
    const rounds = Number(process.argv.find((text) => /^\d+$/.test(text)) ?? 20);
    const only = process.argv.includes('--only')
      ? process.argv[process.argv.indexOf('--only') + 1].split(',')
      : Object.keys(faults);
    const file = path.join(folder, 'faults.yaml');
    writeFileSync(file, suiteText(4));
    const suite = await readSuite(file);
    console.log(
      '| fault | rounds | in the middle of a job | nothing lost | nothing twice | equal bytes | s |',
    );
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    const failures = [];
    for (const kind of only) {
      const row = await faultRounds(kind, rounds, folder, suite, file);
      const cells = [kind, rounds, row.hit, row.whole, row.once, row.equal, row.seconds];
      console.log(`| ${cells.join(' | ')} |`);
      failures.push(...row.failures);
    }
    for (const failure of failures) console.error(failure);
    if (failures.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
