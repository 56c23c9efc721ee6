import { open } from 'node:fs/promises';

import { DataType, RecordBatchReader, type RecordBatch, type Vector } from 'apache-arrow';

import { InputError } from '../inputError.js';
import { requireFraming } from './arrowFraming.js';
import {
  cellMark,
  type ColumnContent,
  type Table,
  type TableChunk,
  type TableColumn,
  type WantedColumn,
} from './table.js';

function contentOf(type: unknown): ColumnContent {
  if (DataType.isDictionary(type)) return contentOf(type.valueType);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return 'text';
  if (DataType.isInt(type)) return 'integer';
  if (DataType.isFloat(type)) return 'number';
  if (DataType.isBool(type)) return 'boolean';
  if (DataType.isNull(type)) return 'nothing';
  return 'other';
}

function damaged(file: string): InputError {
  return new InputError({
    file,
    expected: 'a readable Arrow file without compression',
    found: 'a truncated, damaged or compressed one',
    remedy: 'Write the file again without compression, or as Parquet.',
  });
}

function textsOf(vector: Vector, rows: number): (string | null)[] {
  const texts: (string | null)[] = [];
  for (let row = 0; row < rows; row++) {
    const cell: unknown = vector.get(row);
    texts.push(typeof cell === 'string' ? cell : null);
  }
  return texts;
}

function numberOf(cell: unknown, levels: ReadonlyMap<string, number> | null): number {
  if (cell === null || cell === undefined) return cellMark.empty;
  if (levels !== null)
    return typeof cell === 'string' ? (levels.get(cell) ?? cellMark.unknownLevel) : cellMark.noNumber;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : cellMark.notFinite;
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
  return cellMark.noNumber;
}

/** An Arrow file; record batches are read one at a time. */
class ArrowTable implements Table {
  constructor(
    readonly file: string,
    readonly columns: readonly TableColumn[],
    private readonly reader: RecordBatchReader,
    private readonly bytes: number,
  ) {}

  async *read(wanted: readonly WantedColumn[]): AsyncGenerator<TableChunk, void, undefined> {
    const levels = wanted.map((one) =>
      one.as === 'categorical' ? new Map(one.levels.map((level, index) => [level, index])) : null,
    );
    let numbers = wanted.map(() => new Float64Array(0));
    const batches = this.reader[Symbol.iterator]();
    for (;;) {
      let batch: RecordBatch | null;
      try {
        const next = batches.next();
        batch = next.done === true ? null : next.value;
      } catch {
        throw damaged(this.file);
      }
      if (batch === null) return;
      const rows = batch.numRows;
      // A row of ids takes at least a byte: more rows than bytes is a lie that would cost memory and time.
      if (rows > this.bytes) throw damaged(this.file);
      if (numbers.some((array) => array.length < rows)) numbers = wanted.map(() => new Float64Array(rows));
      const texts: ((string | null)[] | null)[] = [];
      for (const [column, one] of wanted.entries()) {
        const vector = batch.getChild(one.name);
        if (vector === null) throw damaged(this.file);
        try {
          texts.push(one.as === 'text' ? textsOf(vector, rows) : null);
          if (one.as === 'text') continue;
          const target = numbers[column]!;
          for (let row = 0; row < rows; row++) target[row] = numberOf(vector.get(row), levels[column]!);
        } catch {
          throw damaged(this.file);
        }
      }
      yield {
        rows,
        texts,
        numbers: wanted.map(({ as }, column) => (as === 'text' ? null : numbers[column]!)),
      };
      await Promise.resolve();
    }
  }

  close(): void {
    void this.reader.cancel();
  }
}

/** Opens an Arrow IPC file or stream. @throws InputError when it is damaged or compressed */
export async function openArrow(file: string): Promise<Table> {
  const handle = await open(file);
  try {
    const bytes = new Uint8Array(await handle.readFile());
    requireFraming(bytes);
    const reader = RecordBatchReader.from(bytes).open();
    const columns = reader.schema.fields.map(({ name, type }: { name: string; type: DataType }) => ({
      name,
      content: contentOf(type),
      declared: type.constructor.name,
    }));
    return new ArrowTable(file, columns, reader, bytes.length);
  } catch {
    throw damaged(file);
  } finally {
    await handle.close();
  }
}
