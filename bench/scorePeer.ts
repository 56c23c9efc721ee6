import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Cohort } from '../src/cohort/types.js';
import type { Points } from '../src/stats/blockedDistances.js';
import { cohortFrom, type Grid } from './simulatedStays.js';

const SCRIPT = fileURLToPath(new URL('peers/sklearn_score.py', import.meta.url));

/** Cohorts of the peer: 24 hours, 40 features. */
const GRID: Grid = { steps: 24, features: 40 };

/** What the peer computed, from what and how fast. */
export interface PeerRun {
  /** By part; median processor seconds over the repeats. */
  readonly parts: ReadonlyMap<string, { readonly processor: number; readonly value: number }>;
  readonly train: Cohort;
  readonly synthetic: Cohort;
  /** Its own summaries of R, H and S, standardised. */
  readonly summaries: { readonly r: Points; readonly h: Points; readonly s: Points };
  readonly outcomes: { readonly h: Uint8Array; readonly s: Uint8Array };
}

/** The line of the total has neither. */
const line = z.object({
  part: z.string(),
  processor: z.number().optional(),
  value: z.number().optional(),
});

/** The first Python that has scikit-learn, or `undefined`. */
export function pythonWithSklearn(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', 'import scipy, sklearn'], { stdio: 'ignore' }).status === 0,
  );
}

/** Runs the peer on one thread and reads back what it worked on. */
export function runPeer(python: string, stays: number, repeats: number): PeerRun {
  const folder = mkdtempSync(join(tmpdir(), 'fedehr-score-peer-'));
  try {
    const options = ['-n', String(stays), '--threads', '1', '--repeats', String(repeats), '--write', folder];
    const run = spawnSync(python, [SCRIPT, ...options], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${SCRIPT} failed:\n${run.stderr}`);
    const parts = new Map(
      run.stdout
        .trim()
        .split('\n')
        .map((text) => line.parse(JSON.parse(text)))
        .flatMap(({ part, processor, value }) =>
          value === undefined || processor === undefined ? [] : [[part, { processor, value }]],
        ),
    );
    const bytes = (name: string): Buffer => readFileSync(join(folder, name));
    const floats = (name: string): Float32Array => {
      const read = bytes(name);
      return new Float32Array(read.buffer.slice(read.byteOffset, read.byteOffset + read.byteLength));
    };
    const cohort = (role: string): Cohort => {
      const cells = floats(`${role}.f32`);
      const observed = Uint8Array.from(cells, (value) => (Number.isNaN(value) ? 0 : 1));
      return cohortFrom(
        GRID,
        cells.map((value) => (Number.isNaN(value) ? 0 : value)),
        observed,
        bytes(`y${role}.u8`),
        role,
      );
    };
    const points = (role: string): Points => {
      const values = floats(`summary_${role}.f32`);
      return { rows: stays, width: values.length / stays, values };
    };
    return {
      parts,
      train: cohort('R'),
      synthetic: cohort('S'),
      summaries: { r: points('r'), h: points('h'), s: points('s') },
      outcomes: { h: Uint8Array.from(bytes('yH.u8')), s: Uint8Array.from(bytes('yS.u8')) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
