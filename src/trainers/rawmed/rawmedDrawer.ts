import { codesPerEvent } from '../../models/eventAutoencoderOptions.js';
import type { DrawnIds, OpenDrawer } from './drawableModel.js';
import { openEventReader } from './eventReader.js';
import { openedText, type RawmedModel } from './rawmedModel.js';
import { timeBin } from './text/timeDigits.js';
import type { EventCodes } from './training/eventCodes.js';
import { openSampler } from './training/sampleSequences.js';

/** Draws codes with the Transformer of a RawMed and reads them with its decoder. */
export function rawmedDrawer(model: RawmedModel): OpenDrawer {
  return async ({ rows, engine, signal, judge }) => {
    const { topK, temperature, orderedTimes, redraws } = model.parameters.sampling;
    const opened = openedText(model);
    const { time } = opened;
    const width = codesPerEvent(opened.autoencoder);
    const reader = await openEventReader(model, opened, engine, rows);
    const sampler = await openSampler(opened.transformer, model.transformer, {
      rows,
      temperature,
      ...(topK === null ? {} : { topK }),
      ...(time.slots === 0 ? {} : { lastBin: timeBin(model.window), ordered: orderedTimes }),
      judge: judge(reader),
      redraws,
      engine: { engine },
      ...(signal === undefined ? {} : { signal }),
    });
    const idsOf = ({ events, digits, codes }: EventCodes): DrawnIds[][] => {
      let at = 0;
      return Array.from(events, (count) =>
        Array.from({ length: count }, () => {
          const own = digits.subarray(at * time.slots, (at + 1) * time.slots);
          const minute = time.slots === 0 ? undefined : time.read(own);
          return { minute, codes: Array.from(codes.subarray(at * width, ++at * width)) };
        }),
      );
    };
    return {
      reader,
      sample: async (count, random) => idsOf(await sampler.sample(count, random)),
      dispose: async () => {
        await sampler.dispose();
        await reader.dispose();
      },
    };
  };
}
