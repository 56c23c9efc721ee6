import { execFileSync } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { escapeXml } from '../../src/check/junit.js';
import { InputError } from '../../src/cohort/inputError.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { openDatabase, sqlName, sqlText } from '../../src/cohort/table/duckdb.js';
import { markdownOf, latexOf } from '../../src/report/page/tableText.js';
import { escapeHtml } from '../../src/cohort/escapeHtml.js';
import { scriptJson } from '../../src/report/page/html.js';
import { displayName } from '../../src/report/names.js';
import { writeReport } from '../../src/report/index.js';
import { escapeMarkdown } from '../../src/report/summary.js';
import type { JobTask } from '../../src/run/jobRunner.js';
import { productVersions } from '../../src/run/manifest.js';
import { datasetName, type TrainJob } from '../../src/run/plan.js';
import { refusalOf } from '../../src/run/queue/permissions.js';
import { receivedTask } from '../../src/run/queue/receivedTask.js';
import { readModelFolder } from '../../src/run/modelFolder.js';
import { folderName } from '../../src/suite/folderName.js';
import { parseSuite } from '../../src/suite/readSuite.js';
import { expandVariants } from '../../src/suite/variants.js';
import { smallTables, writeTables } from '../cli/smallCohort.js';
import { descriptors, fixture } from '../report/fixture.js';
import { hostileNames } from '../report/hostileNames.js';
import { plannedJobs, taskOf } from '../run/queue/plannedJobs.js';
import { Programs } from '../trainers/external/programs.js';

/** One attempt: what is tried, and what came of it in a few words. */
interface Attempt {
  readonly where: string;
  readonly tried: string;
  readonly outcome: string;
  /** The actual outcome; must equal `outcome`. */
  run(): Promise<string> | string;
}

let root: string;
let programs: Programs;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-attempts-'));
  programs = await Programs.open();
});
afterAll(async () => {
  await programs.close();
  await rm(root, { recursive: true, force: true });
});

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** `refused` with an InputError, `accepted` otherwise. */
async function verdict(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    if (error instanceof InputError) return 'refused';
    throw error;
  }
}

const suiteWith = (line: string): string =>
  `name: base\ndatasets: [{ path: cohort }]\n${line.startsWith('name:') ? '' : ''}${line}\n`;
const suite = (text: string) => verdict(() => expandVariants(parseSuite(text, 'suite.yaml').trainers));
const named = (name: string) => suite(`name: ${name}\ndatasets: [{ path: cohort }]\n`);

let count = 0;
async function cohort(change: (folder: string) => Promise<void>): Promise<string> {
  const folder = await writeTables(join(root, `cohort-${count++}`), smallTables(4));
  await change(folder);
  return verdict(() => readCohort(folder));
}
const linked = (name: string, target: string) =>
  cohort(async (folder) => {
    await rm(join(folder, name));
    await symlink(target, join(folder, name));
  });

/** What a matrix value becomes as a variant's folder. */
const variantOf = (value: string): string =>
  expandVariants([{ id: 'fedavg', variant: 'default', parameters: {}, matrix: { 'a.b': [value] } }])[0]!
    .variant;

const oneFolder = (name: string): string =>
  /^[\p{L}\p{N}_=+-][\p{L}\p{N}._=+-]{0,63}$/u.test(name) ? 'one plain folder name' : `the folder ${name}`;

async function withLimit<T>(variable: string, value: string, act: () => Promise<T>): Promise<T> {
  vi.stubEnv(variable, value);
  try {
    return await act();
  } finally {
    vi.unstubAllEnvs();
  }
}

async function sql(statement: string): Promise<string> {
  const folder = await writeTables(join(root, `sql-${count++}`), smallTables(4));
  const database = await openDatabase({ files: [join(folder, 'static.csv')] });
  try {
    await database.connection.run(statement.replaceAll('FOLDER', folder));
    return 'run';
  } catch {
    return 'refused by DuckDB';
  } finally {
    database.close();
  }
}

