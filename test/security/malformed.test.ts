import { spawn } from 'node:child_process';
import { access, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const corpus = fileURLToPath(new URL('../fixtures/malformed/', import.meta.url));
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Case {
  readonly file: string;
  readonly as: string;
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

function run(
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; stderr: string; stdout: string }> {
  return new Promise((resolve) => {
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
}

/** The folder that a user would have, with the one file in it, and the command that reads it. */
async function prepared({ file, as }: Case, folder: string): Promise<string[]> {
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
  for (const name of await readdir(join(corpus, 'valid')))
    if (name.split('.')[0] !== stem) await copyFile(join(corpus, 'valid', name), join(folder, name));
  await put(as);
  return ['validate', '.'];
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

it('the corpus is large, and its cohort is valid without the fault', async () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  const { code, stderr } = await run(['validate', join(corpus, 'valid')], root);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

it('every file ends the command with 2 and a message that names the place; nothing crashes, hangs or is half-written', async () => {
  const wrong: string[] = [];
  const waiting = [...cases.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, one] = next;
      const folder = join(root, String(number));
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
        before.join() === after.join() && !(await exists(join(folder, 'out')))
          ? []
          : ['something was written'],
      ].flat();
      if (faults.length > 0) wrong.push(`${one.file}: ${faults.join(', ')}: ${stderr.slice(0, 300)}`);
      await rm(folder, { recursive: true });
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(wrong).toEqual([]);
}, 900_000);
