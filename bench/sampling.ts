import { it } from 'vitest';
import { initialParameters } from '../src/engine/parameters.js';
import { random } from '../src/engine/random.js';
import {
  EVENT_TRANSFORMER_DEFAULTS,
  eventTokens,
  eventTransformerLayout,
  sequenceLength,
} from '../src/models/eventTransformerOptions.js';
import { openSampler } from '../src/trainers/rawmed/training/sampleSequences.js';
import { logLogSlope } from './logLogSlope.js';
import { median } from './median.js';
import { record } from './results.js';

/** Configuration S with 12 to 96 events a stay. */
const EVENTS = [12, 24, 48, 96];
const ROWS = 32;
const ROUNDS = 3;

async function milliseconds(maxEvents: number): Promise<{ tokens: number; perRound: number }> {
  const options = { ...EVENT_TRANSFORMER_DEFAULTS, codes: 128, eventCodes: 8, timeDigits: 2, maxEvents };
  const layout = eventTransformerLayout(options);
  const parameters = initialParameters(layout, random('bench', 'sampling'));
  // No EOS, so that every stay has the full length.
  const bias = layout.specs.find(({ name }) => name === 'head_b')!;
  parameters[bias.offset + eventTokens(options.codes).end] = -60;
  const sampler = await openSampler(options, parameters, {
    rows: ROWS,
    engine: { engine: 'onnx', threads: 1 },
    temperature: 1,
    topK: 28,
  });
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    await sampler.sample(ROWS, random('bench', 'sampling', round));
    if (round > 0) times.push(performance.now() - start);
  }
  await sampler.dispose();
  return { tokens: sequenceLength(options), perRound: median(times) };
}

it('sampling with a cache', async () => {
  const rows = [];
  for (const events of EVENTS) rows.push(await milliseconds(events));
  const lines = [
    `${ROWS} stays side by side, width 64, 4 layers, one thread; medians of ${ROUNDS}`,
    `${'tokens'.padStart(8)}${'ms/stay'.padStart(10)}${'µs/token'.padStart(10)}`,
    ...rows.map(
      ({ tokens, perRound }) =>
        `${String(tokens).padStart(8)}${(perRound / ROWS).toFixed(1).padStart(10)}${((1000 * perRound) / (ROWS * tokens)).toFixed(1).padStart(10)}`,
    ),
    `log-log slope of time per token against tokens: ${logLogSlope(
      rows.map(({ tokens }) => tokens),
      rows.map(({ tokens, perRound }) => perRound / tokens),
    ).toFixed(2)} (1 = linear, as attention over the cache is; 0 = constant, as all else is)`,
  ];
  for (const { tokens, perRound } of rows)
    record({
      kind: 'time',
      suite: 'train',
      name: `sampling with a cache, one stay of ${tokens} tokens`,
      milliseconds: perRound / ROWS,
      of: 'clock',
    });
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
});
