import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process, or a group of processes, that is measured. */
export interface Measured {
  name: string;
  pids: () => readonly number[];
}

/** The use of a measured process at one time. */
export interface Usage {
  /** Processor time since the start, in ms. */
  cpu: number;
  /** Memory in MB. Shared pages are divided among the processes of a group. */
  memory: number;
  /** The number of open files and sockets. */
  files: number;
}

/** Clock ticks per second of `/proc`. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Returns the measured processes: the backends, the server of PostgreSQL, and this program. */
export function measuredProcesses(
  backends: readonly (number | undefined)[],
  postmaster: number | undefined,
): Measured[] {
  const measured = backends.flatMap((pid, index): Measured[] =>
    pid === undefined ? [] : [{ name: `backend ${index + 1}`, pids: () => [pid] }],
  );
  if (postmaster) measured.push({ name: 'PostgreSQL', pids: () => [postmaster, ...childrenOf(postmaster)] });
  measured.push({ name: 'load program', pids: () => [process.pid] });
  return measured;
}

/** Returns the id of PostgreSQL's main process, from the lock file of its socket in this folder. */
export function postmasterOf(socketFolder: string): number | undefined {
  const lock = readdirSync(socketFolder).find((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name));
  return lock ? Number(readFileSync(`${socketFolder}/${lock}`, 'utf8').split('\n')[0]) : undefined;
}

export function usageOf({ pids }: Measured): Usage {
  let [ticks, kilobytes, files] = [0, 0, 0];
  for (const [index, pid] of pids().entries()) {
    const fields = statOf(pid);
    if (!fields) continue;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    // The main process also has the time of its children that have ended.
    ticks += user + system + (index === 0 ? endedUser + endedSystem : 0);
    kilobytes += memoryOf(pid);
    files += filesOf(pid);
  }
  return { cpu: (ticks * 1000) / TICKS, memory: kilobytes / 1024, files };
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => Number(statOf(pid)?.[1]) === parent);
}

/** Returns the fields after the name: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statOf(pid: number): string[] | undefined {
  return read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
}

/**
 * Returns the proportional set size without mapped files, or the resident set size where that is not readable, in KB.
 * SQLite maps its database. The system takes such pages back when it needs them.
 */
function memoryOf(pid: number): number {
  const find = (text: string | undefined, name: string): number | undefined => {
    const value = text?.split('\n').find((line) => line.startsWith(`${name}:`));
    return value ? Number.parseInt(value.slice(name.length + 1), 10) : undefined;
  };
  const sizes = read(`/proc/${pid}/smaps_rollup`);
  const all = find(sizes, 'Pss');
  return all === undefined ? (find(read(`/proc/${pid}/status`), 'VmRSS') ?? 0) : all - (find(sizes, 'Pss_File') ?? 0);
}

function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Reads a file of a process, which may have ended. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
