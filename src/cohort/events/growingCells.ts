import type { EventColumn } from '../types.js';

/** The cells of one column while a file of unknown length is read. */
export class GrowingCells {
  private cells = new Float64Array(1024);
  private filled = new Uint8Array(1024);
  private size = 0;
  private readonly codes = new Map<string, number>();

  private append(value: number, filled: 0 | 1): void {
    if (this.size === this.cells.length) {
      const [cells, marks] = [new Float64Array(2 * this.size), new Uint8Array(2 * this.size)];
      cells.set(this.cells);
      marks.set(this.filled);
      [this.cells, this.filled] = [cells, marks];
    }
    this.cells[this.size] = value;
    this.filled[this.size] = filled;
    this.size += 1;
  }

  add(value: number): void {
    this.append(value, 1);
  }

  addText(text: string): void {
    let code = this.codes.get(text);
    if (code === undefined) {
      code = this.codes.size;
      this.codes.set(text, code);
    }
    this.append(code, 1);
  }

  addEmpty(): void {
    this.append(0, 0);
  }

  at(index: number): number {
    return this.cells[index]!;
  }

  numbers(): Float64Array {
    return this.cells.slice(0, this.size);
  }

  /** The finished column; levels of a categorical one are sorted, so that they do not depend on the order of the rows. */
  column(kind: EventColumn['kind']): EventColumn {
    const filled = this.filled.slice(0, this.size);
    if (kind === 'continuous') return { kind, values: this.numbers(), filled };
    const levels = [...this.codes.keys()].sort();
    const position = new Int32Array(levels.length);
    for (const [code, level] of levels.entries()) position[this.codes.get(level)!] = code;
    const codes = new Int32Array(this.size);
    for (let at = 0; at < this.size; at++) if (filled[at] === 1) codes[at] = position[this.cells[at]!]!;
    return { kind, codes, levels, filled };
  }
}
