import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { killAll, MARK, residentMegabytes } from './processGroup.js';
import { bytesBelow } from './workFolder.js';

const POLL_MILLISECONDS = 200;

/** Memory is looked at in every poll, the disk in every fifth. */
const POLLS_A_DISK_LOOK = 5;

/** What is kept of stderr, from its end. */
const TAIL_BYTES = 65_536;

export interface ProgramLimits {
  /** Seconds. */
  readonly time: number;
  /** Megabytes. */
  readonly memory: number;
  /** Megabytes, on disk and (apart) printed. */
  readonly output: number;
}

export interface ProgramTerms {
  readonly command: readonly string[];
  /** All that it gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its working directory. */
  readonly folder: string;
  /** Everything below counts as its output. */
  readonly watched: string;
  /** Bytes below `watched` that were there before. */
  readonly given: number;
  readonly limits: ProgramLimits;
  readonly signal?: AbortSignal;
  /** What it prints on stdout. What this throws ends the program and is thrown on. */
  onStdout(bytes: Uint8Array): void;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Which limit ended it, in the words of a failure: `code: words`. */
  readonly exceeded: string | null;
  readonly seconds: number;
  readonly peakMegabytes: number;
  /** The end of stderr. It may quote real rows. */
  readonly stderrTail: string;
}

/**
 * Fixed programs that run another one in their place, on Linux: it dies with the thread that started it (also when that is killed), leaves no
 * core dump, and can write no file beyond the limit. Arguments are handed on one by one; nothing is interpreted.
 */
function contained(command: readonly string[], limits: ProgramLimits): string[] {
  const [setpriv, prlimit] = ['/usr/bin/setpriv', '/usr/bin/prlimit'];
  return [
    ...(existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--'] : []),
    ...(existsSync(prlimit)
      ? [prlimit, '--core=0', `--fsize=${Math.ceil(limits.output * 2 ** 20)}`, '--']
      : []),
    ...command,
  ];
}

class Tail {
  private kept = Buffer.alloc(0);

  take(bytes: Uint8Array): void {
    this.kept = Buffer.concat([this.kept, bytes]).subarray(-TAIL_BYTES);
  }

  text(): string {
    return this.kept.toString('utf8');
  }
}

/** Looks after a running program until it has ended: its memory, its disk, its clock. */
class Watch {
  exceeded: string | null = null;
  peakMegabytes = 0;
  private ended = false;
  private failure: { readonly error: unknown } | null = null;
  private printed = 0;
  private readonly clock: NodeJS.Timeout;
  private readonly polling: Promise<void>;

  constructor(
    private readonly group: number,
    private readonly terms: ProgramTerms,
    private readonly stop: () => void,
  ) {
    const { time } = terms.limits;
    this.clock = setTimeout(
      () => this.exceed(`time-limit: the program was stopped after ${time} s`),
      time * 1000,
    );
    // A program that nobody looks after may not go on.
    this.polling = this.poll().catch((error: unknown) => {
      this.failure = { error };
      this.stop();
    });
  }

  private exceed(reason: string): void {
    if (this.ended) return;
    this.exceeded ??= reason;
    this.stop();
  }

  count(bytes: number): void {
    this.printed += bytes;
    const { output } = this.terms.limits;
    if (this.printed > output * 2 ** 20)
      this.exceed(`output-limit: the program printed more than ${output} MB`);
  }

  private async poll(): Promise<void> {
    for (let polls = 0; !this.ended; polls++) {
      const { memory } = this.terms.limits;
      const held = await residentMegabytes(this.group);
      this.peakMegabytes = Math.max(this.peakMegabytes, held);
      if (held > memory)
        this.exceed(`memory-limit: the program held ${Math.round(held)} MB, more than ${memory} MB`);
      if (polls % POLLS_A_DISK_LOOK === POLLS_A_DISK_LOOK - 1) await this.lookAtDisk();
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  }

  private async lookAtDisk(): Promise<void> {
    const { limits, watched, given } = this.terms;
    if ((await bytesBelow(watched)) - given > limits.output * 2 ** 20)
      this.exceed(`output-limit: the program wrote more than ${limits.output} MB`);
  }

  /** After the program's end: a last look at what it wrote. @throws what kept it from looking */
  async lastLook(): Promise<void> {
    clearTimeout(this.clock);
    await this.lookAtDisk();
    await this.end();
    if (this.failure !== null) throw this.failure.error;
  }

  /** Looks no longer, however the program ended. */
  async end(): Promise<void> {
    clearTimeout(this.clock);
    this.ended = true;
    await this.polling;
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/**
 * Runs a program to its end, without a shell, in a process group of its own. It is ended with everything that it started when it exceeds a
 * limit or the signal fires; what it left running in the background is ended as well.
 *
 * @throws what the signal was aborted with, what `onStdout` throws, the error of a program that could not be started, and what kept it from
 *   looking after the program, which it then ends
 */
export async function runProgram(terms: ProgramTerms): Promise<ProgramEnd> {
  terms.signal?.throwIfAborted();
  const mark = randomUUID();
  const [program, ...args] = contained(terms.command, terms.limits);
  const begin = performance.now();
  const child = spawn(program!, args, {
    cwd: terms.folder,
    env: { ...terms.environment, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own
    shell: false,
  });
  const exited = exitOf(child);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const group = child.pid;
  if (group === undefined) {
    await exited;
    throw new Error('the program was not started');
  }
  const state: { thrown?: { readonly error: unknown }; killed?: Promise<void> } = {};
  const stop = (): void => {
    state.killed ??= killAll(group, mark);
    // Told where it is waited for.
    state.killed.catch(() => undefined);
  };
  const abort = (): void => {
    state.thrown ??= { error: terms.signal?.reason };
    stop();
  };
  terms.signal?.addEventListener('abort', abort, { once: true });
  const watch = new Watch(group, terms, stop);
  const tail = new Tail();
  child.stdout.on('data', (bytes: Buffer) => {
    watch.count(bytes.length);
    if (state.thrown !== undefined) return;
    try {
      terms.onStdout(bytes);
    } catch (error) {
      state.thrown = { error };
      stop();
    }
  });
  child.stderr.on('data', (bytes: Buffer) => {
    watch.count(bytes.length);
    tail.take(bytes);
  });
  try {
    const { code, signal } = await exited;
    await killAll(group, mark);
    await state.killed;
    // A process that escaped may hold the pipes open.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
    await watch.lastLook();
    if (state.thrown !== undefined) throw state.thrown.error;
    return {
      exitCode: code,
      signal,
      exceeded: watch.exceeded,
      seconds: (performance.now() - begin) / 1000,
      peakMegabytes: Math.round(watch.peakMegabytes),
      stderrTail: tail.text(),
    };
  } finally {
    await watch.end();
    terms.signal?.removeEventListener('abort', abort);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
