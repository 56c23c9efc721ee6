import { fork, spawn, type ChildProcess } from 'node:child_process';
import { access, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const corpus = fileURLToPath(new URL('../fixtures/malformed/', import.meta.url));
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Case {
  readonly file: string;
  readonly as: string;
  /** Folder of the valid cohort beside it. */
  readonly base: string;
  readonly place: string;
}

const cases = JSON.parse(await readFile(join(corpus, 'cases.json'), 'utf8')) as Case[];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-malformed-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A command that takes this long on a file of a few kilobytes hangs. */
const PATIENCE_MILLISECONDS = 240_000;

interface Finished {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
}

/** Runs a command. */
type Run = (args: readonly string[], cwd: string) => Promise<Finished>;

/** In a process of its own, as a user does. */
const inProcess: Run = (args, cwd) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--single-threaded-gc', program, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MILLISECONDS,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('close', (code) => resolve({ code, stderr, stdout }));
  });

/** One command after the other in one process; a command that crashes or hangs has no exit code and ends it. */
class InTurn {
  private child: ChildProcess | undefined;

  readonly run: Run = async (args, cwd) => {
    const child = (this.child ??= fork(fileURLToPath(new URL('commandsInTurn.mjs', import.meta.url)), {
      execArgv: ['--single-threaded-gc'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }));
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MILLISECONDS);
    try {
      return await new Promise<Finished>((resolve) => {
        child.removeAllListeners();
        child.once('message', (finished) => resolve(finished as Finished));
        child.once('exit', () => {
          this.child = undefined;
          resolve({ code: null, stderr: '', stdout: '' });
        });
        child.send({ args, cwd });
      });
    } finally {
      clearTimeout(timer);
    }
  };

  end(): void {
    this.child?.kill();
  }
}

/** The folder that a user would have, with the one file in it, and the command that reads it. */
async function prepared({ file, as, base }: Case, folder: string): Promise<string[]> {
  await mkdir(folder);
  const put = (to: string): Promise<void> => copyFile(join(corpus, file), join(folder, to));
  if (as === 'model.json') {
    await put(as);
    await writeFile(join(folder, 'weights.bin'), '');
    return ['sample', '.', '--stays', '5', '--out', 'out'];
  }
  if (as === 'suite.yaml') {
    await cp(join(corpus, 'valid'), join(folder, 'valid'), { recursive: true });
    await put(as);
    return ['run', as, '--out', 'out', '--store', 'store', '--workers', '1'];
  }
  const stem = as.split('.')[0]!;
  for (const name of await readdir(join(corpus, base)))
    if (name.split('.')[0] !== stem) await copyFile(join(corpus, base, name), join(folder, name));
  await put(as);
  return ['validate', '.'];
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

it('the corpus is large, and its cohorts are valid without the fault', async () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(cases.filter(({ base }) => base === 'valid-events').length).toBeGreaterThanOrEqual(60);
  for (const base of ['valid', 'valid-events']) {
    const { code, stderr } = await inProcess(['validate', join(corpus, base)], root);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  }
});

/** What is wrong with how a command ended on a malformed file. */
async function faultsOf(one: Case, folder: string, run: Run): Promise<string[]> {
  const args = await prepared(one, folder);
  const before = (await readdir(folder)).sort();
  const { code, stderr, stdout } = await run(args, folder);
  const after = (await readdir(folder)).sort();
  const faults = [
    code === 2 ? [] : [`exit code ${code ?? 'none'}`],
    stderr.startsWith('fedehr: ') && stderr.trimEnd().split('\n').length === 1 ? [] : ['not one line'],
    stderr.includes(one.place) ? [] : [`"${one.place}" is not named`],
    /internal error|\n\s+at /.test(stderr) ? ['a stack'] : [],

    /[\u0000-\u0009\u000b-\u001f]/.test(stderr) ? ['a control character'] : [],
    stderr.length > 5000 ? ['a long message'] : [],
    stdout === '' ? [] : ['something on stdout'],
    before.join() === after.join() && !(await exists(join(folder, 'out'))) ? [] : ['something was written'],
  ].flat();
  await rm(folder, { recursive: true });
  return faults.length === 0 ? [] : [`${one.file}: ${faults.join(', ')}: ${stderr.slice(0, 300)}`];
}

it('every file ends the command with 2 and a message that names the place; nothing crashes, hangs or is half-written', async () => {
  const wrong: string[] = [];
  const waiting = [...cases.entries()];
  const worker = async (): Promise<void> => {
    const inTurn = new InTurn();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, one] = next;
      wrong.push(...(await faultsOf(one, join(root, String(number)), inTurn.run)));
    }
    inTurn.end();
  };
  await Promise.all([worker(), worker()]);
  expect(wrong).toEqual([]);
}, 900_000);

it('one file of every kind does so in a process of its own', async () => {
  const kinds = new Map(cases.map((one) => [dirname(one.file), one]));
  const wrong: string[] = [];
  for (const [kind, one] of kinds)
    wrong.push(...(await faultsOf(one, join(root, `alone-${kind}`), inProcess)));
  expect(wrong).toEqual([]);
}, 300_000);
