/**
 * Checks of Arrow's IPC framing before apache-arrow decodes it: that library trusts the lengths of lists in a message's metadata (flatbuffers),
 * and a damaged length keeps it busy, or out of memory, for ever.
 */

const MAGIC = 'ARROW1';
const STRUCT_BYTES = 16; // of a FieldNode and a Buffer
const DEEPEST = 16;
const MOST_FIELDS = 100_000;

/** A file begins with the magic, padded to eight bytes; a stream does not. */
const FILE_HEAD = 8;
const BLOCK_BYTES = 24; // offset (8), metadata length (4, padded), body length (8)

const isMagic = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;

/** Tables and lists in the metadata of one message; throws a RangeError on whatever lies outside it. */
class Metadata {
  private readonly view: DataView;
  private fields = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private follow(position: number): number {
    return position + this.view.getUint32(position, true);
  }

  root(): number {
    return this.follow(0);
  }

  /** Position of a table's field; null where it has the default. */
  field(table: number, slot: number): number | null {
    const vtable = table - this.view.getInt32(table, true);
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.view.getUint16(vtable, true)) return null;
    const offset = this.view.getUint16(vtable + entry, true);
    return offset === 0 ? null : table + offset;
  }

  byte(table: number, slot: number): number {
    const position = this.field(table, slot);
    return position === null ? 0 : this.view.getUint8(position);
  }

  long(table: number, slot: number): number {
    const position = this.field(table, slot);
    return position === null ? 0 : Number(this.view.getBigInt64(position, true));
  }

  table(table: number, slot: number): number | null {
    const position = this.field(table, slot);
    return position === null ? null : this.follow(position);
  }

  /** Where a list's elements begin and how many there are; its whole length lies inside. */
  list(
    table: number,
    slot: number,
    elementBytes: number,
  ): { readonly start: number; readonly length: number } {
    const position = this.table(table, slot);
    if (position === null) return { start: 0, length: 0 };
    const length = this.view.getUint32(position, true);
    const start = position + 4;
    if (start + length * elementBytes > this.view.byteLength)
      throw new RangeError('a list beyond its message');
    return { start, length };
  }

  checkSchema(schema: number): void {
    this.checkFields(schema, 1, 0);
    this.list(schema, 2, 4);
  }

  /** Offsets of a footer's blocks. */
  blockStarts(table: number, slot: number): number[] {
    const { start, length } = this.list(table, slot, BLOCK_BYTES);
    return Array.from({ length }, (_, index) =>
      Number(this.view.getBigInt64(start + BLOCK_BYTES * index, true)),
    );
  }

  checkBatch(batch: number): void {
    this.list(batch, 1, STRUCT_BYTES);
    this.list(batch, 2, STRUCT_BYTES);
  }

  checkFields(table: number, slot: number, depth: number): void {
    const { start, length } = this.list(table, slot, 4);
    this.fields += length;
    if (depth > DEEPEST || this.fields > MOST_FIELDS) throw new RangeError('fields without end');
    for (let index = 0; index < length; index++) {
      const field = this.follow(start + 4 * index);
      if (this.byte(field, 2) === UNION) throw new RangeError('a union');
      this.checkFields(field, 5, depth + 1);
      this.list(field, 6, 4);
    }
  }
}

const UNION = 14;
const SCHEMA = 1;
const DICTIONARY = 2;
const BATCH = 3;

/** The bytes of the body behind a message. */
function checkMessage(bytes: Uint8Array): number {
  const metadata = new Metadata(bytes);
  const message = metadata.root();
  const header = metadata.table(message, 2);
  if (header === null) throw new RangeError('a message without content');
  const kind = metadata.byte(message, 1);
  if (kind === SCHEMA) metadata.checkSchema(header);
  else if (kind === DICTIONARY) {
    const batch = metadata.table(header, 1);
    if (batch !== null) metadata.checkBatch(batch);
  } else if (kind === BATCH) metadata.checkBatch(header);
  else throw new RangeError('a message of another kind');
  return metadata.long(message, 3);
}

/** Where each message begins, from `position` on. @throws RangeError on lengths that do not fit the bytes */
function messageStarts(bytes: Uint8Array, position: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts: number[] = [];
  while (position + 4 <= bytes.length) {
    const from = position;
    let length = view.getInt32(position, true);
    position += 4;
    if (length === -1) {
      length = view.getInt32(position, true);
      position += 4;
    }
    if (length === 0) break;
    if (length < 0 || position + length > bytes.length) throw new RangeError('a message beyond the file');
    const body = checkMessage(bytes.subarray(position, position + length));
    position += length;
    if (!(body >= 0 && position + body <= bytes.length)) throw new RangeError('a body beyond the file');
    position += body;
    starts.push(from);
  }
  return starts;
}

/**
 * The footer of a file: its schema (some writers have it nowhere else) and where its messages begin, all of which must be places
 * where a message really begins, so that it cannot send a reader anywhere else.
 */
function checkFooter(bytes: Uint8Array, starts: ReadonlySet<number>): void {
  const end = bytes.length - MAGIC.length - 4;
  if (end < FILE_HEAD || !isMagic(bytes.subarray(end + 4))) throw new RangeError('a file without its end');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(end, true);
  if (length <= 0 || end - length < FILE_HEAD) throw new RangeError('a footer beyond the file');
  const footer = new Metadata(bytes.subarray(end - length, end));
  const table = footer.root();
  const schema = footer.table(table, 1);
  if (schema === null) throw new RangeError('a footer without schema');
  footer.checkSchema(schema);
  for (const slot of [2, 3])
    for (const start of footer.blockStarts(table, slot))
      if (!starts.has(start)) throw new RangeError('a footer that names what is no message');
}

/**
 * Requires that all lengths in an IPC stream or file fit its bytes.
 *
 * @throws RangeError on the first that does not
 */
export function requireFraming(bytes: Uint8Array): void {
  if (!isMagic(bytes)) {
    messageStarts(bytes, 0);
    return;
  }
  checkFooter(bytes, new Set(messageStarts(bytes, FILE_HEAD)));
}
