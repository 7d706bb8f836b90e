import type { SimulatedBroker } from './broker';
import type { Chance } from './chance';
import type { Conditions, FaultKind } from './conditions';
import type { Machine, SimulatedProcess } from './machine';
import type { SimulatedServer } from './server';

/** What the faults do things to. */
export type Victims = {
  readonly machine: Machine;
  readonly conditions: Conditions;
  readonly server: SimulatedServer;
  readonly broker: SimulatedBroker;
  /** Every process that runs now. */
  processes(this: void): readonly SimulatedProcess[];
  crash(this: void, process: SimulatedProcess): void;
  /** Lets a process begin anew with the next release. False when it runs that. */
  upgrade(this: void, process: SimulatedProcess): boolean;
};

/** Longest of what lasts: longer than any lease and any pause of the product. */
const LONGEST_MILLIS = 30_000;

/** Lets the faults of a seed come and go while there is trade. */
export class FaultSchedule {
  private readonly beginnings: Readonly<Partial<Record<FaultKind, () => void>>>;

  constructor(
    private readonly chance: Chance,
    private readonly victims: Victims,
  ) {
    this.beginnings = this.table();
  }

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
    const { conditions, processes, broker } = this.victims;
    broker.heal();
    conditions.isHealing = true;
    conditions.isServerUp = true;
    conditions.isDiskFull = false;
    conditions.isVaultUp = true;
    conditions.diskMillis = 0;
    conditions.cutOff.clear();
    for (const process of processes()) {
      process.pausedUntil = 0;
      process.skewMillis = 0;
    }
  }

  private begin(kind: FaultKind): void {
    if (!this.victims.conditions.isHealing) this.beginnings[kind]?.();
  }

  private table(): Readonly<Partial<Record<FaultKind, () => void>>> {
    const { conditions, broker } = this.victims;
    type Levels =
      | 'crashAfterPublish'
      | 'reorder'
      | 'crashBefore'
      | 'crashAfter'
      | 'duplicates'
      | 'acquirerTrouble'
      | 'poison'
      | 'buggify';
    const level = (name: Levels, height: number) => () =>
      this.during(
        () => (conditions[name] = height),
        () => (conditions[name] = 0),
      );
    const fails = (name: 'isDiskFull') => () =>
      this.during(
        () => (conditions[name] = true),
        () => (conditions[name] = false),
      );
    return {
      F1: level('crashBefore', 0.02),
      F2: level('crashAfter', 0.02),
      F3: () => this.crashOne('F3'),
      F4: level('crashAfterPublish', 0.2),
      F5: level('duplicates', 0.3),
      F6: level('reorder', 0.3),
      F7: () => broker.delay(),
      F8: () => broker.goDown(),
      F9: () => this.loseServer(),
      F10: () => this.slowDisk(),
      F11: fails('isDiskFull'),
      F12: () => this.skew(),
      F13: level('acquirerTrouble', 0.3),
      F14: level('poison', 0.2),
      F15: () => this.loseSnapshot(),
      F16: () => this.upgradeOne(),
      F17: () => this.fireAgain(),
      F18: () => this.pause(),
      F20: () =>
        this.during(
          () => (conditions.isVaultUp = false),
          () => (conditions.isVaultUp = true),
        ),
      F21: () => this.cutOff(),
      F22: level('buggify', 0.25),
    };
  }

  private loseServer(): void {
    const { conditions, server } = this.victims;
    conditions.count('F9');
    server.crash();
    this.during(
      () => (conditions.isServerUp = false),
      () => (conditions.isServerUp = true),
    );
  }

  private slowDisk(): void {
    const { conditions } = this.victims;
    conditions.count('F10');
    this.during(
      () => (conditions.diskMillis = this.chance.spread(100, LONGEST_MILLIS)),
      () => (conditions.diskMillis = 0),
    );
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

  private upgradeOne(): void {
    const process = this.anyProcess();
    if (!process || !this.victims.upgrade(process)) return;
    this.victims.conditions.count('F16');
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
