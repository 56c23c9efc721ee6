import { matMul, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Program, Step } from '../engine/contract.js';
import { openProgram } from '../engine/program.js';
import { BLOCK_ROWS, type DistanceBlock } from './blockedDistances.js';
import type { VisitKernel } from './kernelSums.js';

/** Sums of a kernel within many subsets of the rows at once, from the kernel's blocks on and above the diagonal. */
export class MembershipSums {
  /** [subset] Σ k over ordered pairs of two members; complete after the last block. */
  readonly withinMembers: Float64Array;
  readonly #blocks: readonly Float32Array[];
  readonly #into: { readonly sums: Float32Array };

  private constructor(
    /** [subset][row] 1 = member */
    readonly members: readonly Uint8Array[],
    readonly program: Program,
  ) {
    const subsets = members.length;
    this.withinMembers = new Float64Array(subsets);
    this.#into = { sums: new Float32Array(BLOCK_ROWS * subsets) };
    const rows = members[0]?.length ?? 0;
    this.#blocks = Array.from({ length: Math.ceil(rows / BLOCK_ROWS) }, (_, block) => {
      const from = block * BLOCK_ROWS;
      const indicator = new Float32Array(BLOCK_ROWS * subsets);
      for (let i = 0; i < Math.min(BLOCK_ROWS, rows - from); i++)
        for (let b = 0; b < subsets; b++) indicator[i * subsets + b] = members[b]![from + i]!;
      return indicator;
    });
  }

  /** @param members [subset][row] 1 = member; at least one subset */
  static async open(members: readonly Uint8Array[]): Promise<MembershipSums> {
    const program = await openProgram(
      rowSums,
      { kernel: [BLOCK_ROWS, BLOCK_ROWS], members: [BLOCK_ROWS, members.length] },
      { engine: 'onnx' },
    );
    return new MembershipSums(members, program);
  }

  /** Takes the kernel of one block in; rows and columns beyond the block's are not read. */
  readonly visit: VisitKernel = async (kernel, { fromA, rowsA, fromB, rowsB }: DistanceBlock) => {
    // Members of padded columns are 0, but whatever stands there must be finite; padded rows are skipped below.
    for (let i = 0; i < rowsA && rowsB < BLOCK_ROWS; i++)
      kernel.fill(0, i * BLOCK_ROWS + rowsB, (i + 1) * BLOCK_ROWS);
    await this.program.run({ kernel, members: this.#blocks[fromB / BLOCK_ROWS]! }, this.#into);
    const ofRows = this.#blocks[fromA / BLOCK_ROWS]!;
    const subsets = this.members.length;
    for (let at = 0, b = 0; at < rowsA * subsets; at++) {
      if (ofRows[at] === 1) this.withinMembers[b]! += 2 * this.#into.sums[at]!;
      if (++b === subsets) b = 0;
    }
  };

  dispose(): Promise<void> {
    return this.program.dispose();
  }
}

const rowSums: Step = ({ kernel, members }) => ({ sums: matMul(kernel as Tensor2D, members as Tensor2D) });