const attack = '<img src=x onerror=alert(1)>"\'&</script><!--';
const inert = (text: string): string => (/<[a-z!/]/i.test(text) ? 'markup' : 'inert text');

async function reportText(): Promise<{ page: string; svg: string; files: string[] }> {
  const folder = join(root, 'report');
  if (!(await exists(folder))) await writeReport(fixture(hostileNames), folder, descriptors);
  const files = await readdir(join(folder, 'figures'));
  const svgs = await Promise.all(
    files
      .filter((file) => file.endsWith('.svg'))
      .map((file) => readFile(join(folder, 'figures', file), 'utf8')),
  );
  return { page: await readFile(join(folder, 'index.html'), 'utf8'), svg: svgs.join('\n'), files };
}

const generatedBy = (trainer: string, parameters: Record<string, unknown>): Partial<TrainJob> => ({
  generator: { trainer, variant: 'x', parameters },
});

/** What a worker that may do nothing special says to a job before it does anything for it. */
async function queuedVerdict(task: JobTask): Promise<string> {
  const received = receivedTask(JSON.parse(JSON.stringify(task)), productVersions());
  if ('refused' in received) return 'refused';
  const refusal = await refusalOf(received.task.job, { external: false, data: [] });
  return refusal === null ? 'accepted' : 'refused';
}

const failing = (body: string): Promise<string> =>
  programs.node(body).then(
    () => 'accepted',
    (error: unknown) => `failed job: ${(error as Error).message.split(':')[0]!}`,
  );

