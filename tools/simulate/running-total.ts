import type { SeedReport } from './engine';
import type { SeedOutcome } from './seed-task';

const HOUR_MILLIS = 3_600_000;

/** What must be there one day and is not yet: its line turns into a failure once it exists. */
export type SimulatedInvariant = 'P6' | 'S2';

/** Adds up what seeds led to. */
export class RunningTotal {
  private readonly startedAt = process.hrtime.bigint();
  private readonly faults = new Map<string, number>();
  private readonly complaints: string[] = [];
  private seeds = 0;
  private runs = 0;
  private repeated = 0;
  private commands = 0;
  private events = 0;
  private virtualMillis = 0;
  private cpuMillis = 0;

  add({ report, repeated, withOtherCode, cpuMillis }: SeedOutcome): void {
    this.seeds += 1;
    this.cpuMillis += cpuMillis;
    this.count(report);
    if (report.broken)
      this.complaints.push(`seed ${report.plan.seed} breaks ${report.broken.message}`);
    if (repeated !== null) this.compare(report, repeated, 'P6');
    if (withOtherCode !== null) this.compare(report, withOtherCode, 'S2');
  }

  get isSound(): boolean {
    return this.complaints.length === 0;
  }

  lines(commit: string): string[] {
    const wallMillis = Number((process.hrtime.bigint() - this.startedAt) / 1_000_000n);
    const perHour = Math.round((this.runs * HOUR_MILLIS) / this.cpuMillis);
    const ratio = Math.round(this.virtualMillis / this.cpuMillis);
    const kinds = [...this.faults].sort(([one], [other]) => numberOf(one) - numberOf(other));
    return [
      ...this.complaints,
      `commit ${commit}, ${this.seeds} seeds, ${this.repeated} of them run again: ${this.isSound ? 'all hold' : `${this.complaints.length} broken`}`,
      `${this.commands} commands, ${this.events} events, ${(this.virtualMillis / 86_400_000).toFixed(0)} virtual days in ${(wallMillis / 1000).toFixed(0)} s`,
      `${perHour} seeds per hour and core, ${ratio} × real time (by processor time)`,
      `faults ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`,
    ];
  }

  /** The same seed once more, in a run that must have led to the same log. */
  private compare(first: SeedReport, second: SeedReport, invariant: SimulatedInvariant): void {
    this.repeated += 1;
    this.count(second);
    if (first.hash === second.hash) return;
    this.complaints.push(
      `seed ${first.plan.seed} breaks ${invariant}: its log is ${first.hash}, then ${second.hash}`,
    );
  }

  private count({ commands, events, virtualMillis, faults }: SeedReport): void {
    this.runs += 1;
    this.commands += commands;
    this.events += events;
    this.virtualMillis += virtualMillis;
    for (const [kind, times] of Object.entries(faults))
      this.faults.set(kind, (this.faults.get(kind) ?? 0) + times);
  }
}

function numberOf(kind: string): number {
  return Number(kind.slice(1));
}
