// The check list of a release, as a table; exits 1 when anything is wrong.
//
//   node scripts/releaseCheck.mjs [--node PATH …]     PATH: further Node programs to run the package with, e.g. Node 22
//
// Packs the committed tree, installs the tarball into an empty folder with an empty home and an empty npm cache, and runs the command there.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { check, demand, reportChecks, run } from './checkList.mjs';

const { values: options } = parseArgs({ options: { node: { type: 'string', multiple: true, default: [] } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(path.join(tmpdir(), 'fedehr-release-'));
const [checkout, empty, home] = ['checkout', 'empty', 'home'].map((name) => path.join(scratch, name));
for (const folder of [empty, home]) mkdirSync(folder);

const MOST_PACKED = 25e6;
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const packageFile = JSON.parse(read('package.json'));
const environment = {
  ...process.env,
  HOME: home,
  // As the README says for machines with nvcc; without it onnxruntime-node downloads CUDA parts there.
  ONNXRUNTIME_NODE_INSTALL: 'skip',
  npm_config_cache: path.join(home, 'cache'),
  npm_config_registry: execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim(),
};

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
let tarball;

try {
  check('clean tree', () => {
    const dirty = run('git', ['status', '--porcelain']).stdout;
    demand(dirty === '', `not committed: ${dirty}`);
    return run('git', ['rev-parse', '--short', 'HEAD']).stdout.trim();
  });
  check('version in package.json, package-lock.json, CITATION.cff, CHANGELOG.md', () => {
    const { version } = packageFile;
    demand(/^\d+\.\d+\.\d+$/u.test(version), `${version} is no version`);
    demand(JSON.parse(read('package-lock.json')).version === version, 'package-lock.json has another');
    demand(parse(read('CITATION.cff')).version === version, 'CITATION.cff has another');
    const heading = /^## (\S+)/mu.exec(read('CHANGELOG.md'))?.[1];
    demand(heading === version, `CHANGELOG.md starts with ${heading}`);
    return version;
  });
  check('CITATION.cff has what its format demands', () => {
    const citation = parse(read('CITATION.cff'));
    for (const key of ['cff-version', 'message', 'title', 'authors']) demand(key in citation, `no ${key}`);
    demand(citation['cff-version'] === '1.2.0', 'cff-version');
    demand(citation.type === 'software' && citation.license === packageFile.license, 'type or license');
    demand(
      citation.authors.length > 0 && citation.authors.every((one) => 'name' in one || 'family-names' in one),
      'authors',
    );
  });
  check('licences', () => run('node', ['scripts/listLicences.mjs']).stderr.trim().split('\n').at(-1));
  check('docs/api.md is up to date', () => void run('node', ['scripts/apiReference.mjs', '--check']));
  check('generated pages, links and code blocks that are not commands', () => {
    run('npx', [
      ...['vitest', 'run', 'test/metrics/catalogue.test.ts', 'test/federation/aggregation/catalogue.test.ts'],
      ...['test/suite/jsonSchema.test.ts', 'test/docs/documents.test.ts'],
    ]);
  });
  check('npm pack', () => {
    run('git', ['clone', '--quiet', root, checkout]);
    run('ln', ['-s', path.join(root, 'node_modules'), path.join(checkout, 'node_modules')]);
    run('npm', ['run', 'build', '--silent'], checkout);
    const { stdout } = run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch],
      checkout,
    );
    const parsed = JSON.parse(stdout.slice(stdout.search(/[[{]/u)));
    const packed = Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0];
    tarball = path.join(scratch, packed.filename);
    const files = packed.files.map((file) => file.path);
    const foreign = files.filter((file) =>
      /^(src|test|bench|scripts|node_modules|runs)\/|\.map$|\.tsbuildinfo$|\.test\./u.test(file),
    );
    demand(foreign.length === 0, `not for users: ${foreign.slice(0, 5).join(', ')}`);
    for (const file of [
      ...[
        'dist/index.js',
        'dist/index.d.ts',
        'dist/cli/main.js',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'CITATION.cff',
      ],
      ...[
        'CONTRIBUTING.md',
        'SECURITY.md',
        'docs/metrics.md',
        'suites/quick.yaml',
        'reports/replication/README.md',
        'reports/replication/published.yaml',
        'datasets/physionet2019/dynamic.parquet',
      ],
    ])
      demand(files.includes(file), `without ${file}`);
    const { size } = statSync(tarball);
    demand(size < MOST_PACKED, `${megabytes(size)} is more than ${megabytes(MOST_PACKED)}`);
    return `${megabytes(size)}, ${files.length} files`;
  });
  const installed = check('npm install of the tarball, empty home and cache', () => {
    demand(tarball !== undefined, 'there is no tarball');
    writeFileSync(path.join(empty, 'package.json'), '{ "private": true, "type": "module" }\n');
    run('npm', ['install', '--no-audit', '--no-fund', tarball], empty, environment);
  });
  if (installed) {
    for (const node of [process.execPath, ...options.node]) checkInstalled(node);
    check('types of the package', () => {
      writeFileSync(
        path.join(empty, 'own.ts'),
        "import { readCohort, type Cohort, type Metric } from 'fedehr-bench';\nexport const cohort: Promise<Cohort> = readCohort('x');\nexport type Own = Metric;\nexport const wrong: number = readCohort;\n",
      );
      const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const { stdout } = spawnSync(
        process.execPath,
        [
          tsc,
          '--noEmit',
          '--strict',
          '--skipLibCheck',
          '--target',
          'ES2022',
          '--module',
          'NodeNext',
          'own.ts',
        ],
        { cwd: empty, encoding: 'utf8' },
      );
      const faults = stdout
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('own.ts'));
      demand(
        faults.length === 1 && faults[0].startsWith('own.ts(4'),
        `expected one planted error, found: ${stdout}`,
      );
    });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
reportChecks();

/** What users do first, with one Node program. */
function checkInstalled(node) {
  const version = run(node, ['--version']).stdout.trim();
  const env = { ...environment, PATH: `${path.dirname(node)}:${process.env.PATH}` };
  const npx = (name, ...args) => run('npx', ['--no-install', name, ...args], empty, env);
  check(`${version}: fedehr --version, fedehr-bench --version`, () => {
    for (const name of ['fedehr', 'fedehr-bench'])
      demand(npx(name, '--version').stdout.trim() === packageFile.version, `${name} has another version`);
  });
  check(`${version}: fedehr datasets`, () => {
    const { stdout } = npx('fedehr', 'datasets');
    for (const id of ['physionet2019', 'eicu-demo']) demand(stdout.includes(id), `without ${id}`);
  });
  check(`${version}: fedehr validate and score of CSV cohorts`, () => {
    const cohorts = path.join(root, 'test', 'fixtures', 'csvCohorts');
    const part = (name) => path.join(cohorts, name);
    npx('fedehr', 'validate', part('synthetic'));
    const { stdout } = npx(
      ...[
        'fedehr',
        'score',
        '--real',
        part('real'),
        '--holdout',
        part('holdout'),
        '--synthetic',
        part('synthetic'),
      ],
      ...[
        '--metrics',
        'marginal.ks,temporal.acf_gap',
        '--resamples',
        '20',
        '--json',
        '--out',
        `runs/${version}`,
      ],
    );
    const { states } = JSON.parse(stdout);
    demand(states.ok > 0 && states.failed === 0, stdout);
    return `${states.ok} scores`;
  });
  check(`${version}: fedehr train, sample and validate`, () => {
    const model = `model-${version}`;
    const cohort = path.join(root, 'test', 'fixtures', 'csvCohorts', 'real');
    npx(
      ...['fedehr', 'train', 'fedavg', '--train', cohort, '--out', model, '--quiet'],
      ...['--set', 'autoencoder.rounds=1', '--set', 'tcvae.rounds=1'],
    );
    npx('fedehr', 'sample', model, '--stays', '20', '--out', `drawn-${version}`, '--quiet');
    npx('fedehr', 'validate', `drawn-${version}`);
  });
  check(`${version}: fedehr run --dry-run of the shipped suite`, () => {
    npx('fedehr', 'run', 'node_modules/fedehr-bench/suites/quick.yaml', '--dry-run');
  });
  check(`${version}: import of the package`, () => {
    const program = `import { metricDescriptors, datasetById } from 'fedehr-bench'; const { size } = await datasetById('mimic4-demo').load(); console.log(metricDescriptors.length, size);`;
    return run(node, ['--input-type=module', '-e', program], empty, env).stdout.trim();
  });
}
