// What somebody does who has never seen this project: a fresh clone in an empty folder, a fresh HOME, an empty npm cache, and the two
// commands of the README. Prints how long each took.
//
//   node scripts/newcomer.mjs                 npm ci && npm run demo, then npm test
//   node scripts/newcomer.mjs --only demo     npm ci && npm run demo
//   node scripts/newcomer.mjs --only tests    npm ci && npm test
//   node scripts/newcomer.mjs --keep          leaves the folder
//
// Exits 1 when a command fails, 2 when called otherwise. Needs git, npm and the npm registry.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, keep: { type: 'boolean', default: false } },
});
const all = ['demo', 'tests'];
if (options.only !== undefined && !all.includes(options.only)) {
  console.error(`expected --only demo or --only tests, found --only ${options.only}`);
  process.exit(2);
}
const parts = options.only === undefined ? all : [options.only];
const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(path.join(tmpdir(), 'fedehr-newcomer-'));
const checkout = path.join(scratch, 'fedehr-bench');
const home = path.join(scratch, 'home');
mkdirSync(home);

/** Nothing of this user's settings; the registry is where npm of this machine looks. */
const environment = {
  PATH: process.env.PATH,
  LANG: process.env.LANG ?? 'C.UTF-8',
  HOME: home,
  npm_config_cache: path.join(home, 'cache'),
  npm_config_registry: execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim(),
  ...Object.fromEntries(
    ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'CHROMIUM']
      .filter((name) => process.env[name] !== undefined)
      .map((name) => [name, process.env[name]]),
  ),
};

const rows = [];
function step(name, command, args, cwd) {
  const started = performance.now();
  const { status, signal } = spawnSync(command, args, { cwd, env: environment, stdio: 'inherit' });
  const seconds = (performance.now() - started) / 1000;
  rows.push({
    name,
    result: status === 0 ? 'ok' : `failed: ${signal ?? status}`,
    seconds: seconds.toFixed(1),
  });
  return status === 0;
}

const steps = [
  ['git clone', 'git', ['clone', '--quiet', root, checkout], scratch],
  ['npm ci', 'npm', ['ci'], checkout],
  ...(parts.includes('demo') ? [['npm run demo', 'npm', ['run', 'demo'], checkout]] : []),
  ...(parts.includes('tests') ? [['npm test', 'npm', ['test'], checkout]] : []),
];
try {
  const green = steps.every((one) => step(...one));
  const report = path.join(checkout, 'runs', 'quick', 'report', 'index.html');
  if (green && parts.includes('demo'))
    rows.push({
      name: 'report of the demo',
      result: existsSync(report) ? 'ok' : 'failed: missing',
      seconds: '',
    });
} finally {
  if (options.keep) console.log(`kept: ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}
console.table(rows);
process.exitCode = rows.every(({ result }) => result === 'ok') ? 0 : 1;
