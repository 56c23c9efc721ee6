// A worker of a queue whose jobs take until it is told to finish: `node hangingWorker.mjs URL STORE NAME`. Says "has" when it begins one, and
// finishes what it has on the message "finish". Runs the compiled program, as worker processes do.
import { parseQueueAddress } from '../../../dist/run/queue/queueAddress.js';
import { QueueWorker } from '../../../dist/run/queue/queueWorker.js';
import { openStore } from '../../../dist/run/openStore.js';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

const [url, folder, name] = process.argv.slice(2);
const store = openStore(folder);
let finish = () => undefined;
process.on('message', () => finish());

const pool = {
  async run({ key }, onStart, _onEvent, signal) {
    onStart();
    process.send('has');
    const wanted = await new Promise((resolve) => {
      finish = () => resolve(true);
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    if (!wanted) return { state: 'interrupted' };
    const made = await store.ensure(key, (to) => writeFile(path.join(to, 'bounds.json'), '{}'));
    return { state: 'done', ...made, peakMegabytes: 0 };
  },
  interrupt: () => undefined,
  close: () => Promise.resolve(),
};

await QueueWorker.drain({
  ...{ address: parseQueueAddress(url), store, name, pool, concurrency: 1, lostAfter: 1, idleExit: null },
  permissions: { external: false, data: [] },
  signal: new AbortController().signal,
  note: () => undefined,
});
