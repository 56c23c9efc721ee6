import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cohort } from '../cohort/types.js';
import { TrainingFailure } from '../federation/trainingFailure.js';
import type { Trainer, TrainContext } from './contract.js';
import { changedFile, programOnPath, withFiles } from './external/commandFiles.js';
import { externalParameters, resolvedParameters, type ResolvedParameters } from './external/parameters.js';
import { ProgramEvents } from './external/programEvents.js';
import { runProgram, type ProgramEnd } from './external/runProgram.js';
import { writeTrainingFolders } from './external/trainingFolders.js';
import { bytesBelow, inWorkFolder, type WorkFolder } from './external/workFolder.js';
import { writtenCohort } from './external/writtenCohort.js';
import { syntheticSchema } from './generator/syntheticSchema.js';

const identity = { id: 'external', version: 1 } as const;

/** The whole environment of a program: nothing of ours but PATH and what the suite lets through. */
function environmentOf(
  folder: WorkFolder,
  { env, threads }: ResolvedParameters,
  contract: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = env.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const count = String(threads);
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: folder.home,
    TMPDIR: folder.home,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    PYTHONHASHSEED: '0',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    ...Object.fromEntries(passed),
    FEDEHR_TRAIN: folder.train,
    FEDEHR_OUT: folder.out,
    FEDEHR_THREADS: count,
    ...contract,
  };
}

/** Keeps what a program printed to stderr where only its user can read it: it may quote training rows. */
async function keepLog(file: string, end: ProgramEnd): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const { exitCode, signal, seconds, peakMegabytes, stderrTail } = end;
  await writeFile(
    file,
    `exit code ${exitCode ?? 'none'}, signal ${signal ?? 'none'}, ${seconds.toFixed(1)} s, at most ${peakMegabytes} MB\n${stderrTail}`,
    { mode: 0o600, flag: 'wx' },
  );
  await chmod(file, 0o600);
}

/** Why a program's end is a failure; null when it is none. */
function failureOf({ exceeded, exitCode, signal }: ProgramEnd): string | null {
  if (exceeded !== null) return exceeded;
  if (signal !== null) return `crash: the program was ended by ${signal}`;
  return exitCode === 0 ? null : `exit-code: the program ended with code ${exitCode ?? 'none'}`;
}

async function requireProgram({ command, sha256, scripts }: ResolvedParameters): Promise<void> {
  const changed = await changedFile({ sha256 });
  if (changed !== null)
    throw new TrainingFailure(
      `changed-file: ${path.basename(changed)} is not what it was when the run was planned`,
    );
  if (!scripts.includes(0) && (await programOnPath(command[0]!, process.env['PATH'])) === null)
    throw new TrainingFailure(`no-program: PATH finds no program "${command[0]!}"`);
}

async function runExternal(
  context: TrainContext,
  parameters: ResolvedParameters,
  stays: Readonly<Record<string, number>>,
  events: ProgramEvents,
): Promise<Cohort> {
  const { train, seed, signal, privateLog } = context;
  await requireProgram(parameters);
  return inWorkFolder(async (folder) => {
    const staysFile = path.join(folder.root, 'stays.json');
    await writeTrainingFolders(train, stays, parameters.tables, { folder: folder.train, stays: staysFile });
    const total = Object.values(stays).reduce((sum, count) => sum + count, 0);
    const end = await runProgram({
      command: parameters.command,
      environment: environmentOf(folder, parameters, {
        FEDEHR_N: String(total),
        FEDEHR_STAYS: staysFile,
        FEDEHR_SEED: String(seed),
      }),
      folder: folder.home,
      watched: folder.root,
      given: await bytesBelow(folder.root),
      limits: {
        time: parameters.timeLimit,
        memory: parameters.memoryLimit,
        output: parameters.outputLimit,
      },
      ...(signal === undefined ? {} : { signal }),
      onStdout: (bytes) => events.take(bytes),
    });
    events.end();
    const { exitCode, seconds, peakMegabytes } = end;
    context.emit({ kind: 'program', exitCode, signal: end.signal, seconds, peakMegabytes });
    if (events.others > 0)
      context.emit({
        kind: 'warning',
        message: `${events.others} lines that the program printed are no events and were left out`,
      });
    if (privateLog !== undefined) await keepLog(privateLog, end);
    const failure = failureOf(end);
    if (failure !== null)
      throw new TrainingFailure(
        privateLog === undefined
          ? failure
          : `${failure}; what it said is in the private log ${path.basename(privateLog)} (it may quote real rows)`,
      );
    return writtenCohort(folder.out, train, stays, syntheticSchema(train.schema, identity));
  });
}

/**
 * Any program as a generator. It reads one cohort folder a hospital and writes one cohort folder; see docs/tutorial-external.md. It runs when a
 * cohort is asked for, since training and drawing are one to it, and no model is kept.
 */
export const external: Trainer = {
  ...identity,
  title: 'External program',
  description:
    'Runs any program, in any language, that reads one cohort folder a hospital and writes a synthetic one; with limits on time, memory and output.',
  kind: 'generator',
  parameters: externalParameters,
  example: { command: ['python3', 'my_trainer.py'] },
  keepsModel: false,
  prepare: (parameters, folder, place) => withFiles(externalParameters.parse(parameters), folder, place),
  train(context) {
    const parameters = resolvedParameters.parse(context.parameters);
    const events = new ProgramEvents(context.train.hospitals, (event) => context.emit(event));
    const record = {
      format: 'fedehr-external-program',
      version: 1,
      command: parameters.command.map((argument, position) =>
        parameters.scripts.includes(position) ? path.basename(argument) : argument,
      ),
      sha256: Object.fromEntries(
        Object.entries(parameters.sha256).map(([file, hash]) => [path.basename(file), hash]),
      ),
    };
    return Promise.resolve({
      synthesise: (stays) => runExternal(context, parameters, stays, events),
      files: { 'model.json': new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`) },
      ledger: {
        bytesUp: null,
        bytesDown: null,
        synchronisations: null,
        epochs: {},
        rounds: events.rounds,
      },
      dispose: () => Promise.resolve(),
    });
  },
};
