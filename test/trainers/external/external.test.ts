import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hospitalCounts } from '../../../src/cohort/select.js';
import { TrainingFailure } from '../../../src/federation/trainingFailure.js';
import { external } from '../../../src/trainers/external.js';
import { Programs } from './programs.js';

let programs: Programs;
beforeAll(async () => {
  programs = await Programs.open();
});
afterAll(() => programs.close());

const workFolders = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`fedehr-external-${process.pid}-`));

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Long enough for the kernel to reap. */
async function hasEnded(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 50 && isRunning(pid); tries++) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (/^State:\s+Z/m.test(status)) return true;
    await pause(20);
  }
  return !isRunning(pid);
}

afterEach(async () => {
  expect(await workFolders()).toEqual([]);
});

describe('an external program', () => {
  it('gives the cohort that it wrote, on the schema and hospitals of training, under fresh ids', async () => {
    const cohort = await programs.node(
      `cohort(5); console.log(JSON.stringify({ kind: 'round', round: 2, rounds: 3, loss: 0.25, stage: 'net' }));`,
    );
    expect(cohort.size).toBe(5);
    expect(cohort.hospitals).toEqual(programs.train.hospitals);
    expect(hospitalCounts(cohort)).toEqual([5, 0]);
    expect(cohort.patients[0]).toBe('synthetic-000001');
    expect(cohort.schema.features).toEqual(programs.train.schema.features);
    expect(cohort.schema.provenance.notes?.[0]).toMatch(/synthetic/);
    expect(programs.events).toMatchObject([
      { kind: 'round', stage: 'net', round: 2, rounds: 3, loss: 0.25 },
      { kind: 'program', exitCode: 0 },
    ]);
  });

  it('gets train, the numbers asked for and nothing else: no holdout, no real ids, no environment of ours', async () => {
    process.env['FEDEHR_TEST_SECRET'] = 'secret';
    process.env['LET_THROUGH'] = 'yes';
    await programs.node(
      `const all = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
         entry.isDirectory() ? all(path.join(folder, entry.name)) : [path.join(folder, entry.name)]);
       const root = path.dirname(env.FEDEHR_TRAIN);
       fs.writeFileSync(${JSON.stringify(join(programs.root, 'seen.json'))}, JSON.stringify({
         env, cwd: process.cwd(), mode: fs.statSync(root).mode & 0o777,
         files: Object.fromEntries(all(root).map((file) => [path.relative(root, file), fs.readFileSync(file, 'utf8')])) }));
       cohort(3);`,
      { stays: { A: 3, B: 0 }, env: ['LET_THROUGH'] },
    );
    const seen = JSON.parse(await readFile(join(programs.root, 'seen.json'), 'utf8')) as {
      env: Record<string, string>;
      cwd: string;
      mode: number;
      files: Record<string, string>;
    };
    expect(Object.keys(seen.env).sort()).toEqual(
      [
        'FEDEHR_JOB FEDEHR_N FEDEHR_OUT FEDEHR_SEED FEDEHR_STAYS FEDEHR_THREADS FEDEHR_TRAIN HOME LANG LC_ALL LET_THROUGH',
        'MKL_NUM_THREADS OMP_NUM_THREADS OPENBLAS_NUM_THREADS PATH PYTHONDONTWRITEBYTECODE PYTHONHASHSEED PYTHONUNBUFFERED TMPDIR',
      ]
        .join(' ')
        .split(' '),
    );
    expect(seen.env).toMatchObject({ FEDEHR_N: '3', FEDEHR_SEED: '3', HOME: seen.cwd });
    expect(seen.mode).toBe(0o700);
    expect(Object.keys(seen.files).sort()).toEqual([
      'stays.json',
      ...['001', '002'].flatMap((number) =>
        ['cohort.json', 'dynamic.csv', 'static.csv'].map((name) => `train/hospital-${number}/${name}`),
      ),
    ]);
    expect(JSON.parse(seen.files['stays.json']!)).toEqual({
      total: 3,
      hospitals: [
        { id: 'A', folder: 'hospital-001', stays: 3 },
        { id: 'B', folder: 'hospital-002', stays: 0 },
      ],
    });
    const text = Object.values(seen.files).join('\n');
    for (const patient of programs.train.patients)
      expect(text).not.toContain(`"${patient.replaceAll('"', '""')}"`);
    expect(seen.files['train/hospital-001/static.csv']!.trimEnd().split('\n')).toHaveLength(21);
  });

  it('gets its arguments as they are: no shell looks at them', async () => {
    const hostile = [
      '$(touch pwned)',
      '`touch pwned`',
      '; touch pwned',
      '| cat',
      '&& x',
      '*',
      '\'"',
      'a\nb',
      '>x',
      '${HOME}',
      '--',
      '%s',
    ];
    const file = join(programs.root, 'arguments.json');
    const script = await programs.script(
      `fs.writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.argv.slice(2))); cohort(5);`,
    );
    await programs.run([process.execPath, script, ...hostile]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(hostile);
  });
});

describe('an external program that fails', () => {
  const fails = (pattern: RegExp, body: string, options: Parameters<Programs['run']>[1] = {}) =>
    expect(programs.node(body, options)).rejects.toThrow(
      expect.objectContaining({ name: 'TrainingFailure', message: expect.stringMatching(pattern) as string }),
    );

  it('by its exit code or a signal', async () => {
    await fails(/^exit-code: the program ended with code 3/, 'process.exit(3);');
    await fails(/^crash: the program was ended by SIGABRT/, 'process.abort();');
  });

  it('keeps what it said in a private file only', async () => {
    await fails(
      /^exit-code.*job\.log/,
      `console.error('patient 4711 has glucose 5.5'); console.log('4711'); process.exit(1);`,
    );
    expect(JSON.stringify(programs.events)).not.toContain('4711');
    expect(programs.events).toMatchObject(
      [
        { kind: 'program', exitCode: 1 },
        { kind: 'warning', message: /^1 lines/ },
      ].map((one) =>
        'message' in one ? { kind: one.kind, message: expect.stringMatching(one.message) as string } : one,
      ),
    );
    expect(await readFile(programs.privateLog(), 'utf8')).toContain('patient 4711 has glucose 5.5');
    expect((await stat(programs.privateLog())).mode & 0o777).toBe(0o600);
  });

  it('by its time, with everything that it started, also what left its group', async () => {
    const pids = join(programs.root, 'pids');
    await fails(
      /^time-limit: the program was stopped after 1\.5 s/,
      `const wait = 'setInterval(() => {}, 1000)';
       const child = spawn(process.execPath, ['-e', wait], { stdio: 'inherit' });
       const away = spawn(process.execPath, ['-e', wait], { stdio: 'inherit', detached: true });
       fs.writeFileSync(${JSON.stringify(pids)}, [process.pid, child.pid, away.pid].join(' '));
       setInterval(() => {}, 1000);`,
      { timeLimit: 1.5 },
    );
    const started = (await readFile(pids, 'utf8')).split(' ').map(Number);
    expect(started).toHaveLength(3);
    for (const pid of started) expect(await hasEnded(pid)).toBe(true);
  });

  it('leaves nothing running that it started in the background', async () => {
    const pids = join(programs.root, 'background');
    await programs.node(
      `const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
       child.unref(); fs.writeFileSync(${JSON.stringify(pids)}, String(child.pid)); cohort(5);`,
    );
    expect(await hasEnded(Number(await readFile(pids, 'utf8')))).toBe(true);
  });

  it('by its memory', async () => {
    await fails(
      /^memory-limit: the program held \d+ MB, more than 150 MB/,
      `const kept = []; setInterval(() => kept.push(Buffer.alloc(2 ** 24, 1)), 20);`,
      { memoryLimit: 150, timeLimit: 30 },
    );
    expect(programs.events.find(({ kind }) => kind === 'program')).toMatchObject({
      peakMegabytes: expect.any(Number) as number,
    });
  });

  it('by what it writes and prints', async () => {
    const many = `for (let i = 0; i < 40; i++) fs.writeFileSync(path.join(env.HOME, 'f' + i), Buffer.alloc(2 ** 18, 1));`;
    await fails(/^output-limit: the program wrote more than 4 MB/, `${many} cohort(5);`, { outputLimit: 4 });
    await fails(/^output-limit: the program wrote more than 4 MB/, `${many} setInterval(() => {}, 1000);`, {
      outputLimit: 4,
      timeLimit: 30,
    });
    await fails(
      /^(output-limit|crash|exit-code)/,
      `fs.writeFileSync(path.join(env.FEDEHR_OUT, 'static.csv'), Buffer.alloc(2 ** 23, 1));`,
      { outputLimit: 4 },
    );
    await fails(
      /^output-limit: the program printed more than 1 MB/,
      `const line = 'x'.repeat(65536) + '\\n'; const more = () => process.stdout.write(line, more); more();`,
      { outputLimit: 1, timeLimit: 30 },
    );
  });

  it('by a cohort that is none, or not the one asked for', async () => {
    await fails(/^invalid-cohort: FEDEHR_OUT\/cohort\.json: expected the file that describes/, '');
    await fails(/^wrong-stays: hospital A was asked for 5 stays, the program wrote 4/, 'cohort(4);');
    await fails(/^wrong-stays: hospital B was asked for 2 stays, the program wrote 0/, 'cohort(5);', {
      stays: { A: 5, B: 2 },
    });
    await fails(
      /^unknown-hospital: the program wrote stays of 1 hospital that/,
      `cohort(5, (name, lines) => lines.map((line) => line.replace(/^(.*?),A,/, '$1,C,')));`,
    );
    await fails(
      /^invalid-cohort: .*HR/,
      `cohort(5, (name, lines) => name === 'static' ? lines : lines.map((line, row) =>
         row === 0 ? line : line.replace(/^(.*?,.*?,.*?),[^,]*/, '$1,900')));`,
    );
    await fails(
      /^invalid-cohort: .*feature HR is missing/,
      `cohort(5, (name, lines) => lines.map((line, row) => (row === 0 ? line.replace('HR', 'HB') : line)));
       const file = path.join(env.FEDEHR_OUT, 'cohort.json'); fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"HR"', '"HB"'));`,
    );
  });

  it('when its script is not what it was when the run was planned', async () => {
    const script = await programs.script('cohort(5);');
    const parameters = await external.prepare!(
      external.parameters.parse({ command: [process.execPath, script] }),
      programs.root,
      'suite.yaml',
    );
    await writeFile(script, 'process.exit(0);');
    const generator = await external.train({
      train: programs.train,
      reference: programs.train,
      parameters,
      seed: 0,
      engine: 'cpu',
      emit: () => undefined,
    });
    await expect(generator.synthesise({ A: 1 }, 0)).rejects.toThrow(TrainingFailure);
    await expect(generator.synthesise({ A: 1 }, 0)).rejects.toThrow(/^changed-file: program-\d+\.mjs/);
  });

  it('when the run is stopped, at once', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('stopped by the user')), 500);
    const begin = performance.now();
    await expect(programs.node('setInterval(() => {}, 1000);', { signal: abort.signal })).rejects.toThrow(
      'stopped by the user',
    );
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});

