import { it } from 'vitest';
import { initialParameters } from '../src/engine/parameters.js';
import { random } from '../src/engine/random.js';
import {
  eventTokens,
  eventTransformerLayout,
  sequenceLength,
} from '../src/models/eventTransformerOptions.js';
import { openSampler } from '../src/trainers/rawmed/training/sampleSequences.js';
import { CONFIGURATION_S } from './eventTransformerSizes.js';
import { median } from './median.js';
import { printGrowth } from './printGrowth.js';
import { record } from './results.js';
import { stopwatch } from './stopwatch.js';

/** Configuration S with 12 to 96 events a stay. */
const EVENTS = [12, 24, 48, 96];
const ROWS = 32;
const ROUNDS = 3;

/** Processor milliseconds of a round, which a loaded machine disturbs less than the clock. */
async function milliseconds(maxEvents: number): Promise<{ tokens: number; perRound: number }> {
  const options = { ...CONFIGURATION_S, codes: 128, eventCodes: 8, timeDigits: 2, maxEvents };
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
    const { processor } = await stopwatch(async () => {
      await sampler.sample(ROWS, random('bench', 'sampling', round));
    });
    // The first one compiles the steps.
    if (round > 0) times.push(1000 * processor);
  }
  await sampler.dispose();
  return { tokens: sequenceLength(options), perRound: median(times) };
}

it('sampling with a cache', async () => {
  const rows = [];
  for (const events of EVENTS) rows.push(await milliseconds(events));
  const lines = [
    `${ROWS} stays side by side, width 64, 4 layers, one thread; processor time, medians of ${ROUNDS}`,
    `${'tokens'.padStart(8)}${'ms/stay'.padStart(10)}${'µs/token'.padStart(10)}`,
    ...rows.map(
      ({ tokens, perRound }) =>
        `${String(tokens).padStart(8)}${(perRound / ROWS).toFixed(1).padStart(10)}${((1000 * perRound) / (ROWS * tokens)).toFixed(1).padStart(10)}`,
    ),
  ];
  for (const { tokens, perRound } of rows)
    record({
      kind: 'time',
      suite: 'train',
      name: `sampling with a cache, one stay of ${tokens} tokens`,
      milliseconds: perRound / ROWS,
      of: 'processor',
    });
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
  // Attention over a stay's own past grows with the square of its tokens, all else with their number.
  printGrowth({
    suite: 'train',
    name: 'sampling with a cache, one stay',
    over: 'tokens of a stay',
    unit: 's',
    points: rows.map(({ tokens, perRound }) => ({ x: tokens, y: perRound / ROWS / 1000 })),
    bars: [{ kind: 'at most', limit: 1.2 }],
  });
});
