import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Clock ticks of Linux in a second, as /proc counts them. */
const TICKS_PER_SECOND = 100;

type CpuTimes = {
  readonly product: number;
  readonly simulator: number;
  readonly generator: number;
  readonly machine: number;
};

/** CPU milliseconds of one payment. What neither we nor the simulator took is the database's. */
export type PaymentCost = { readonly product: number; readonly database: number };

/** CPU milliseconds used so far by each side, and by the machine. */
export function cpuTimes(pids: { readonly product: number; readonly simulator: number }): CpuTimes {
  const { user, system } = process.cpuUsage();
  return {
    product: processMillis(pids.product),
    simulator: processMillis(pids.simulator),
    generator: (user + system) / 1000,
    machine: cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.irq, 0),
  };
}

export function costOf(before: CpuTimes, after: CpuTimes, payments: number): PaymentCost {
  const used = (of: keyof CpuTimes) => (after[of] - before[of]) / payments;
  const database = used('machine') - used('product') - used('simulator') - used('generator');
  return { product: used('product'), database };
}

export function shownCost(costs: readonly PaymentCost[]): string {
  const middle = (of: keyof PaymentCost) => {
    const sorted = costs.map((cost) => cost[of]).sort((left, right) => left - right);
    return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(3);
  };
  return `${middle('product')} ms CPU of the service and ${middle('database')} ms of the database a payment`;
}

function processMillis(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return ((user + system) * 1000) / TICKS_PER_SECOND;
}