describe('files of an external program', () => {
  const prepared = (parameters: Record<string, unknown>) =>
    external.prepare!(external.parameters.parse(parameters), programs.root, 'suite.yaml');

  it('are named relative to the suite and hashed; changed ones give other parameters', async () => {
    const script = await programs.script('1;');
    const name = script.slice(programs.root.length + 1);
    const before = await prepared({ command: [process.execPath, name, 'plain'], files: [name] });
    expect(before).toMatchObject({ command: [process.execPath, script, 'plain'], scripts: [0, 1] });
    expect(await prepared({ command: [process.execPath, name, 'plain'], files: [name] })).toEqual(before);
    await writeFile(script, '2;');
    expect(await prepared({ command: [process.execPath, name, 'plain'], files: [name] })).not.toEqual(before);
  });

  it.each([
    [{ command: ['no-such-program-anywhere'] }, /command\[0\]: expected a program that PATH finds/],
    [{ command: ['./missing.sh'] }, /command\[0\]: expected a program that is there/],
    [{ command: ['node'], files: ['missing.py'] }, /files\[0\]: expected a file that is there/],
  ])('%j is told before anything runs', async (parameters, message) => {
    await expect(prepared(parameters)).rejects.toThrow(message);
  });

  it.each([
    [{ command: [] }],
    [{ command: ['a\0b'] }],
    [{ command: 'python3 x.py' }],
    [{ command: ['a'], env: ['FEDEHR_OUT'] }],
    [{ command: ['a'], env: ['A=B'] }],
    [{ command: ['a'], timeLimit: 0 }],
    [{ command: ['a'], sha256: {} }],
  ])('%j is refused', (parameters) => {
    expect(external.parameters.safeParse(parameters).success).toBe(false);
  });

  it('that it links to from its folder are not read', async () => {
    await symlink('/etc/hostname', join(programs.root, 'link'));
    for (const body of [
      `cohort(5); fs.rmSync(path.join(env.FEDEHR_OUT, 'static.csv')); fs.symlinkSync(path.join(folder, 'static.csv'), path.join(env.FEDEHR_OUT, 'static.csv'));`,
      `cohort(5); fs.rmSync(path.join(env.FEDEHR_OUT, 'cohort.json')); fs.symlinkSync('/dev/zero', path.join(env.FEDEHR_OUT, 'cohort.json'));`,
    ])
      await expect(programs.node(body)).rejects.toThrow(/^invalid-cohort: .*(symbolic link|regular file)/);
    await expect(
      programs.node(
        `fs.rmSync(env.FEDEHR_OUT, { recursive: true }); fs.symlinkSync(folder, env.FEDEHR_OUT);`,
      ),
    ).rejects.toThrow(/^invalid-cohort: FEDEHR_OUT is no folder any more/);
  });
});
