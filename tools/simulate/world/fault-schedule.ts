import type { Chance } from './chance';
import type { Conditions, FaultKind } from './conditions';
import type { Machine, SimulatedProcess } from './machine';
import type { SimulatedServer } from './server';

/** What the faults do things to. */
export type Victims = {
  readonly machine: Machine;
  readonly conditions: Conditions;
  readonly server: SimulatedServer;
  /** Every process that runs now. */
  processes(): readonly SimulatedProcess[];
  crash(process: SimulatedProcess): void;
};

/** Longest of what lasts: longer than any lease and any pause of the product. */
const LONGEST_MILLIS = 30_000;

/** Lets the faults of a seed come and go while there is trade. */
export class FaultSchedule {
  constructor(
    private readonly chance: Chance,
    private readonly victims: Victims,
  ) {}

  /** A burst of trade begins: some of the faults drawn come with it. */
  onBurst(): void {
    const { conditions } = this.victims;
    if (conditions.isHealing) return;
    for (const kind of conditions.kinds)
      if (this.chance.happens(0.25)) {
        const after = this.chance.spread(1, 4000);
        this.victims.machine.in(after, null, () => this.begin(kind));
      }
  }

  /** Everything is as it was before any fault. */
  heal(): void {
    const { conditions, processes } = this.victims;
    conditions.isHealing = true;
    conditions.isServerUp = true;
    conditions.isDiskFull = false;
    conditions.isVaultUp = true;
    conditions.isBrokerUp = true;
    conditions.diskMillis = 0;
    conditions.cutOff.clear();
    for (const process of processes()) {
      process.pausedUntil = 0;
      process.skewMillis = 0;
    }
  }

  private begin(kind: FaultKind): void {
    const { conditions, server } = this.victims;
    if (conditions.isHealing) return;
    const { chance } = this;
    switch (kind) {
      case 'F1':
        return this.during(
          () => (conditions.crashBefore = 0.02),
          () => (conditions.crashBefore = 0),
        );
      case 'F2':
        return this.during(
          () => (conditions.crashAfter = 0.02),
          () => (conditions.crashAfter = 0),
        );
      case 'F5':
        return this.during(
          () => (conditions.duplicates = 0.3),
          () => (conditions.duplicates = 0),
        );
      case 'F9':
        conditions.count(kind);
        server.crash();
        return this.during(
          () => (conditions.isServerUp = false),
          () => (conditions.isServerUp = true),
        );
      case 'F10':
        conditions.count(kind);
        return this.during(
          () => (conditions.diskMillis = chance.spread(100, LONGEST_MILLIS)),
          () => (conditions.diskMillis = 0),
        );
      case 'F11':
        return this.during(
          () => (conditions.isDiskFull = true),
          () => (conditions.isDiskFull = false),
        );
      case 'F12':
        return this.skew();
      case 'F13':
        return this.during(
          () => (conditions.acquirerTrouble = 0.3),
          () => (conditions.acquirerTrouble = 0),
        );
      case 'F14':
        return this.during(
          () => (conditions.poison = 0.2),
          () => (conditions.poison = 0),
        );
      case 'F15':
        return this.loseSnapshot();
      case 'F17':
        return this.fireAgain();
      case 'F18':
        return this.pause();
      case 'F21':
        return this.cutOff();
      case 'F22':
        return this.during(
          () => (conditions.buggify = 0.25),
          () => (conditions.buggify = 0),
        );
      case 'F3':
        return this.crashOne(kind);
      default:
    }
  }

  private during(begin: () => unknown, end: () => unknown): void {
    begin();
    this.victims.machine.in(this.chance.spread(100, LONGEST_MILLIS), null, () => void end());
  }

  private anyProcess(): SimulatedProcess | undefined {
    return this.chance.one(this.victims.processes());
  }

  private crashOne(kind: FaultKind): void {
    const process = this.anyProcess();
    if (!process) return;
    this.victims.conditions.count(kind);
    this.victims.crash(process);
  }

  private skew(): void {
    const process = this.anyProcess();
    if (!process) return;
    this.victims.conditions.count('F12');
    process.skewMillis = this.chance.whole(-600_000, 600_000);
  }

  /** A snapshot is gone, or one of another version lies in its place. */
  private loseSnapshot(): void {
    const rows = this.victims.server.tables.get('platform.reference_snapshots');
    const names = [...(rows?.keys() ?? [])];
    if (names.length === 0) return;
    this.victims.conditions.count('F15');
    const name = this.chance.one(names);
    const row = rows!.get(name)!;
    if (this.chance.happens(0.5)) rows!.delete(name);
    else rows!.set(name, { ...row, version: (row['version'] as number) - 1 });
  }

  /** The scheduler forgets what it did lately: due instants come again. */
  private fireAgain(): void {
    const rows = this.victims.server.tables.get('platform.timed_jobs');
    for (const [name, row] of rows ?? []) {
      this.victims.conditions.count('F17');
      const before = new Date(Date.parse(String(row['done_until'])) - 2 * 86_400_000);
      rows!.set(name, { ...row, done_until: before.toISOString() });
    }
  }

  private pause(): void {
    const process = this.anyProcess();
    if (!process) return;
    this.victims.conditions.count('F18');
    process.pausedUntil = this.victims.machine.now + this.chance.spread(2000, LONGEST_MILLIS);
  }

  /** One part after the other loses the server, and gets it back. */
  private cutOff(): void {
    const { machine, conditions } = this.victims;
    let after = 0;
    for (const process of this.victims.processes()) {
      const length = this.chance.spread(100, 10_000);
      machine.in(after, null, () => {
        if (conditions.isHealing) return;
        conditions.count('F21');
        conditions.cutOff.add(process.name);
      });
      machine.in(after + length, null, () => conditions.cutOff.delete(process.name));
      after += length;
    }
  }
}
