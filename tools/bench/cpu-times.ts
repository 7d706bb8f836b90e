import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of Linux in a second, as /proc counts them. */
const TICKS_PER_SECOND = 100;

type CpuTimes = { readonly server: number; readonly database: number };

/** CPU milliseconds of one payment: of the server that takes it, and of the database of this run. */
export type PaymentCost = CpuTimes;

/** A line of /proc: what a process used, and what those it waited for had used. */
type ProcessLine = {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly millis: number;
  readonly reapedMillis: number;
};

/**
 * CPU milliseconds used so far by a server, and by the PostgreSQL this process started. Other work on
 * the machine is not in them; a database that was given by DATABASE_URL counts as nothing.
 */
export function cpuTimes(serverPid: number): CpuTimes {
  const lines = processLines();
  const byPid = new Map(lines.map((line) => [line.pid, line]));
  const isOurs = (line: ProcessLine | undefined): boolean =>
    line !== undefined && (line.pid === process.pid || isOurs(byPid.get(line.parent)));
  const database = lines
    .filter((line) => line.name === 'postgres' && isOurs(line))
    .reduce((sum, { millis, reapedMillis }) => sum + millis + reapedMillis, 0);
  return { server: byPid.get(serverPid)?.millis ?? 0, database };
}

export function costOf(before: CpuTimes, after: CpuTimes, payments: number): PaymentCost {
  const used = (of: keyof CpuTimes) => (after[of] - before[of]) / payments;
  return { server: used('server'), database: used('database') };
}

export function shownCost(costs: readonly PaymentCost[]): string {
  const middle = (of: keyof PaymentCost) => {
    const sorted = costs.map((cost) => cost[of]).sort((left, right) => left - right);
    return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(3);
  };
  return `${middle('server')} ms CPU of the server and ${middle('database')} ms of the database`;
}

function processLines(): ProcessLine[] {
  return readdirSync('/proc').flatMap((entry) => {
    const line = /^\d+$/.test(entry) ? processLine(Number(entry)) : null;
    return line === null ? [] : [line];
  });
}

/** Null when the process has just ended. */
function processLine(pid: number): ProcessLine | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = stat.lastIndexOf(')');
    const fields = stat.slice(nameEnd + 2).split(' ');
    const millis = (first: number) =>
      ((Number(fields[first]) + Number(fields[first + 1])) * 1000) / TICKS_PER_SECOND;
    return {
      pid,
      parent: Number(fields[1]),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      millis: millis(11),
      reapedMillis: millis(13),
    };
  } catch {
    return null;
  }
}
