/** What a ledger counted. */
export interface LedgerTotals {
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly watchingBytes: number;
  readonly synchronisations: number;
  /** Local epochs by stage. */
  readonly epochs: Readonly<Record<string, number>>;
}

/** What crossed the line between hospitals and server so far. */
export class CommunicationLedger {
  #bytesUp = 0;
  #bytesDown = 0;
  #watchingBytes = 0;
  #synchronisations = 0;
  #epochs: Record<string, number> = {};

  /** Notes one message: bytes of the request (down) and of the answer (up). */
  recordMessage(bytesDown: number, bytesUp: number): void {
    this.#bytesDown += bytesDown;
    this.#bytesUp += bytesUp;
  }

  /** Notes a message that only watches the training: its bytes are no cost of the method. */
  recordWatching(bytes: number): void {
    this.#watchingBytes += bytes;
  }

  /** Notes that the server waited for every hospital. */
  recordSynchronisation(): void {
    this.#synchronisations++;
  }

  recordEpochs(stage: string, epochs: number): void {
    this.#epochs[stage] = (this.#epochs[stage] ?? 0) + epochs;
  }

  /** Goes on counting from the totals of an interrupted training. */
  restore(totals: LedgerTotals): void {
    this.#bytesUp = totals.bytesUp;
    this.#bytesDown = totals.bytesDown;
    this.#watchingBytes = totals.watchingBytes;
    this.#synchronisations = totals.synchronisations;
    this.#epochs = { ...totals.epochs };
  }

  totals(): LedgerTotals {
    return {
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
      watchingBytes: this.#watchingBytes,
      synchronisations: this.#synchronisations,
      epochs: { ...this.#epochs },
    };
  }
}

/** Bytes of a message's content: arrays as they lie in memory, numbers 8, flags 1, names in UTF-8; field names are free. */
export function payloadBytes(payload: unknown): number {
  if (ArrayBuffer.isView(payload)) return payload.byteLength;
  if (typeof payload === 'number') return 8;
  if (typeof payload === 'boolean') return 1;
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Array.isArray(payload)) return payload.reduce((sum: number, part) => sum + payloadBytes(part), 0);
  if (typeof payload === 'object' && payload !== null)
    return Object.values(payload).reduce((sum: number, part) => sum + payloadBytes(part), 0);
  return 0;
}
