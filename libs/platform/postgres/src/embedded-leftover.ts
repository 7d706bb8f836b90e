import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const FAST_SHUTDOWN_MS = 30_000;
/** Children of a server that died end by themselves well within this time. */
const ORPHAN_PATIENCE_MS = 5_000;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The fields of /proc/<pid>/stat after the program's name; null where there is no such file. */
function statusFields(pid: number): string[] | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** A dead process nobody waited for yet still has a number, but holds nothing any more. */
function isZombie(pid: number): boolean {
  return statusFields(pid)?.[0] === 'Z';
}

/** Tells two processes apart that had the same number one after the other; empty where unknown. */
function startOf(pid: number): string {
  return statusFields(pid)?.[19] ?? '';
}

/**
 * Claims a data folder for this process. Throws one line when another living process has it: two
 * products on one folder would stop each other's server.
 */
export function claimFolder(dataDir: string): void {
  const path = join(dataDir, 'postgresql.owner');
  if (existsSync(path)) {
    const [pidText = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ');
    const pid = Number(pidText);
    if (pid > 0 && pid !== process.pid && isAlive(pid) && startOf(pid) === start) {
      throw new Error(
        `The data folder ${dataDir} is in use by process ${pid}: stop it, or choose another DATA_DIR`,
      );
    }
  }
  writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`);
}

export function releaseFolder(dataDir: string): void {
  rmSync(join(dataDir, 'postgresql.owner'), { force: true });
}

/** What a server says of itself in its data folder. */
export type ServerStatus = { readonly pid: number; readonly isReady: boolean };

/** Reads postmaster.pid; null when there is none. Lines: pid, folder, start, port, …, eighth: status. */
export function readServerStatus(cluster: string): ServerStatus | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), isReady: lines[7]?.trim() === 'ready' };
  } catch {
    return null;
  }
}

/** The living processes that work in a cluster's folder, as the server and all its children do. */
function processesIn(cluster: string): number[] {
  const numbers = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return numbers.filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === cluster && isAlive(pid);
    } catch {
      return false;
    }
  });
}

/**
 * Stops the server that a killed owner of this folder left running, so that a restart works at once.
 * A lock file without a server is removed: its number may belong to another process by now, or to a
 * dead one that nobody reaped, and PostgreSQL would take either for a running server.
 */
export async function stopLeftoverServer(cluster: string): Promise<void> {
  const status = readServerStatus(cluster);
  if (status === null || !existsSync('/proc/self/cwd')) return;
  if (processesIn(cluster).includes(status.pid)) await stopServer(status.pid);
  const deadline = Date.now() + ORPHAN_PATIENCE_MS;
  for (let orphans = processesIn(cluster); orphans.length > 0; orphans = processesIn(cluster)) {
    if (Date.now() > deadline) for (const pid of orphans) process.kill(pid, 'SIGKILL');
    await wait(10);
  }
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/** Fast shutdown, then immediate shutdown for a server that does not come to an end. */
export async function stopServer(pid: number): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    if (isAlive(pid)) process.kill(pid, name);
  };
  signal('SIGINT');
  const deadline = Date.now() + FAST_SHUTDOWN_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal('SIGQUIT');
    await wait(10);
  }
}