const attempts: readonly Attempt[] = [
  // Names in suites
  ...[
    '../../escape',
    '/tmp/escape',
    '"a\\0b"',
    'con',
    '.hidden',
    'a/b',
    '"a b"',
    '"$(id)"',
    "'`id`'",
    '"; rm -rf ~"',
    '<script>',
    '=1+1',
    'x'.repeat(65),
    '"\\u202etxt"',
  ].map((name): Attempt => ({
    where: 'suite: name',
    tried: name,
    outcome: 'refused',
    run: () => named(name),
  })),
  ...['../../x', '"a/b"', '"<b>"', '"=x"'].map((name): Attempt => ({
    where: 'suite: variant',
    tried: name,
    outcome: 'refused',
    run: () => suite(suiteWith(`trainers: [{ id: fedavg, variant: ${name} }]`)),
  })),
  ...['../../../x', '/etc', 'a\0b', '$(id)', '<script>', '..', '=cmd()', 'x'.repeat(500)].map(
    (value): Attempt => ({
      where: 'suite: value in a matrix, as folder',
      tried: value,
      outcome: 'one plain folder name',
      run: () => oneFolder(variantOf(value)),
    }),
  ),
  ...['..', '/', '.', 'a\0b', '<script>', '.ssh'].map((path): Attempt => ({
    where: 'suite: path of a dataset, as folder',
    tried: path,
    outcome: 'one plain folder name',
    run: () => oneFolder(datasetName({ path })),
  })),
  {
    where: 'suite: parameter of a dataset, as folder',
    tried: '{ "../x": "../../y" }',
    outcome: 'one plain folder name',
    run: () => oneFolder(datasetName({ id: 'simulated', parameters: { '../x': '../../y' } })),
  },
  {
    where: 'any name, as folder',
    tried: '(nothing)',
    outcome: 'one plain folder name',
    run: () => oneFolder(folderName('')),
  },
  {
    where: 'suite: YAML',
    tried: 'aliases that unfold into 10^9 values',
    outcome: 'refused',
    run: () =>
      suite(
        `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghi')
          .map((n, i) => `${n}: &${n} [${Array(10).fill(`*${'abcdefgh'[i]!}`).join()}]`)
          .join('\n')}\nname: x\n`,
      ),
  },
  {
    where: 'suite: YAML',
    tried: '20,000 brackets',
    outcome: 'refused',
    run: () => suite(`name: ${'['.repeat(20_000)}`),
  },
  {
    where: 'suite: YAML',
    tried: '!!js/function',
    outcome: 'refused',
    run: () => named('!!js/function "x => x"'),
  },
  {
    where: 'suite: YAML',
    tried: 'a file of more than 1 MB',
    outcome: 'refused',
    run: () => suite(suiteWith(`# ${'x'.repeat(2 ** 20)}`)),
  },
  {
    where: 'suite: matrix',
    tried: '10^10 variants',
    outcome: 'refused',
    run: () =>
      suite(
        suiteWith(
          `trainers: [{ id: fedavg, matrix: { ${Array.from('abcdefghij')
            .map((n) => `${n}: [1,2,3,4,5,6,7,8,9,0]`)
            .join()} } }]`,
        ),
      ),
  },
  {
    where: 'suite: matrix',
    tried: 'path __proto__.polluted',
    outcome: 'Object.prototype untouched',
    run: () => {
      expandVariants([{ id: 'a', variant: 'v', parameters: {}, matrix: { '__proto__.polluted': [1] } }]);
      return 'polluted' in {} ? 'polluted' : 'Object.prototype untouched';
    },
  },
  // Cohort folders
  {
    where: 'cohort folder',
    tried: 'dynamic.csv → /etc/passwd',
    outcome: 'refused',
    run: () => linked('dynamic.csv', '/etc/passwd'),
  },
  {
    where: 'cohort folder',
    tried: 'cohort.json → /dev/zero',
    outcome: 'refused',
    run: () => linked('cohort.json', '/dev/zero'),
  },
  {
    where: 'cohort folder',
    tried: 'static.csv → ../other/static.csv',
    outcome: 'refused',
    run: () => linked('static.csv', '../cohort-0/static.csv'),
  },
  {
    where: 'cohort folder',
    tried: 'a named pipe as dynamic.csv',
    outcome: 'refused',
    run: () =>
      cohort(async (folder) => {
        await rm(join(folder, 'dynamic.csv'));
        execFileSync('mkfifo', [join(folder, 'dynamic.csv')]);
      }),
  },
  {
    where: 'cohort folder',
    tried: 'a link inside the folder',
    outcome: 'accepted',
    run: () =>
      cohort(async (folder) => {
        await writeFile(join(folder, 'other'), await readFile(join(folder, 'static.csv')));
        await rm(join(folder, 'static.csv'));
        await symlink('other', join(folder, 'static.csv'));
      }),
  },
  {
    where: 'cohort folder',
    tried: 'files: { "../../etc/passwd": … }',
    outcome: 'refused',
    run: () =>
      cohort(async (folder) => {
        const document = JSON.parse(await readFile(join(folder, 'cohort.json'), 'utf8')) as object;
        await writeFile(
          join(folder, 'cohort.json'),
          JSON.stringify({ ...document, files: { '../../etc/passwd': '0'.repeat(64) } }),
        );
      }),
  },
  {
    where: 'cohort folder',
    tried: 'gzip that unfolds 1,000-fold, beyond the limit',
    outcome: 'refused',
    run: () =>
      withLimit('FEDEHR_MAX_TABLE_BYTES', '1000000', () =>
        cohort(async (folder) => {
          await writeFile(join(folder, 'dynamic.csv.gz'), gzipSync(Buffer.alloc(2 ** 24, 'a,\n')));
          await rm(join(folder, 'dynamic.csv'));
        }),
      ),
  },
  {
    where: 'cohort folder',
    tried: 'a grid beyond the limit',
    outcome: 'refused',
    run: () => withLimit('FEDEHR_MAX_CELLS', '100', () => cohort(() => Promise.resolve())),
  },
  {
    where: 'cohort folder',
    tried: 'an event table beyond the limit',
    outcome: 'refused',
    run: () =>
      withLimit('FEDEHR_MAX_EVENT_CELLS', '10', () =>
        verdict(() =>
          readCohort(fileURLToPath(new URL('../fixtures/malformed/valid-events', import.meta.url))),
        ),
      ),
  },
  ...['__proto__', 'A\u001b[2J', 'x'.repeat(201)].map((name): Attempt => ({
    where: 'cohort: hospital, feature, level',
    tried: name.length > 50 ? '201 characters' : JSON.stringify(name),
    outcome: 'refused, refused, refused',
    run: async () => {
      const outcomes: string[] = [];
      for (const part of ['hospital', 'feature', 'level'])
        outcomes.push(
          await cohort(async (folder) => {
            const file = join(folder, part === 'hospital' ? 'static.csv' : 'cohort.json');
            const text = await readFile(file, 'utf8');
            const quoted = JSON.stringify(name);
            await writeFile(
              file,
              part === 'hospital'
                ? text.replace('north', name)
                : part === 'feature'
                  ? text.replace('"HR"', quoted)
                  : text.replace('"F"', quoted),
            );
          }),
        );
      return outcomes.join(', ');
    },
  })),
  {
    where: 'model folder',
    tried: 'weights.bin → /etc/passwd',
    outcome: 'refused',
    run: async () => {
      const folder = await mkdtemp(join(root, 'model-'));
      await writeFile(join(folder, 'model.json'), '{}');
      await symlink('/etc/passwd', join(folder, 'weights.bin'));
      return verdict(() => readModelFolder(folder));
    },
  },
  {
    where: 'message on a terminal',
    tried: 'escape sequence, line break and right-to-left override in a path',
    outcome: 'inert text',
    run: () => {
      const { message } = new InputError({
        file: 'a\u001b[2J\n\u202eb',
        expected: 'x',
        found: '\r\u0007',
        remedy: 'y',
      });
      return /[\p{Cc}\u202e]/u.test(message) ? 'steers' : 'inert text';
    },
  },
  // DuckDB
  ...[
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('FOLDER/dynamic.csv')",
    "COPY (SELECT 1) TO 'FOLDER/written.csv'",
    "SELECT * FROM read_csv('https://example.org/x.csv')",
    'INSTALL httpfs',
    'LOAD httpfs',
    "ATTACH 'FOLDER/x.duckdb'",
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
  ].map((statement): Attempt => ({
    where: 'DuckDB with one named input',
    tried: statement,
    outcome: 'refused by DuckDB',
    run: () => sql(statement),
  })),
  {
    where: 'DuckDB: names in SQL',
    tried: `x"; DROP TABLE t; -- and x'; DROP TABLE t; --`,
    outcome: 'inert text',
    run: () =>
      sqlName('x"; DROP TABLE t; --') === '"x""; DROP TABLE t; --"' &&
      sqlText("x'; DROP TABLE t; --") === "'x''; DROP TABLE t; --'"
        ? 'inert text'
        : 'SQL',
  },
  // Reports, with hostile suite, dataset, trainer, variant, hospital, feature and label names
  {
    where: 'report: every name',
    tried: '<img onerror>, </script>, "onmouseover=',
    outcome: 'inert text',
    run: async () => ((await reportText()).page.includes('<img') ? 'markup' : 'inert text'),
  },
  {
    where: 'report: SVG figures',
    tried: 'the same names',
    outcome: 'inert text',
    run: async () =>
      /<(?:img|script|a |foreignObject)/u.test((await reportText()).svg) ? 'markup' : 'inert text',
  },
  {
    where: 'report: file names',
    tried: 'the same names',
    outcome: 'fixed names only',
    run: async () =>
      (await reportText()).files.every((file) => /^[a-z-]+\.(?:vl\.json|svg|png)$/u.test(file))
        ? 'fixed names only'
        : 'others',
  },
  {
    where: 'report: Content-Security-Policy',
    tried: 'inline script, style, image, form, base, connection',
    outcome: 'only scripts and style with listed hashes',
    run: async () => {
      const policy = /Content-Security-Policy" content="([^"]*)"/u
        .exec((await reportText()).page)![1]!
        .replaceAll('&#39;', "'");
      const directives = policy.split('; ');
      const strict =
        directives.includes("default-src 'none'") &&
        directives.includes("base-uri 'none'") &&
        directives.includes("form-action 'none'") &&
        !/unsafe|https?:|\*|connect-src/u.test(policy) &&
        directives.filter((one) => /^(script|style)-src/.test(one)).every((one) => / 'sha256-/.test(one));
      return strict ? 'only scripts and style with listed hashes' : policy;
    },
  },
  { where: 'HTML escape', tried: attack, outcome: 'inert text', run: () => inert(escapeHtml(attack)) },
  {
    where: 'JSON in a script element',
    tried: attack,
    outcome: 'inert text',
    run: () => inert(scriptJson([attack]).text),
  },
  {
    where: 'Markdown of a pull request',
    tried: `${attack} [x](javascript:1) |`,
    outcome: 'inert text',
    run: () =>
      /<[a-z!/]|(?<!\\)[[|]/i.test(escapeMarkdown(`${attack} [x](javascript:1) |`)) ? 'markup' : 'inert text',
  },
  {
    where: 'Markdown copied from a table',
    tried: `${attack} [x](javascript:1) | \\|`,
    outcome: 'inert text',
    run: () => inert(markdownOf([[`${attack} [x](javascript:1) | \\|`]])),
  },
  {
    where: 'LaTeX copied from a table',
    tried: '\\input{/etc/passwd} \\write18{id} $x$',
    outcome: 'inert text',
    run: () =>
      /\\(input|write)/.test(latexOf([['\\input{/etc/passwd} \\write18{id} $x$']]))
        ? 'command'
        : 'inert text',
  },
  {
    where: 'JUnit XML',
    tried: `${attack} ]]> \\u0000 &xxe;`,
    outcome: 'inert text',
    run: () =>
      /<|&(?!(amp|lt|gt|quot);)|\0/.test(escapeXml(`${attack} ]]> \0 &xxe;`)) ? 'markup' : 'inert text',
  },
  {
    where: 'terminal table',
    tried: 'escape sequence, bell, right-to-left override',
    outcome: 'inert text',
    run: () => (/[\p{Cc}\u202e]/u.test(displayName('a\u001b[31m\u0007\u202eb')) ? 'steers' : 'inert text'),
  },
  {
    where: 'names that objects have',
    tried: '__proto__, constructor',
    outcome: 'marked',
    run: () =>
      ['__proto__', 'constructor'].every((name) => displayName(name) === `“${name}”`)
        ? 'marked'
        : 'taken as they are',
  },
  // Jobs that somebody put into Redis
  ...(
    [
      [
        'trainer: external, command: [id]',
        (job) => ({ ...job, ...generatedBy('external', { command: ['id'] }) }),
      ],
      ['train: copy, whose cohort is real rows', (job) => ({ ...job, ...generatedBy('copy', {}) })],
      ['trainer: ../../evil.js', (job) => ({ ...job, ...generatedBy('../../evil.js', {}) })],
      ['tcvae.rounds: -1', (job) => ({ ...job, ...generatedBy('fedavg', { tcvae: { rounds: -1 } }) })],
      [
        'dataset: { path: /etc }',
        (job) => ({ ...job, dataset: { ...job.dataset, source: { path: '/etc' } } }),
      ],
      [
        'dataset.name with an escape sequence',
        (job) => ({ ...job, dataset: { ...job.dataset, name: '\u001b[2J' } }),
      ],
    ] as readonly [string, (job: TrainJob) => TrainJob][]
  ).map(([tried, forge]): Attempt => ({
    where: 'queue: job for a worker without --allow-external and --data',
    tried,
    outcome: 'refused',
    run: async () =>
      queuedVerdict(taskOf(forge((await plannedJobs('trainers: [{ id: fedavg }]')).training[0]!))),
  })),
  {
    where: 'queue: job',
    tried: 'key: sha256:../../../etc/passwd',
    outcome: 'refused',
    run: async () =>
      queuedVerdict({ ...taskOf((await plannedJobs()).bounds[0]!), key: 'sha256:../../../etc/passwd' }),
  },
  {
    where: 'queue: job',
    tried: 'a score whose cohort is another product of the store',
    outcome: 'refused',
    run: async () => {
      const plan = await plannedJobs('trainers: [{ id: fedavg }]\nreferences: []');
      const task = taskOf(plan.scoring[0]!);
      return queuedVerdict({ ...task, needs: { ...task.needs, synthetic: task.needs['bounds']! } });
    },
  },
  // External programs
  {
    where: 'external: arguments',
    tried: '$(touch pwned) `touch pwned` ; touch pwned | > &&',
    outcome: 'handed on as they are',
    run: async () => {
      const hostile = [
        '$(touch pwned)',
        '`touch pwned`',
        '; touch pwned',
        '| touch pwned',
        '> pwned',
        '&& touch pwned',
      ];
      const said = join(root, 'arguments.json');
      await programs.run([
        process.execPath,
        await programs.script(
          `fs.writeFileSync(${JSON.stringify(said)}, JSON.stringify(process.argv.slice(2))); cohort(5);`,
        ),
        ...hostile,
      ]);
      return (await readFile(said, 'utf8')) === JSON.stringify(hostile) && !(await exists('pwned'))
        ? 'handed on as they are'
        : 'interpreted';
    },
  },
  {
    where: 'external: environment',
    tried: 'AWS_SECRET_ACCESS_KEY of the caller',
    outcome: 'absent',
    run: () =>
      withLimit('AWS_SECRET_ACCESS_KEY', 'secret', async () => {
        const said = join(root, 'environment.json');
        await programs.node(`fs.writeFileSync(${JSON.stringify(said)}, JSON.stringify(env)); cohort(5);`);
        return (await readFile(said, 'utf8')).includes('secret') ? 'present' : 'absent';
      }),
  },
  {
    where: 'external: cohort',
    tried: 'static.csv → a file of train',
    outcome: 'failed job: invalid-cohort',
    run: () =>
      failing(
        `cohort(5); fs.rmSync(path.join(env.FEDEHR_OUT, 'static.csv')); fs.symlinkSync(path.join(folder, 'static.csv'), path.join(env.FEDEHR_OUT, 'static.csv'));`,
      ),
  },
  {
    where: 'external: cohort',
    tried: 'FEDEHR_OUT replaced by a link',
    outcome: 'failed job: invalid-cohort',
    run: () =>
      failing(`fs.rmSync(env.FEDEHR_OUT, { recursive: true }); fs.symlinkSync(folder, env.FEDEHR_OUT);`),
  },
  {
    where: 'external: cohort',
    tried: 'more stays than asked for',
    outcome: 'failed job: wrong-stays',
    run: () => failing('cohort(9);'),
  },
  {
    where: 'external: cohort',
    tried: 'a hospital of its own',
    outcome: 'failed job: unknown-hospital',
    run: () =>
      failing(`cohort(5, (name, lines) => lines.map((line) => line.replace(/^(.*?),A,/, '$1,../x,')));`),
  },
];

const cell = (text: string): string =>
  Array.from(
    text
      .replaceAll(/\p{C}/gu, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`)
      .replaceAll('|', '\\|'),
  )
    .slice(0, 70)
    .join('')
    .replaceAll('`', "'");

it('every attempt has the outcome that SECURITY.md states', async () => {
  const rows: string[] = [];
  for (const attempt of attempts) {
    const outcome = await attempt.run();
    expect(outcome, `${attempt.where}: ${attempt.tried.slice(0, 80)}`).toBe(attempt.outcome);
    rows.push(`| ${attempt.where} | \`${cell(attempt.tried)}\` | ${outcome} |`);
  }
  const table = ['| where | tried | outcome |', '| --- | --- | --- |', ...rows].join('\n');
  await expect(`${table}\n`).toMatchFileSnapshot('../../docs/security-attempts.md');
}, 300_000);
