import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import type { RoundEvent } from '../contract.js';

/** Longest line that is looked at, in characters. */
const LONGEST_LINE = 65_536;

/** Most rounds of one training that are kept. */
const MOST_EVENTS = 20_000;

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/);
const numbers = z.record(word, z.number()).refine((record) => Object.keys(record).length <= 64);

/** A line on stdout of an external trainer. */
const roundLine = z.object({
  kind: z.literal('round'),
  round: z.int().min(1).max(1e9),
  rounds: z.int().min(1).max(1e9).optional(),
  loss: z.number(),
  stage: word.default('training'),
  hospital: z.string().optional(),
  monitors: numbers.optional(),
});

/** What a line tells; null when it is none of the events of the contract. Never throws. */
function parseProgramLine(line: string, hospitals: readonly string[]): RoundEvent | null {
  if (line.length > LONGEST_LINE || !line.trimStart().startsWith('{')) return null;
  let parsed: ReturnType<typeof roundLine.safeParse>;
  try {
    parsed = roundLine.safeParse(JSON.parse(line));
  } catch {
    return null;
  }
  if (!parsed.success) return null;
  const { round, rounds, loss, stage, hospital, monitors } = parsed.data;
  if (hospital !== undefined && !hospitals.includes(hospital)) return null;
  return {
    kind: 'round',
    stage,
    round,
    rounds: Math.max(round, rounds ?? round),
    loss,
    ...(hospital === undefined ? {} : { hospital }),
    ...(monitors === undefined ? {} : { monitors }),
  };
}

/** Cuts what a program prints into lines and keeps the events among them; text that is none is counted and forgotten. */
export class ProgramEvents {
  readonly rounds: RoundEvent[] = [];
  /** Lines that were no event, empty ones aside. */
  others = 0;
  private readonly decoder = new StringDecoder('utf8');
  private pending = '';
  private overlong = false;

  constructor(
    private readonly hospitals: readonly string[],
    private readonly emit: (event: RoundEvent) => void,
  ) {}

  /** @throws whatever `emit` throws */
  take(bytes: Uint8Array): void {
    const pieces = (this.pending + this.decoder.write(Buffer.from(bytes))).split('\n');
    this.pending = pieces.pop() ?? '';
    for (const piece of pieces) this.line(piece);
    if (this.pending.length > LONGEST_LINE) {
      this.overlong = true;
      this.pending = '';
    }
  }

  /** The last line, which may have no end. */
  end(): void {
    const rest = this.pending + this.decoder.end();
    this.pending = '';
    this.line(rest);
  }

  private line(text: string): void {
    const cut = this.overlong;
    this.overlong = false;
    if (text.trim() === '' && !cut) return;
    const event = cut ? null : parseProgramLine(text, this.hospitals);
    if (event === null || this.rounds.length >= MOST_EVENTS) {
      this.others++;
      return;
    }
    this.rounds.push(event);
    this.emit(event);
  }
}
