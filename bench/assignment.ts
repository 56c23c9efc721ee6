import { Bench } from 'tinybench';
import { it } from 'vitest';
import { random } from '../src/engine/random.js';
import { record } from './results.js';
import { cheapestAssignment } from '../src/federation/hungarian.js';

it('assignment of neurons', async () => {
  const lines = [`${'neurons'.padEnd(10)}${'ms'.padStart(9)}   bar`];
  for (const [neurons, bar] of [
    [128, null],
    [512, 100],
  ] as const) {
    const draw = random('bench', 'assignment', neurons);
    const costs = Float64Array.from({ length: neurons * neurons }, () => draw.uniform());
    const bench = new Bench({ iterations: 20, time: 0, warmupIterations: 3, warmupTime: 0 });
    bench.add(`${neurons}`, () => {
      cheapestAssignment(costs, neurons, neurons);
    });
    const [task] = await bench.run();
    if (task?.result.state !== 'completed') throw new Error(`${neurons} neurons did not complete`);
    const { p50 } = task.result.latency;
    record({
      kind: 'time',
      suite: 'train',
      name: `assignment of ${neurons} neurons`,
      milliseconds: p50,
      of: 'clock',
      ...(bar === null ? {} : { bar: { kind: 'at most', limit: bar } }),
    });
    const verdict = bar === null ? '' : `${bar} ms${p50 <= bar ? '' : ', NOT MET'}`;
    lines.push(`${`${neurons}`.padEnd(10)}${p50.toFixed(1).padStart(9)}   ${verdict}`);
  }
  process.stdout.write(`\nHungarian algorithm, uniform costs, median of 20\n${lines.join('\n')}\n\n`);
});
