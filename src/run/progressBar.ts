import { Presets, SingleBar } from 'cli-progress';

/** One line on a terminal with share done and time left; silent when not a terminal or when asked to be quiet. */
export class ProgressBar {
  private readonly bar: SingleBar | undefined;

  constructor(total: number, options: { readonly quiet: boolean; readonly stream: NodeJS.WriteStream }) {
    if (options.quiet || !options.stream.isTTY) return;
    this.bar = new SingleBar(
      {
        stream: options.stream,
        format: '{bar} {percentage}% | {eta_formatted} left | {what}',
        hideCursor: true,
        etaBuffer: 40,
        clearOnComplete: true,
      },
      Presets.rect,
    );
    this.bar.start(total, 0, { what: 'starting' });
  }

  /** `what` is running now; `done` in the units of the total. */
  show(done: number, what: string): void {
    this.bar?.update(done, { what: what.slice(0, 100) });
  }

  stop(): void {
    this.bar?.stop();
  }
}
