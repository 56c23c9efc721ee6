import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cohort } from '../../../src/cohort/types.js';
import type { TrainingEvent } from '../../../src/trainers/contract.js';
import { external } from '../../../src/trainers/external.js';
import { smallCohort } from '../../cohort/smallCohort.js';

/** Runs programs as external trainers on a made-up cohort of two hospitals. */
export class Programs {
  private constructor(readonly root: string) {}

  static async open(): Promise<Programs> {
    return new Programs(await mkdtemp(join(tmpdir(), 'fedehr-programs-')));
  }

  close(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  readonly train: Cohort = smallCohort(40, ['A', 'B']);
  readonly events: TrainingEvent[] = [];
  readonly privateLog = (): string => join(this.root, 'logs', 'job.log');
  private count = 0;

  /** A script of Node, which is here in any case; it finds `fs`, `path`, `env` and `cohort(n)`, which copies the training cohort's first n stays of A. */
  async script(body: string): Promise<string> {
    const file = join(this.root, `program-${this.count++}.mjs`);
    await mkdir(this.root, { recursive: true });
    await writeFile(
      file,
      `import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
const { env } = process;
const folder = path.join(env.FEDEHR_TRAIN, 'hospital-001');
const cohort = (stays, change = (name, lines) => lines) => {
  const text = (name) => fs.readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\\n');
  const statics = text('static.csv').slice(0, stays + 1);
  // Ids of the made-up cohort hold no commas: fedehr gives them out anew.
  const ids = new Set(statics.map((line) => line.split(',')[0]));
  const dynamics = text('dynamic.csv').filter((line) => ids.has(line.split(',')[0]));
  fs.writeFileSync(path.join(env.FEDEHR_OUT, 'static.csv'), change('static', statics).join('\\n') + '\\n');
  fs.writeFileSync(path.join(env.FEDEHR_OUT, 'dynamic.csv'), change('dynamic', dynamics).join('\\n') + '\\n');
  fs.copyFileSync(path.join(folder, 'cohort.json'), path.join(env.FEDEHR_OUT, 'cohort.json'));
};
${body}
`,
    );
    return file;
  }

  /** Trains and draws `stays`; parameters as a suite gives them. */
  async run(
    command: readonly string[],
    {
      stays = { A: 5, B: 0 },
      signal,
      ...parameters
    }: {
      readonly stays?: Readonly<Record<string, number>>;
      readonly signal?: AbortSignal;
      readonly [parameter: string]: unknown;
    } = {},
  ): Promise<Cohort> {
    this.events.length = 0;
    const prepared = await external.prepare!(
      external.parameters.parse({ command, ...parameters }),
      this.root,
      'suite.yaml',
    );
    const generator = await external.train({
      train: this.train,
      reference: smallCohort(4, ['A', 'B'], 9),
      parameters: prepared,
      seed: 3,
      engine: 'cpu',
      emit: (event) => this.events.push(event),
      privateLog: this.privateLog(),
      ...(signal === undefined ? {} : { signal }),
    });
    return generator.synthesise(stays, 3);
  }

  async node(body: string, options: Parameters<Programs['run']>[1] = {}): Promise<Cohort> {
    return this.run([process.execPath, await this.script(body)], options);
  }
}
