// Runs the steps of the workflow in docs/ci.md in a temporary folder, as GitHub would, without a network:
// checkout copies the tracked files, `npm ci` links the installed packages and copies dist/, artifacts are copied aside.
//
//   npm run build && node scripts/emulateWorkflow.mjs [--set NAME=VALUE …] [--add FOLDER] [--artifacts FOLDER]
//
// --set overrides the workflow's environment; --add copies a folder's content into the checkout.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    document: { type: 'string', default: path.join(root, 'docs', 'ci.md') },
    set: { type: 'string', multiple: true, default: [] },
    add: { type: 'string' },
    artifacts: { type: 'string' },
  },
});

/** The first YAML block of the document that has jobs. */
function workflowIn(file) {
  for (const [, block] of readFileSync(file, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)) {
    const document = parse(block);
    if (document?.jobs !== undefined) return document;
  }
  throw new Error(`${file} has no workflow`);
}

const workspace = mkdtempSync(path.join(tmpdir(), 'fedehr-workflow-'));
const summary = path.join(workspace, '..', `${path.basename(workspace)}.md`);
const overrides = Object.fromEntries(options.set.map((pair) => pair.split(/=(.*)/su).slice(0, 2)));

function checkout() {
  const tracked = execFileSync('git', ['ls-files', '-z', '--cached'], { cwd: root, encoding: 'utf8' });
  for (const file of tracked.split('\0').filter((name) => name !== '' && existsSync(path.join(root, name))))
    cpSync(path.join(root, file), path.join(workspace, file), { recursive: true });
  if (options.add !== undefined) cpSync(options.add, workspace, { recursive: true });
}

function installed() {
  symlinkSync(path.join(root, 'node_modules'), path.join(workspace, 'node_modules'));
  cpSync(path.join(root, 'dist'), path.join(workspace, 'dist'), { recursive: true });
}

/** Every path must be there, as an upload with `if-no-files-found: error` would want it. */
function upload({ path: paths }) {
  for (const name of paths.split('\n').map((line) => line.trim())) {
    if (name === '') continue;
    const from = path.join(workspace, name);
    if (!existsSync(from)) throw new Error(`no ${name} to keep`);
    if (options.artifacts !== undefined)
      cpSync(from, path.join(options.artifacts, path.basename(name)), { recursive: true });
  }
}

const actions = {
  'actions/checkout': checkout,
  'actions/setup-node': ({ 'node-version': version }) => {
    if (Number(process.versions.node.split('.')[0]) < Number(version))
      throw new Error(`Node ${version} or newer`);
  },
  'actions/upload-artifact': upload,
};

function shell(script, env) {
  if (script.trim() === 'npm ci') return installed();
  if (script.includes('${{')) throw new Error('expressions are not emulated');
  const { status } = spawnSync('bash', ['-e', '-c', script], {
    cwd: workspace,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, GITHUB_WORKSPACE: workspace, GITHUB_STEP_SUMMARY: summary, ...env, ...overrides },
  });
  if (status !== 0) throw new Error(`exit ${status}`);
  return undefined;
}

/** Whether a step runs after what happened before it. */
function due(condition, failed) {
  const known = { undefined: !failed, 'success()': !failed, 'failure()': failed, 'always()': true };
  if (!Object.hasOwn(known, String(condition))) throw new Error(`condition ${condition} is not emulated`);
  return known[String(condition)];
}

let failed = false;
try {
  const workflow = workflowIn(options.document);
  for (const [id, job] of Object.entries(workflow.jobs)) {
    for (const step of job.steps) {
      const name = `${id}: ${step.name ?? step.uses ?? step.run}`;
      if (!due(step.if, failed)) {
        console.log(`skipped  ${name}`);
        continue;
      }
      try {
        if (step.uses === undefined) shell(step.run, { ...workflow.env, ...job.env, ...step.env });
        else {
          const action = actions[step.uses.split('@')[0]];
          if (action === undefined) throw new Error(`${step.uses} is not emulated`);
          action(step.with ?? {});
        }
        console.log(`done     ${name}`);
      } catch (error) {
        failed = true;
        console.log(`failed   ${name}: ${error.message}`);
      }
    }
  }
  if (options.artifacts !== undefined && existsSync(summary)) {
    mkdirSync(options.artifacts, { recursive: true });
    writeFileSync(path.join(options.artifacts, 'summary.md'), readFileSync(summary));
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
  rmSync(summary, { force: true });
}
process.exitCode = failed ? 1 : 0;
