import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Name of the environment variable that marks every process of one program, whatever group it moved to. */
export const MARK = 'FEDEHR_JOB';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** `/proc/<pid>/stat`: pid (name) state parent group …; the name may hold blanks and brackets. */
function parseStat(text: string): Process | null {
  const end = text.lastIndexOf(')');
  const [, parent, group] = text
    .slice(end + 2)
    .split(' ')
    .map(Number);
  const pid = Number.parseInt(text, 10);
  if (end < 0 || parent === undefined || group === undefined || !Number.isInteger(pid)) return null;
  return { pid, parent, group };
}

async function linuxProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return texts.map(parseStat).filter((one) => one !== null);
}

/** Those of the group, and all that descend from one of them. */
function membersOf(processes: readonly Process[], group: number): number[] {
  const members = new Set(processes.filter((one) => one.group === group).map(({ pid }) => pid));
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

/** Proportional share of memory (pages that several processes share are divided among them), in kilobytes. */
async function residentKilobytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const share = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (share !== undefined) return Number(share);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

const run = promisify(execFile);

/**
 * Resident megabytes of a process group and all that descends from it. Address space is no measure of it: a program with threads or a
 * GPU library reserves many times what it uses, which is why no `ulimit -v` is set.
 */
export async function residentMegabytes(group: number): Promise<number> {
  if (process.platform === 'linux') {
    const members = membersOf(await linuxProcesses(), group);
    const sizes = await Promise.all(members.map(residentKilobytes));
    return sizes.reduce((sum, size) => sum + size, 0) / 1024;
  }
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,rss=']).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([its]) => its === group)
    .reduce((sum, [, size]) => sum + (size ?? 0) / 1024, 0);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

/** Processes that carry the mark in their environment, also those that left the group (Linux). */
async function markedProcesses(mark: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const marked: number[] = [];
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(`${MARK}=${mark}`)) marked.push(Number(pid));
  }
  return marked.filter((pid) => pid !== process.pid);
}

/** Ends a program with everything that it started: its group, then what carries its mark, until nothing is left. */
export async function killAll(group: number, mark: string): Promise<void> {
  kill(-group);
  // What is found may have just started another one.
  for (let pass = 0; pass < 5; pass++) {
    const left = await markedProcesses(mark);
    if (left.length === 0) return;
    left.forEach(kill);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
